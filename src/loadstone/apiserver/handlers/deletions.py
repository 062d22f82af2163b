"""DELETE: objects are gone at once, or marked until their last finalizer is gone."""

from __future__ import annotations

from typing import Any

import msgspec

from loadstone.apiserver.admission import chain
from loadstone.apiserver.handlers import reads
from loadstone.apiserver.machinery import clock, status
from loadstone.apiserver.machinery.calls import Call, Options
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject, prepare
from loadstone.apiserver.wire import bodies

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
_POLICIES = ("Background", "Foreground", "Orphan")
_KEPT = ("default", "kube-system", "kube-public")  # NamespaceLifecycle protects them
_POD_GRACE = 30  # s that a running pod is given


class Deletion(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a deletion (DeleteOptions), from the body or the query."""

    policy: str = ""
    grace: int | None = None
    uid: str = ""
    revision: str = ""
    dry_run: bool = False


def options(call: Call) -> Deletion:
    """The options of a DELETE; raises 400 and 422."""
    body = bodies.decode(call.body, call.content_type) if call.body.strip() else {}
    query = call.options
    conditions = body.get("preconditions") or {}
    policy = _policy(body, query)
    return Deletion(
        policy=policy or ("Orphan" if call.resource.orphans else "Background"),
        grace=body.get("gracePeriodSeconds", query.grace),
        uid=conditions.get("uid") or "",
        revision=conditions.get("resourceVersion") or "",
        dry_run=query.dry_run or body.get("dryRun") == ["All"],
    )


def _policy(body: Document, query: Options) -> str:
    orphan = body.get("orphanDependents", query.orphan)
    policy = str(body.get("propagationPolicy") or query.propagation)
    if orphan is not None and policy:
        says = "orphanDependents and deletionPropagation cannot be both set"
        cause = Cause.invalid("propagationPolicy", policy, says)
        raise status.invalid_options("DeleteOptions", cause)
    if policy and policy not in _POLICIES:
        cause = Cause.unsupported("propagationPolicy", policy, _POLICIES)
        raise status.invalid_options("DeleteOptions", cause)
    if orphan is not None:
        return "Orphan" if orphan else "Background"
    return policy


def delete(state: State, call: Call) -> tuple[StoredObject, bool]:
    """Delete the object that a call names; the object, and whether it is gone."""
    wanted = options(call)
    current = reads.existing(state.store, call)
    if call.resource.key == ("", "namespaces") and call.name in _KEPT:
        raise status.forbidden(call.resource, call.name, "this namespace may not be deleted")
    check_preconditions(call.resource, current, wanted)
    chain.delete(state, call, current.document())
    return start(state, call.resource, current, wanted)


def delete_collection(state: State, call: Call) -> list[StoredObject]:
    """Delete all that a list would show, and return it."""
    wanted = options(call)
    items, _ = reads.select(state.store, call)
    for stored in items:
        chain.delete(state, call, stored.document())
        start(state, call.resource, stored, wanted)
    return items


def check_preconditions(resource: Resource, current: StoredObject, wanted: Deletion) -> None:
    """Raise 409 unless the object has the uid and the revision that were asked for."""
    if wanted.uid and wanted.uid != current.uid:
        raise status.conflict(
            resource,
            current.name,
            "Precondition failed: UID in precondition: "
            f"{wanted.uid}, UID in object meta: {current.uid}",
        )
    if wanted.revision and wanted.revision != str(current.revision):
        raise status.conflict(
            resource,
            current.name,
            "Precondition failed: ResourceVersion in precondition: "
            f"{wanted.revision}, ResourceVersion in object meta: {current.revision}",
        )


def start(
    state: State, resource: Resource, current: StoredObject, wanted: Deletion
) -> tuple[StoredObject, bool]:
    """Begin to delete an object; the object afterwards, and whether it is gone."""
    document = current.document()
    metadata = document["metadata"]
    finalizers = _finalizers(metadata, wanted.policy)
    grace = _grace(resource, document, wanted.grace)
    waits = bool(finalizers) or grace > 0 or _waits_for_contents(resource, document)
    if not waits:
        return remove(state, resource, current, dry_run=wanted.dry_run), True
    marked = "deletionTimestamp" in metadata
    shorter = marked and grace < int(metadata.get("deletionGracePeriodSeconds") or 0)
    if marked and not shorter and finalizers == (metadata.get("finalizers") or []):
        return current, False
    if not marked:
        metadata["deletionTimestamp"] = clock.now()
        if resource.generation or resource.custom:
            metadata["generation"] = int(metadata.get("generation", 0)) + 1
    if not marked or shorter:
        metadata["deletionGracePeriodSeconds"] = grace
    if finalizers:
        metadata["finalizers"] = finalizers
    if resource.key == ("", "namespaces"):
        document.setdefault("status", {})["phase"] = "Terminating"
    return state.write(resource, document, dry_run=wanted.dry_run), False


def is_done(resource: Resource, document: Document) -> bool:
    """Whether a marked object has nothing left to wait for."""
    metadata = document["metadata"]
    return bool(
        metadata.get("deletionTimestamp")
        and not metadata.get("finalizers")
        and not metadata.get("deletionGracePeriodSeconds")
        and not _waits_for_contents(resource, document)
    )


def finish(
    state: State, resource: Resource, current: StoredObject, document: Document, *, dry_run: bool
) -> StoredObject:
    """Remove an object whose last finalizer was just taken away."""
    if dry_run:
        return prepare(resource, document, current.revision)
    return remove(state, resource, current, dry_run=False)


def remove(
    state: State, resource: Resource, current: StoredObject, *, dry_run: bool
) -> StoredObject:
    """Remove an object from the store, unless only to show it."""
    if dry_run:
        return current
    return state.store.remove(resource, current.key)


def _finalizers(metadata: Document, policy: str) -> list[str]:
    present = list(metadata.get("finalizers") or [])
    if "deletionTimestamp" not in metadata:
        present = [name for name in present if name not in (FOREGROUND, ORPHAN)]
    wanted = {"Foreground": FOREGROUND, "Orphan": ORPHAN}.get(policy)
    if wanted and wanted not in present:
        present.append(wanted)
    return present


def _grace(resource: Resource, document: Document, asked: int | None) -> int:
    """Seconds an object is given. Only a pod that was put on a node and still runs gets any."""
    if resource.key != ("", "pods"):
        return 0
    spec: dict[str, Any] = document.get("spec") or {}
    phase = (document.get("status") or {}).get("phase")
    if not spec.get("nodeName") or phase in ("Succeeded", "Failed"):
        return 0
    default = spec.get("terminationGracePeriodSeconds")
    return asked if asked is not None else (_POD_GRACE if default is None else int(default))


def _waits_for_contents(resource: Resource, document: Document) -> bool:
    return resource.key == ("", "namespaces") and bool(_contents_finalizers(document))


def _contents_finalizers(document: Document) -> list[str]:
    spec = document.get("spec")
    found = spec.get("finalizers") if isinstance(spec, dict) else None
    return found if isinstance(found, list) else []
