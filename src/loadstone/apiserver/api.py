"""The dispatch of the resource API: each call to the handler of its verb or subresource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from loadstone.apiserver.handlers import deletions, patch_writes, reads, writes
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.responses import negotiation
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject, unstored
from loadstone.apiserver.subresources import reviews
from loadstone.apiserver.wire.http import Response

_WRITES = ("create", "update", "patch")
# subresources that are a part of the stored object: its own verbs read and write them
_STORED = frozenset({"status", "finalize", "approval", "ephemeralcontainers"})


def answer(state: State, call: Call) -> Response:
    """Do what a call asks; raises `ApiError` when that cannot be."""
    if call.subresource:
        _check_subresource(call)
        if call.subresource not in _STORED:
            return _beside(state, call)
    if call.verb not in call.resource.verbs:
        raise status.method_not_allowed()
    if reviews.handles(call.resource):
        return _written(call, unstored(reviews.answer(call)), 201)
    if call.resource.kept_as is not None and call.verb in _WRITES:
        return _through_view(state, call)
    return _ANSWERS[call.verb](state, call)


def _through_view(state: State, call: Call) -> Response:
    from loadstone.apiserver.handlers import views  # few clients write this way

    current = state.store.collection(call.resource).objects.get((call.namespace, call.name))
    kept = views.kept(state, call, current)
    if call.verb == "create":
        return _written(call, writes.create(state, kept), 201)
    if kept.verb == "update":
        return _written(call, writes.update(state, kept), 200)
    stored, created = patch_writes.patch(state, kept)
    return _written(call, stored, 201 if created else 200)


def _beside(state: State, call: Call) -> Response:
    """What a subresource does that is no part of its object; each is loaded when one asks."""
    if call.subresource == "scale":
        from loadstone.apiserver.subresources import scale

        shown = unstored(scale.answer(state, call))
        return _written(structs.replace(call, resource=scale.RESOURCE, version="v1"), shown, 200)
    if call.subresource in ("binding", "eviction"):
        from loadstone.apiserver.subresources import pods

        return _status(call, pods.answer(state, call), 201)
    if call.subresource == "token":
        from loadstone.apiserver.subresources import tokens

        made = unstored(tokens.answer(state, call))
        return _written(structs.replace(call, resource=tokens.RESOURCE, version="v1"), made, 201)
    from loadstone.apiserver.subresources import kubelet

    return kubelet.answer(state, call)


def _check_subresource(call: Call) -> None:
    resource, name = call.resource, call.subresource
    if name == "scale" and (
        "scale" in resource.subresources
        or ((own := resource.definition(call.version)) and own.scale)
    ):
        return
    if name == "status" and resource.has_status(call.version):
        return
    if name not in resource.subresources:
        raise status.unknown_path()
    if name in _STORED and call.verb not in ("get", "update", "patch"):
        raise status.method_not_allowed()


def _get(state: State, call: Call) -> Response:
    written = negotiation.of(call)
    stored = reads.read(state.store, call)
    return Response(body=written.object(stored), content_type=written.content_type)


def _list(state: State, call: Call) -> Response:
    written = negotiation.of(call, many=True)
    items, metadata = reads.select(state.store, call)
    return Response(body=written.list(items, metadata), content_type=written.content_type)


def _create(state: State, call: Call) -> Response:
    return _written(call, writes.create(state, call), 201)


def _update(state: State, call: Call) -> Response:
    return _written(call, writes.update(state, call), 200)


def _patch(state: State, call: Call) -> Response:
    stored, created = patch_writes.patch(state, call)
    return _written(call, stored, 201 if created else 200)


def _delete(state: State, call: Call) -> Response:
    stored, gone = deletions.delete(state, call)
    if gone and not call.resource.returned:
        return _status(call, status.success(call.resource, stored.name, stored.uid), 200)
    return _written(call, stored, 200)


def _delete_collection(state: State, call: Call) -> Response:
    written = negotiation.of(call, many=True)
    items = deletions.delete_collection(state, call)
    metadata = {"resourceVersion": str(state.store.revision)}
    return Response(body=written.list(items, metadata), content_type=written.content_type)


_ANSWERS: dict[str, Callable[[State, Call], Response]] = {
    "get": _get,
    "list": _list,
    "create": _create,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "deletecollection": _delete_collection,
}


def _written(call: Call, stored: StoredObject, code: int) -> Response:
    written = negotiation.of(call)
    return Response(status=code, body=written.object(stored), content_type=written.content_type)


def _status(call: Call, document: dict[str, Any], code: int) -> Response:
    written = negotiation.of(call)
    return Response(status=code, body=written.error(document), content_type=written.content_type)
