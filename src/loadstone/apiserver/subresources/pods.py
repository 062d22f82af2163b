"""Subresources of pods: binding and eviction."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.handlers import deletions, reads, writes
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.wire import bodies

_DONE = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def answer(state: State, call: Call) -> dict[str, Any]:
    """Bind or evict the pod that a call names; raises 404, 405, 409 and 422."""
    if call.verb != "create":
        raise status.method_not_allowed()
    return _bind(state, call) if call.subresource == "binding" else _evict(state, call)


def _bind(state: State, call: Call) -> dict[str, Any]:
    body = bodies.decode(call.body, call.content_type)
    node = (body.get("target") or {}).get("name")
    if (body.get("metadata") or {}).get("name") != call.name:
        raise status.bad_request("name in URL does not match name in Binding object")
    if not node:
        cause = Cause.required("target.name")
        raise status.invalid(call.resource, call.name, [cause])
    current = reads.existing(state.store, call)

    def bind(pod: Document) -> Document:
        bound = pod["spec"].get("nodeName")
        if bound:
            raise status.conflict(
                call.resource, call.name, f"pod {call.name} is already assigned to node {bound}"
            )
        pod["spec"]["nodeName"] = node
        return pod

    writes.change(state, call, current, bind)
    return _DONE


def _evict(state: State, call: Call) -> dict[str, Any]:
    """Disruption budgets are not looked at: nothing here counts healthy pods."""
    body = bodies.decode(call.body, call.content_type)
    current = reads.existing(state.store, call)
    grace = (body.get("deleteOptions") or {}).get("gracePeriodSeconds")
    wanted = deletions.Deletion(policy="Background", grace=grace, dry_run=call.options.dry_run)
    deletions.start(state, call.resource, current, wanted)
    return _DONE
