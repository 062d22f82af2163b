"""Failures of a deployment: what its pods and their namespace say, shown and kept."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import yaml

from loadstone.component.in_pods.deployed import PodLook
from loadstone.errors import ClusterFailed, ComponentFailed

_SHOWN = 20  # lines of a log, and events
_KEPT = 5000  # lines of a log


def failure(
    error: ComponentFailed, look: PodLook, kept: Path | None, number: int
) -> ComponentFailed:
    """The error with the end of the log and the last events; all there is goes to a file."""
    logs, events, pods = "", list[str](), []
    with suppress(ClusterFailed):  # the cluster may have gone as well
        pods, events = look.all(), look.events()
        for pod in pods:
            logs += look.tail(pod["metadata"]["name"], _KEPT)
    shown = "\n".join([*logs.splitlines()[-_SHOWN:], *events[-_SHOWN:]])
    next_step = error.next_step
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        file = kept / f"pod-failure-{number}.txt"
        parts = {"events": "\n".join(events), "log": logs, "pods": yaml.safe_dump(pods)}
        file.write_text("".join(f"# {name}\n{text}\n" for name, text in parts.items()))
        next_step = next_step or f"read {file}"
    return ComponentFailed(f"{error.message}\n{shown}".rstrip(), next_step=next_step)
