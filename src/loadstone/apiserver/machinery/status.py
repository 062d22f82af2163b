"""API errors as a Kubernetes client expects them: Status objects with code, reason and details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.resources import Resource


class ApiError(Exception):
    """A refusal of a request; `status()` is what the client gets."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        continue_token: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}
        self.continue_token = continue_token

    @property
    def retry_after(self) -> int | None:
        """Seconds after which the client should try again."""
        seconds = self.details.get("retryAfterSeconds")
        return seconds if isinstance(seconds, int) else None

    def status(self) -> dict[str, Any]:
        """The Status, as a document."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": self.continue_token} if self.continue_token else {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details:
            body["details"] = self.details
        return {**body, "code": self.code}


def success(resource: Resource, name: str, uid: str) -> dict[str, Any]:
    """The Status of a deletion that is done."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {**_about(resource, name), "uid": uid},
    }


def bad_request(message: str) -> ApiError:
    """400 with the words of whoever could not read the request."""
    return ApiError(400, "BadRequest", message)


def forbidden(
    resource: Resource, name: str, message: str, causes: Sequence[Cause] = ()
) -> ApiError:
    """403 for an object, with what forbids it."""
    return ApiError(
        403,
        "Forbidden",
        f"{resource.qualified}{_quoted(name)} is forbidden: {message}",
        details={**_about(resource, name), **_causes(causes)},
    )


def unknown_path() -> ApiError:
    """404 for a path that nothing serves."""
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def not_found(resource: Resource, name: str) -> ApiError:
    """404 for an object."""
    return ApiError(
        404, "NotFound", f'{resource.qualified} "{name}" not found', details=_about(resource, name)
    )


def method_not_allowed() -> ApiError:
    """405."""
    return ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
    )


def not_acceptable(accepted: Sequence[str]) -> ApiError:
    """406 with the media types that could be accepted."""
    return ApiError(
        406,
        "NotAcceptable",
        "only the following media types are accepted: " + ", ".join(accepted),
    )


def already_exists(resource: Resource, name: str, *, deleting: bool = False) -> ApiError:
    """409 for a new object whose name is taken."""
    first = "object is being deleted: " if deleting else ""
    return ApiError(
        409,
        "AlreadyExists",
        f'{first}{resource.qualified} "{name}" already exists',
        details=_about(resource, name),
    )


def conflict(resource: Resource, name: str, why: str = "") -> ApiError:
    """409 for a change that is based on another revision, or for what `why` says."""
    why = why or (
        "the object has been modified; please apply your changes to the latest version and "
        "try again"
    )
    return ApiError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}',
        details=_about(resource, name),
    )


def expired(message: str, continue_token: str = "") -> ApiError:
    """410 for history that is no longer kept."""
    return ApiError(410, "Expired", message, continue_token=continue_token)


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    """415 with the media types that are read."""
    return ApiError(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
        + ", ".join(accepted),
    )


def too_large(limit: int) -> ApiError:
    """413 for a body beyond the limit, in By."""
    return ApiError(
        413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit} bytes"
    )


def invalid(resource: Resource, name: str, causes: Sequence[Cause]) -> ApiError:
    """422, with every cause in the details and in the words."""
    kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    words = [f"{cause.field}: {cause.message}" for cause in causes]
    said = words[0] if len(words) == 1 else "[" + ", ".join(words) + "]"
    details = {
        "name": name,
        "group": resource.group,
        "kind": resource.kind,
        **_causes(causes),
    }
    return ApiError(
        422,
        "Invalid",
        f'{kind} "{name}" is invalid: {said}',
        details={key: value for key, value in details.items() if value},
    )


def unreadable(resource: Resource, message: str) -> ApiError:
    """400 for an object that is none of its kind."""
    kind, version = resource.kind, resource.version
    return bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {message}')


def invalid_patch(patched: Mapping[str, Any], message: str) -> ApiError:
    """422 for a patch of which no object of the kind comes; it names no object."""
    cause = Cause.invalid("patch", orjson.dumps(patched).decode(), message)
    words = f' "" is invalid: patch: {cause.message}'
    return ApiError(422, "Invalid", words, details=_causes([cause]))


def invalid_options(kind: str, cause: Cause) -> ApiError:
    """422 for query parameters, which the real server treats as an object of meta.k8s.io."""
    return ApiError(
        422,
        "Invalid",
        f'{kind}.meta.k8s.io "" is invalid: {cause.field}: {cause.message}',
        details={"group": "meta.k8s.io", "kind": kind, **_causes([cause])},
    )


def too_many_requests(seconds: int) -> ApiError:
    """429 with the seconds after which to try again."""
    return ApiError(
        429,
        "TooManyRequests",
        "Too many requests, please try again later.",
        details={"retryAfterSeconds": seconds},
    )


def internal(message: str) -> ApiError:
    """500 for an error of the server itself."""
    return ApiError(
        500,
        "InternalError",
        f"Internal error occurred: {message}",
        details={"causes": [{"message": message}]},
    )


def not_implemented(what: str) -> ApiError:
    """501 for what the real server does and this one does not."""
    return ApiError(501, "NotImplemented", f"the in-memory API server does not do this: {what}")


def unavailable(message: str) -> ApiError:
    """503."""
    return ApiError(503, "ServiceUnavailable", message)


def future_revision(asked: int, current: int) -> ApiError:
    """504: a resource version that does not exist yet."""
    return ApiError(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {asked}, current: {current}",
        details={
            "causes": [
                {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
            ],
            "retryAfterSeconds": 1,
        },
    )


def _about(resource: Resource, name: str) -> dict[str, Any]:
    details = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in details.items() if value}


def _causes(causes: Sequence[Cause]) -> dict[str, Any]:
    if not causes:
        return {}
    return {
        "causes": [
            {"reason": cause.reason, "message": cause.message, "field": cause.field}
            for cause in causes
        ]
    }


def _quoted(name: str) -> str:
    return f' "{name}"' if name else ""
