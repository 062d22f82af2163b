"""POST and PUT: new objects, and changes of those that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loadstone.apiserver.admission import chain
from loadstone.apiserver.apply import field_manager
from loadstone.apiserver.handlers import deletions, preparation, reads
from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.storage import object_meta
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.validation import object_checks
from loadstone.apiserver.wire import bodies

_KEEPS_LABELS = frozenset({"deployments"})  # when its status is written
_KEEPS_STATUS = frozenset({"nodes", "persistentvolumes", "events"})  # may be created with a status


def create(state: State, call: Call) -> StoredObject:
    """Create the object in the body of a POST, which goes to the collection: else 405."""
    if call.name:
        raise status.method_not_allowed()
    document = bodies.of_call(call)
    if document["metadata"].get("resourceVersion"):
        raise status.bad_request("resourceVersion should not be set on objects to be created")
    return insert(state, call, document)


def insert(state: State, call: Call, document: Document) -> StoredObject:
    """Store a new object; raises 403, 404, 409 and 422."""
    resource, metadata = call.resource, document["metadata"]
    if resource.namespaced:
        check_namespace(state, call)
    object_meta.stamp(resource, metadata, state.rng)
    if resource.has_status(call.version) and resource.plural not in _KEEPS_STATUS:
        document.pop("status", None)
    preparation.fill(state, call, document)
    object_checks.check_new(resource, call.version, document)
    if not media_types.is_apply(call.content_type):
        field_manager.record_create(call, document)
    key = (metadata.get("namespace", ""), metadata["name"])
    held = state.store.collection(resource).objects.get(key)
    if held is not None:
        raise status.already_exists(resource, metadata["name"], deleting=_is_going(held))
    chain.create(state, call, document)
    return state.write(resource, document, dry_run=call.options.dry_run)


def check_namespace(state: State, call: Call) -> None:
    """Raise 404 or 403 unless the namespace of a new object is there and stays."""
    found = state.namespace(call.namespace)
    if found is None:
        raise status.not_found(state.resource("namespaces"), call.namespace)
    if _is_going(found):
        cause = Cause(
            field="metadata.namespace",
            reason="NamespaceTerminating",
            message=f"namespace {call.namespace} is being terminated",
        )
        raise status.forbidden(
            call.resource,
            call.name,
            f"unable to create new content in namespace {call.namespace} because it is being "
            "terminated",
            [cause],
        )


def _is_going(stored: StoredObject) -> bool:
    return b'"deletionTimestamp"' in stored.tail and bool(
        stored.document()["metadata"].get("deletionTimestamp")
    )


def update(state: State, call: Call) -> StoredObject:
    """Replace an object, or its status, by the body of a PUT."""
    document = bodies.of_call(call)
    current = reads.existing(state.store, call)
    given = document["metadata"].get("resourceVersion")
    if not given and (call.resource.conditional or call.resource.custom):
        cause = Cause.invalid("metadata.resourceVersion", 0, "must be specified for an update")
        raise status.invalid(call.resource, call.name, [cause])
    return change(state, call, current, lambda old: document)  # noqa: ARG005


def change(
    state: State, call: Call, current: StoredObject, edit: Callable[[Document], Document]
) -> StoredObject:
    """Store what `edit` makes of a copy of an object, unless that is what it already is.

    Raises 409 when the result names another resource version or uid than the object has.
    """
    resource = call.resource
    old = current.document()
    document = edit(current.document())
    metadata = document.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise status.bad_request("metadata is not an object")
    bodies.check_place(call, metadata)
    _check_based_on(call, current, metadata)
    _keep_server_owned(old["metadata"], metadata)
    document = _scoped(call, old, document)
    preparation.fill(state, call, document)
    object_checks.check_change(resource, call.version, document, old, subresource=call.subresource)
    if not media_types.is_apply(call.content_type):
        field_manager.record_update(call, old, document)
    if resource.generation or resource.custom:
        _count_generation(old, document)
    if old == document:  # nothing is written: neither revision nor watchers hear of it
        return current
    chain.update(state, call, document, old)
    if deletions.is_done(resource, document):
        return deletions.finish(state, resource, current, document, dry_run=call.options.dry_run)
    return state.write(resource, document, dry_run=call.options.dry_run)


def _check_based_on(call: Call, current: StoredObject, metadata: Mapping[str, Any]) -> None:
    given = metadata.get("resourceVersion")
    if given and str(given) != str(current.revision):
        raise status.conflict(call.resource, current.name)
    uid = metadata.get("uid")
    if uid and uid != current.uid:
        raise status.conflict(
            call.resource,
            current.name,
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.uid}",
        )


def _keep_server_owned(old: Document, new: Document) -> None:
    for field in object_meta.SERVER_OWNED:
        if field in old:
            new[field] = old[field]
        else:
            new.pop(field, None)
    for field in ("name", "namespace", "resourceVersion"):
        if field in old:
            new[field] = old[field]


def _scoped(call: Call, old: Document, new: Document) -> Document:
    """Only the status changes through /status, and only there where it has one."""
    if call.subresource in ("status", "approval"):
        merged = {**old, "status": new.get("status"), "metadata": _metadata_beside(call, old, new)}
        return {key: value for key, value in merged.items() if value is not None}
    if call.subresource == "finalize":
        return {**old, "spec": new.get("spec") or {}}
    if not call.resource.has_status(call.version):
        return new
    kept = {"status": old["status"]} if "status" in old else {}
    return {**{key: value for key, value in new.items() if key != "status"}, **kept}


def _metadata_beside(call: Call, old: Document, new: Document) -> Document:
    """The metadata after a change of the status: that of custom resources does not change by it."""
    if call.resource.custom:
        kept = old["metadata"]
        given = new["metadata"].get("managedFields")
        return {**kept, "managedFields": given} if given is not None else kept
    metadata: Document = new["metadata"]
    if call.resource.plural in _KEEPS_LABELS:
        metadata = {key: value for key, value in metadata.items() if key != "labels"}
        if "labels" in old["metadata"]:
            metadata["labels"] = old["metadata"]["labels"]
    return metadata


def _count_generation(old: Document, new: Document) -> None:
    if _specification(old) != _specification(new):
        new["metadata"]["generation"] = int(old["metadata"].get("generation", 0)) + 1


def _specification(document: Document) -> Document:
    return {k: v for k, v in document.items() if k not in ("metadata", "status")}
