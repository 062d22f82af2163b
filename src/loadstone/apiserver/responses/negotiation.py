"""Content negotiation: the format of the response that the Accept header of a call asks for."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.media_types import PROTOBUF
from loadstone.apiserver.machinery.status import not_acceptable
from loadstone.apiserver.responses.encodings import (
    Format,
    MetadataFormat,
    YamlFormat,
    asked_as,
    is_partial,
    json_format,
)

ACCEPTED = ("application/json", "application/yaml", PROTOBUF)


def of(call: Call, *, many: bool = False) -> Format:
    """The first format of a call's Accept header that is spoken here, of one object or of `many`.

    Raises 406 when there is none.
    """
    if not call.accept or call.accept == "application/json":
        return json_format(call.resource, call.version)
    for entry in _by_liking(call.accept):
        media, _, rest = entry.partition(";")
        parameters = dict(_parameter(part) for part in rest.split(";") if "=" in part)
        chosen = _of_media(call, media.strip(), parameters, entry, many)
        if chosen is not None:
            return chosen
    raise not_acceptable(ACCEPTED)


@lru_cache(maxsize=256)
def _by_liking(accept: str) -> tuple[str, ...]:
    """The entries of an Accept header, best first: by their q, and those without stars before."""
    entries = [_without_q(entry.strip()) for entry in accept.split(",")]
    return tuple(entry for entry, q in sorted(entries, key=lambda it: (-it[1], it[0].count("*"))))


def _without_q(entry: str) -> tuple[str, float]:
    liking = 1.0
    kept = []
    for part in entry.split(";"):
        name, value = _parameter(part)
        if name == "q":
            with suppress(ValueError):
                liking = float(value)
        else:
            kept.append(part)
    return ";".join(kept), liking


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _of_media(
    call: Call, media: str, parameters: dict[str, str], entry: str, many: bool
) -> Format | None:
    if media == PROTOBUF:
        from loadstone.apiserver.responses import protobuf_format  # its library takes time to load

        return protobuf_format.of(call, parameters, many=many)
    if media == "application/yaml" and not parameters and call.verb != "watch":
        return YamlFormat(call.resource, call.version)
    if media in ("application/json", "*/*", "application/*"):
        return _format(call, parameters, entry, many)
    return None


def _format(call: Call, parameters: dict[str, str], entry: str, many: bool) -> Format | None:
    if not parameters.get("as", ""):
        return json_format(call.resource, call.version)
    kind = asked_as(parameters)
    if kind == "Table" and call.resource.verbs != ("create",):  # of what is kept nowhere
        # people ask for tables, programs do not
        from loadstone.apiserver.responses.table_format import TableFormat

        return TableFormat(call.resource, call.version, entry, call.options.include_object)
    return MetadataFormat(entry) if is_partial(kind, many) else None
