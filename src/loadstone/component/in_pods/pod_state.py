"""The state of a measured pod, as the API server tells it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.model import Note

# A container that waits for one of these waits in vain: what it lacks does not come by itself.
_HOPELESS = frozenset(
    {
        *("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"),
        *("CreateContainerConfigError", "CreateContainerError", "CrashLoopBackOff"),
    }
)
_SIGNAL = 128  # and more: an exit status that stands for a signal


@dataclass(frozen=True, kw_only=True)
class PodState:
    """The state of a pod and of its measured container."""

    name: str
    uid: str
    node: str
    host: str  # address of its node
    address: str  # of its own
    ready: bool
    image: str  # what runs, by digest; "" before it does
    container: str  # the identity of the container on its node, without what runs it
    restarts: int
    hopeless: str  # why it will not start, in words; "" while it may
    exited: int | None  # status of the container's last end, negative for a signal


def state(pod: Mapping[str, Any], container: str) -> PodState:
    """The state of a pod whose measured container has that name."""
    metadata, status = pod["metadata"], pod.get("status") or {}
    found: Mapping[str, Any] = next(
        (each for each in status.get("containerStatuses") or () if each.get("name") == container),
        {},
    )
    waiting = (found.get("state") or {}).get("waiting") or {}
    return PodState(
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        node=(pod.get("spec") or {}).get("nodeName", ""),
        host=status.get("hostIP", ""),
        address=status.get("podIP", ""),
        ready=any(
            each.get("type") == "Ready" and each.get("status") == "True"
            for each in status.get("conditions") or ()
        ),
        image=_digest(found.get("imageID", "")),
        container=str(found.get("containerID", "")).rpartition("//")[2],
        restarts=int(found.get("restartCount", 0)),
        hopeless=_hopeless(status, found, waiting),
        exited=_exited(found),
    )


def measured(pods: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The pod that is measured of those that a workload has; None while there is none."""
    staying = [each for each in pods if "deletionTimestamp" not in each["metadata"]]
    return staying[0] if len(staying) == 1 else None


def reasons(first: PodState, now: PodState | None) -> list[Note]:
    """Reasons for which a run does not count that began with a pod in the state `first`."""
    if now is None or now.uid != first.uid:
        return [Note.of("pod-gone", pod=first.name)]
    if now.restarts > first.restarts:
        return [Note.of("restarted", restarts=float(now.restarts - first.restarts), allowed=0.0)]
    if now.image != first.image:
        return [Note.of("other-image", ran=now.image, wanted=first.image)]
    return []


def other_image(ran: str, wanted: str) -> list[Note]:
    """A reason where what ran is not what the revision is, as far as that is known."""
    if not wanted or ran.rpartition("@")[2] == wanted.rpartition("@")[2]:
        return []
    return [Note.of("other-image", ran=ran, wanted=wanted)]


def _digest(image: str) -> str:
    return image.removeprefix("docker-pullable://").removeprefix("docker://")


def _hopeless(
    status: Mapping[str, Any], found: Mapping[str, Any], waiting: Mapping[str, Any]
) -> str:
    if status.get("phase") == "Failed":
        return f"{status.get('reason', 'Failed')}: {status.get('message', '')}".rstrip(": ")
    if waiting.get("reason") in _HOPELESS:
        return f"{waiting['reason']}: {waiting.get('message', '')}".rstrip(": ")
    if (exited := _exited(found)) is not None:
        return f"the container ended with status {exited}"
    return ""


def _exited(found: Mapping[str, Any]) -> int | None:
    for key in ("state", "lastState"):
        ended = (found.get(key) or {}).get("terminated")
        if ended:
            status = int(ended.get("exitCode", 0))
            return _SIGNAL - status if status > _SIGNAL else status
    return None
