"""Preparation of an object before it is stored: unknown fields out or refused, defaults in."""

from __future__ import annotations

from loadstone.apiserver.custom import definitions, structural_schemas
from loadstone.apiserver.defaults.by_kind import DEFAULTS
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.types import type_check
from loadstone.apiserver.validation import field_validation


def fill(state: State, call: Call, document: Document) -> None:
    """Fill in what a new or changed object leaves open.

    Raises 400, or 422 for a patch, for values of the wrong kind, and if the client is strict for
    unknown and repeated fields.
    """
    resource = call.resource
    definition = resource.definition(call.version)
    try:
        unknown = _clean(call, document)
    except status.ApiError as error:
        raise field_validation.unreadable(call, document, error) from None
    if definition is not None:
        unknown = [*unknown, *sorted(structural_schemas.unknown(definition, document))]
        field_validation.complain(state, call, unknown, document)
        structural_schemas.fill(definition, document)
        return
    field_validation.complain(state, call, unknown, document)
    if resource.key == definitions.KEY:
        definitions.fill(document)
    own = DEFAULTS.get(resource.key)
    if own is not None:
        own(document, state)


def _clean(call: Call, document: Document) -> list[str]:
    """The paths of fields that are not known, and were dropped."""
    if call.resource.custom:
        return type_check.clean_metadata(call.resource, document["metadata"])
    return type_check.clean(call.resource, document)
