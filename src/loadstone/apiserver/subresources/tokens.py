"""Token requests of service accounts: tokens are shaped like real ones and not signed."""

from __future__ import annotations

import base64
import time
from typing import Any

import orjson

from loadstone.apiserver.handlers import reads
from loadstone.apiserver.machinery import clock, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.wire import bodies

RESOURCE = Resource(
    group="authentication.k8s.io", version="v1", plural="tokenrequests", kind="TokenRequest"
)
ISSUER = "https://kubernetes.default.svc.cluster.local"
_SHORTEST, _USUAL, _LONGEST = 600, 3600, 1 << 32  # s


def answer(state: State, call: Call) -> Document:
    """The request with its token; raises 400, 404, 405 and 422."""
    if call.verb != "create":
        raise status.method_not_allowed()
    request = bodies.decode(call.body, call.content_type)
    expected = group_version(RESOURCE.group, RESOURCE.version)
    if request.pop("kind", RESOURCE.kind) != RESOURCE.kind:
        raise status.bad_request(f"the body is no {RESOURCE.kind}")
    if request.pop("apiVersion", expected) != expected:
        raise status.bad_request(f"the API version is not {expected}")
    account = reads.existing(state.store, call)
    given = request.get("spec") or {}
    if not isinstance(given, dict):
        raise status.bad_request("spec is not an object")
    spec = {"audiences": [ISSUER], "expirationSeconds": _USUAL, **given}
    spec.setdefault("boundObjectRef", None)
    seconds = spec["expirationSeconds"]
    if not isinstance(seconds, int) or not _SHORTEST <= seconds <= _LONGEST:
        says = "may not specify a duration less than 10 minutes"
        cause = Cause.invalid("spec.expirationSeconds", seconds, says)
        raise status.invalid(RESOURCE, call.name, [cause])
    now = int(time.time())
    metadata = {"name": call.name, "namespace": call.namespace, "creationTimestamp": clock.now()}
    shown = {
        "token": _token(account, spec["audiences"], now, now + seconds),
        "expirationTimestamp": clock.at(now + seconds),
    }
    return {"metadata": metadata, "spec": spec, "status": shown}


def _token(account: StoredObject, audiences: Any, now: int, end: int) -> str:
    """A JWT that is not signed."""
    claims = {
        "aud": audiences,
        "exp": end,
        "iat": now,
        "iss": ISSUER,
        "kubernetes.io": {
            "namespace": account.namespace,
            "serviceaccount": {"name": account.name, "uid": account.uid},
        },
        "nbf": now,
        "sub": f"system:serviceaccount:{account.namespace}:{account.name}",
    }
    return ".".join(_part(part) for part in ({"alg": "none", "typ": "JWT"}, claims)) + "."


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")
