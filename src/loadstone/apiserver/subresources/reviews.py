"""Access reviews: everybody may do everything here, and the answers say so."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.wire import bodies

_GROUPS = ("authentication.k8s.io", "authorization.k8s.io")
_WHO = {"username": "loadstone", "groups": ["system:masters", "system:authenticated"]}
_EVERYTHING = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}


def handles(resource: Resource) -> bool:
    """Whether a resource is a review."""
    return resource.group in _GROUPS


def answer(call: Call) -> dict[str, Any]:
    """The review that was posted, with its status."""
    review = bodies.decode(call.body, call.content_type)
    bodies.check_type(call, review)
    return {
        "kind": call.resource.kind,
        "apiVersion": group_version(call.resource.group, call.version),
        "metadata": {},
        **review,
        "status": _status(call.resource.kind),
    }


def _status(kind: str) -> dict[str, Any]:
    if kind == "SelfSubjectReview":
        return {"userInfo": _WHO}
    if kind == "TokenReview":
        return {"authenticated": True, "user": _WHO}
    if kind == "SelfSubjectRulesReview":
        return _EVERYTHING
    return {"allowed": True, "reason": "the in-memory API server allows everything"}
