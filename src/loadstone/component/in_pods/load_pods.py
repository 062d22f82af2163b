"""Pods that send load: made for one load, each reached by a forward, and gone afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadstone.component.in_pods.applying import applied, removed
from loadstone.component.in_pods.deployed import PodLook
from loadstone.component.in_pods.load_job import CONTAINER, INDEX, OF_JOB, PORT
from loadstone.component.in_pods.pod_failures import failure
from loadstone.component.in_pods.pod_state import PodState, state
from loadstone.component.in_pods.port_forward import Forward, forwarded
from loadstone.errors import ComponentFailed
from loadstone.formats.manifests import Manifest
from loadstone.protocols import OwnNamespace

_EVERY = 0.1  # s between two looks at pods that are to get ready, or to go
_GONE_WITHIN = 60.0  # s


@dataclass(frozen=True, kw_only=True)
class ReadyPod:
    """A pod that waits for its part: `index` among those of its Job, and where it is reached."""

    index: int
    name: str
    node: str
    address: str  # host:port, here


@dataclass(kw_only=True)
class LoadPods:
    """The pods of a Job in a namespace of ours."""

    cluster: OwnNamespace
    kept: Path | None = None  # folder for what is known of pods that failed
    tools: Mapping[str, Path] = field(default_factory=dict)
    forward: Forward = forwarded
    patience: float = 120.0  # s for all to be ready: the first time the image is pulled
    _failures: int = 0

    @contextmanager
    def started(self, job: Manifest, workdir: Path) -> Iterator[Sequence[ReadyPod]]:
        """The pods of a Job in the order of their index. Raises `ComponentFailed`."""
        name = job["metadata"]["name"]
        look = PodLook(
            client=self.cluster.client,
            namespace=self.cluster.namespace,
            labels={OF_JOB: name},
            container=CONTAINER,
        )
        with ExitStack() as stack:
            stack.callback(self._end, look)
            made: list[str] = []
            stack.callback(removed, self.cluster, made)
            try:
                made += applied(self.cluster, [job])
                pods = self._ready(look, int(job["spec"]["completions"]))
                found = [
                    ReadyPod(
                        index=index,
                        name=f"{name}-{index}",
                        node=pod.node,
                        address=stack.enter_context(self._led_to(pod, workdir)),
                    )
                    for index, pod in sorted(pods.items())
                ]
            except ComponentFailed as error:
                self._failures += 1
                kept = self.kept / "load" if self.kept else None
                raise failure(error, look, kept, self._failures) from error
            yield found

    def _ready(self, look: PodLook, count: int) -> dict[int, PodState]:
        """So many pods by their index, once all are ready. Raises `ComponentFailed`."""
        deadline = time.monotonic() + self.patience
        while True:
            found = {_index(each): state(each, CONTAINER) for each in look.all()}
            for pod in found.values():
                if pod.hopeless:
                    raise ComponentFailed(f"the load pod {pod.name}: {pod.hopeless}")
            ready = sum(pod.ready and bool(pod.container) for pod in found.values())
            if ready == len(found) == count:
                return found
            if time.monotonic() > deadline:
                raise ComponentFailed(
                    f"{ready} of {count} load pods were ready within {self.patience:g} s",
                    next_step="look at `load` in loadstone.yaml: image, nodes, `cpu` and `memory`",
                )
            time.sleep(_EVERY)

    @contextmanager
    def _led_to(self, pod: PodState, workdir: Path) -> Iterator[str]:
        """An address here that leads to the port of a pod."""
        with self.forward(
            self.cluster.kubeconfig,
            self.cluster.namespace,
            pod.name,
            {"load": PORT},
            log=workdir / f"forward-{pod.name}.log",
            tools=self.tools,
        ) as found:
            yield found["load"]

    def _end(self, look: PodLook) -> None:
        """Return when the pods are gone. Raises `ComponentFailed`."""
        deadline = time.monotonic() + _GONE_WITHIN
        while left := look.all():
            if time.monotonic() > deadline:
                name = left[0]["metadata"]["name"]
                raise ComponentFailed(
                    f"the load pod {name} did not go", next_step=f"kubectl describe pod {name}"
                )
            time.sleep(_EVERY)


def _index(pod: Mapping[str, Any]) -> int:
    """The index of a pod among those of its Job."""
    metadata = pod["metadata"]
    said = {**(metadata.get("annotations") or {}), **(metadata.get("labels") or {})}
    return int(said.get(INDEX, 0))
