"""Request routing: from a method and a URL to the call that is meant."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qs, unquote

import msgspec

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call, Options
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.resources import Registry, Resource
from loadstone.apiserver.wire.http import BODY_LIMIT, HttpRequest

_WRITES = {"POST": "create", "PUT": "update", "PATCH": "patch"}


class ResourcePath(msgspec.Struct, frozen=True, kw_only=True):
    """A path of the resource API in its parts."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""  # below a proxy
    watch: bool = False  # the old /watch/ paths


def call(request: HttpRequest, registry: Registry) -> Call | None:
    """The call that a request makes; None for paths beside the resource API.

    Raises 400, 404, 405 and 413.
    """
    if request.oversized:
        raise status.too_large(BODY_LIMIT)
    found = route(request.path)
    if found is None:
        return None
    given = options(request.query)
    served = resource(found, registry)
    if served is None:
        raise status.unknown_path()
    act = verb(request.method, found, given)
    if not act or (
        served.namespaced
        and not found.namespace
        and (found.name or act in ("create", "deletecollection"))
    ):
        raise status.method_not_allowed()
    return Call(
        verb=act,
        resource=served,
        version=found.version,
        namespace=found.namespace,
        name=found.name,
        subresource=found.subresource,
        options=given,
        body=request.body,
        content_type=request.headers.get("content-type", ""),
        accept=request.headers.get("accept", ""),
        agent=request.headers.get("user-agent", ""),
        query=request.query,
    )


@lru_cache(maxsize=4096)
def route(path: str) -> ResourcePath | None:
    """The parts of a path of the resource API; None when it is something else."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if len(parts) > 2 and parts[:2] == ["api", "v1"]:
        return _resource_path("", "v1", parts[2:])
    if len(parts) > 3 and parts[0] == "apis":
        return _resource_path(parts[1], parts[2], parts[3:])
    return None


def _resource_path(group: str, version: str, parts: list[str]) -> ResourcePath | None:
    watch = parts[0] == "watch"
    parts = parts[1:] if watch else parts
    namespace = ""
    # `/namespaces/a/status` is of the namespace itself, `/namespaces/a/pods` of what it holds
    if len(parts) > 2 and parts[0] == "namespaces" and parts[2] not in ("status", "finalize"):
        namespace, parts = parts[1], parts[2:]
    if not parts or "" in parts[:2]:
        return None
    plural, name, subresource, *rest = [*parts, "", "", ""][: max(3, len(parts))]
    return ResourcePath(
        group=group,
        version=version,
        plural=plural,
        namespace=namespace,
        name=name,
        subresource=subresource,
        rest="/".join(word for word in rest if word),
        watch=watch,
    )


def verb(method: str, found: ResourcePath, options: Options) -> str:
    """The verb as RBAC names it, "" when the method means nothing here."""
    if method in ("GET", "HEAD"):
        if options.watch or found.watch:
            return "watch"
        return "get" if found.name else "list"
    if method == "DELETE":
        return "delete" if found.name else "deletecollection"
    return _WRITES.get(method, "") if found.name or method == "POST" else ""


def resource(found: ResourcePath, registry: Registry) -> Resource | None:
    """The resource of a path, if it is served and the path fits its scope."""
    known = registry.find(found.group, found.version, found.plural)
    if known is None or (found.namespace and not known.namespaced):
        return None
    return known


@lru_cache(maxsize=1024)
def options(query: str) -> Options:
    """The options of a query string; raises 400 for a value that cannot be read."""
    given = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    return Options(
        watch=bool(_flag(given, "watch")),
        labels=given.get("labelSelector", ""),
        fields=given.get("fieldSelector", ""),
        limit=_number(given, "limit") or 0,
        continue_token=given.get("continue", ""),
        resource_version=given.get("resourceVersion", ""),
        resource_version_match=given.get("resourceVersionMatch", ""),
        timeout=float(_number(given, "timeoutSeconds") or 0),
        bookmarks=bool(_flag(given, "allowWatchBookmarks")),
        initial_events=_flag(given, "sendInitialEvents"),
        dry_run=_dry_run(given),
        force=bool(_flag(given, "force")),
        manager=given.get("fieldManager", ""),
        validation=given.get("fieldValidation", ""),
        propagation=given.get("propagationPolicy", ""),
        grace=_number(given, "gracePeriodSeconds"),
        orphan=_flag(given, "orphanDependents"),
        include_object=given.get("includeObject", ""),
    )


def _flag(given: dict[str, str], name: str) -> bool | None:
    """A flag is on when it is there, unless it says no."""
    value = given.get(name)
    return None if value is None else value.lower() not in ("0", "false")


def _number(given: dict[str, str], name: str) -> int | None:
    value = given.get(name, "")
    if not value:
        return None
    try:
        return int(value)
    except ValueError:
        raise status.bad_request(f"{name}: {value!r} is not a whole number") from None


def _dry_run(given: dict[str, str]) -> bool:
    value = given.get("dryRun", "")
    if value not in ("", "All"):
        raise status.invalid_options("DryRunOptions", Cause.unsupported("dryRun", value, ("All",)))
    return value == "All"
