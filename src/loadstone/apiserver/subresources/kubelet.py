"""Kubelet subresources: logs, exec, port-forward, which no kubelet is here for.

A pod that is on no node has no logs yet and no host to ask, and the answers say so in the real
server's words. A pod on a node would have to ask its kubelet, which nothing here is.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from loadstone.apiserver.handlers import reads
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.state import State
from loadstone.apiserver.wire.http import Response

_LISTS = ("containers", "initContainers", "ephemeralContainers")


def answer(state: State, call: Call) -> Response:
    """No content for the logs of a pod without a node; raises 400, 404 and 501 for all else."""
    if call.resource.plural != "pods" or call.subresource not in _HOSTED:
        raise _none(call)
    pod = reads.existing(state.store, call).document()
    if call.subresource == "proxy":
        raise status.bad_request("address not allowed")
    _check_container(call, pod)
    if dig(pod, ("spec", "nodeName")):
        raise _none(call)
    if call.subresource == "log":
        return Response(status=204, content_type="")
    raise status.bad_request(f"pod {call.name} does not have a host assigned")


_HOSTED = ("log", "exec", "attach", "portforward", "proxy")


def _check_container(call: Call, pod: Document) -> None:
    given = parse_qs(call.query).get("container", [""])[0]
    names = [item.get("name") for field in _LISTS for item in dig(pod, ("spec", field)) or ()]
    if given and given not in names and call.subresource != "portforward":
        raise status.bad_request(f"container {given} is not valid for pod {call.name}")
    several = [item.get("name") for item in dig(pod, ("spec", "containers")) or ()]
    if not given and len(several) > 1 and call.subresource in ("log", "exec", "attach"):
        inits = [item.get("name") for item in dig(pod, ("spec", "initContainers")) or ()]
        more = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
        raise status.bad_request(
            f"a container name must be specified for pod {call.name}, choose one of: "
            f"[{' '.join(several)}]{more}"
        )


def _none(call: Call) -> status.ApiError:
    return status.not_implemented(f"{call.what}: no containers run behind its objects")
