"""Field validation (strict decoding): unknown and duplicate fields of a body.

They are an error or a warning, as the client asks by `fieldValidation`; a warning by default.
"""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.wire import duplicate_keys
from loadstone.apiserver.wire.duplicate_keys import Duplicate


def complain(state: State, call: Call, unknown: Sequence[str], document: Document) -> None:
    """Warn of unknown and repeated fields, or refuse them; `document` is what came of the body.

    Raises 400, and 422 for a patch. Of a field of a built-in kind that is unknown and there twice
    only the former is said.
    """
    if call.options.validation == "Ignore":
        return
    twice = duplicate_keys.found(call)
    order = None
    if twice and unknown and not call.resource.custom:  # which is read in parts, and sorted
        order = duplicate_keys.order(call)
    if not call.resource.custom and not media_types.is_patch(call.content_type):
        twice = [each for each in twice if not _within(each, unknown)]
    strangers = [f'unknown field "{path}"' for path in unknown]
    if call.options.validation != "Strict":
        state.warnings.extend(_sorted([*(each.said for each in twice), *strangers], order))
    elif twice or strangers:
        said = ", ".join(_sorted([*duplicate_keys.in_one(twice), *strangers], order))
        if twice and media_types.is_apply(call.content_type):
            raise status.bad_request(f"error strict decoding YAML: {said}")
        if media_types.is_patch(call.content_type) and not media_types.is_apply(call.content_type):
            raise status.invalid_patch(document, f"strict decoding error: {said}")
        raise status.bad_request(
            f'{call.resource.kind} in version "{call.version}" cannot be handled as a '
            f"{call.resource.kind}: strict decoding error: {said}"
        )


def _sorted(said: list[str], order: Sequence[str] | None) -> list[str]:
    """In the order of the document, where that is known."""
    if not order:
        return said
    places = {text: place for place, text in enumerate(order)}
    return sorted(said, key=lambda text: places.get(text, len(places)))


def unreadable(call: Call, document: Document, error: status.ApiError) -> status.ApiError:
    """The refusal of an object with a value of the wrong kind, which is another for each verb."""
    said = error.message.rpartition(f"cannot be handled as a {call.resource.kind}: ")[2]
    if media_types.is_apply(call.content_type):
        where = f"{call.namespace}/{call.name}; {call.resource.group}/{call.version}"
        return status.ApiError(
            500,
            "",
            f"failed to convert new object ({where}, Kind={call.resource.kind}) to proper "
            f"version: {said}",
        )
    if media_types.is_patch(call.content_type):
        return status.invalid_patch(document, said)
    return error


def _within(duplicate: Duplicate, unknown: Sequence[str]) -> bool:
    return duplicate.path != "" and any(
        duplicate.path == path or duplicate.path.startswith((f"{path}.", f"{path}["))
        for path in unknown
    )
