"""Validation of objects before they are stored; all that is wrong is said at once."""

from __future__ import annotations

import re
from typing import Any

from loadstone.apiserver.admission import validating_policies
from loadstone.apiserver.custom import definitions, structural_schemas
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.validation import (
    custom_rules,
    immutable_fields,
    object_names,
    policy_expressions,
    required_fields,
)

_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_QUALIFIED_SAYS = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    f"validation is '{_QUALIFIED.pattern}')"
)
_VALUE_SAYS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_OPTIONAL = ("labels", "annotations", "finalizers", "ownerReferences")
_ANNOTATIONS_LIMIT = 256 * 1024  # By of all keys and values


def check_new(resource: Resource, version: str, document: Document) -> None:
    """Raise 422 with everything that is wrong with a new object."""
    causes = [*_name(resource, document["metadata"]), *_metadata(document["metadata"])]
    causes += _contents(resource, version, document)
    _refuse(resource, document, causes)


def check_change(
    resource: Resource, version: str, document: Document, old: Document, *, subresource: str = ""
) -> None:
    """Raise 422 with everything that is wrong with a changed object."""
    causes = [*_metadata(document["metadata"]), *_finalizers(document, old)]
    causes += immutable_fields.check(resource, document, old)
    if resource.key == ("", "pods") and not subresource:
        causes += immutable_fields.pod_spec(document, old)
    causes += _contents(resource, version, document, old)
    _refuse(resource, document, causes)


def _refuse(resource: Resource, document: Document, causes: list[Cause]) -> None:
    if causes:
        name = document["metadata"].get("name")
        raise status.invalid(resource, name if isinstance(name, str) else "", causes)


def _contents(
    resource: Resource, version: str, document: Document, old: Document | None = None
) -> list[Cause]:
    definition = resource.definition(version)
    if definition is not None:
        causes = structural_schemas.check(definition, document)
        return causes or custom_rules.check(definition.schema or {}, document, old)
    if resource.key == definitions.KEY:
        return definitions.check(document)
    causes = required_fields.check(resource, document)
    return (
        [*causes, *policy_expressions.check(document)]
        if resource.group == validating_policies.GROUP
        else causes
    )


def _name(resource: Resource, metadata: Document) -> list[Cause]:
    name = metadata.get("name")
    if not name:
        return [Cause.required("metadata.name", "name or generateName is required")]
    if not isinstance(name, str):
        return [Cause.wrong_type("metadata.name", name, "string")]
    if resource.free_name:
        if name in (".", "..") or "/" in name or "%" in name:
            return [
                Cause.invalid("metadata.name", name, "may not be '.', '..', or contain '/' or '%'")
            ]
        return []
    pattern, says, limit = (
        (object_names.LABEL, object_names.LABEL_SAYS, 63)
        if resource.dns_label
        else (object_names.SUBDOMAIN, object_names.SUBDOMAIN_SAYS, 253)
    )
    if resource.key == ("", "services"):
        pattern, says = object_names.SERVICE, object_names.SERVICE_SAYS
    causes = []
    if not pattern.fullmatch(name):
        causes.append(Cause.invalid("metadata.name", name, says))
    if len(name) > limit:
        causes.append(
            Cause.invalid("metadata.name", name, f"must be no more than {limit} characters")
        )
    return causes


def _metadata(metadata: Document) -> list[Cause]:
    causes: list[Cause] = []
    for field in ("labels", "annotations"):
        if metadata.get(field):
            causes += _map(field, metadata[field])
    for field in _OPTIONAL:
        if field in metadata and not metadata[field]:
            del metadata[field]
    return [*causes, *_owners(metadata)]


def _map(field: str, found: dict[str, Any]) -> list[Cause]:
    where = f"metadata.{field}"
    causes = []
    for key, value in found.items():
        causes += _qualified(where, key)
        if field == "labels" and value and (len(value) > 63 or not _QUALIFIED.fullmatch(value)):
            says = _VALUE_SAYS if len(value) <= 63 else "must be no more than 63 characters"
            causes.append(Cause.invalid(where, value, says))
    if (
        field == "annotations"
        and sum(len(k) + len(str(v)) for k, v in found.items()) > _ANNOTATIONS_LIMIT
    ):
        causes.append(
            Cause(
                field=where,
                reason="FieldValueTooLong",
                message=f"Too long: may not be more than {_ANNOTATIONS_LIMIT} bytes",
            )
        )
    return causes


def _qualified(where: str, key: str) -> list[Cause]:
    prefix, slash, name = key.rpartition("/")
    if len(name) > 63 or not _QUALIFIED.fullmatch(name):
        return [Cause.invalid(where, key, _QUALIFIED_SAYS)]
    if slash and not object_names.SUBDOMAIN.fullmatch(prefix.lower()):
        return [Cause.invalid(where, key, f"prefix part {object_names.SUBDOMAIN_SAYS}")]
    return []


def _owners(metadata: Document) -> list[Cause]:
    causes = []
    controllers = 0
    where = "metadata.ownerReferences"
    for owner in metadata.get("ownerReferences") or ():
        causes += [
            Cause.invalid(f"{where}.{field}", "", "must not be empty")
            for field in ("apiVersion", "kind", "name", "uid")
            if not owner.get(field)
        ]
        controllers += owner.get("controller") is True
    if controllers > 1:
        causes.append(
            Cause.invalid(
                "metadata.ownerReferences",
                controllers,
                "Only one reference can have Controller set to true",
            )
        )
    return causes


def _finalizers(document: Document, old: Document) -> list[Cause]:
    """An object that is being deleted gets no new finalizers."""
    if not document["metadata"].get("deletionTimestamp"):
        return []
    before = set(old["metadata"].get("finalizers") or ())
    new = [f for f in document["metadata"].get("finalizers") or () if f not in before]
    if not new:
        return []
    shown = ", ".join(f'"{name}"' for name in new)
    return [
        Cause.forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, found new finalizers "
            f"[]string{{{shown}}}",
        )
    ]
