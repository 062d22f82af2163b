"""A component that is up as a pod: how it is doing, where it is reached, what it has used."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from loadstone.component.in_pods import kubelet_summary
from loadstone.component.in_pods.agent_link import AgentLink
from loadstone.component.in_pods.counted_waits import oom_killed, waits
from loadstone.component.in_pods.node_agent.control_group import GroupReading
from loadstone.component.in_pods.pod_state import PodState, measured, reasons, state
from loadstone.formats.fill import fill_text
from loadstone.model import ApiAccess, Note
from loadstone.protocols import ApiCaller, ContainerUsage, OwnNamespace

_EVERY = 1.0  # s between two questions for a pod: whoever waits asks far more often


@dataclass(frozen=True, kw_only=True)
class PodLook:
    """A look at the pod of one workload in a namespace, and at its measured container."""

    client: ApiCaller
    namespace: str
    labels: Mapping[str, str]  # of the workload's pods
    container: str

    @property
    def pods(self) -> str:
        return f"/api/v1/namespaces/{self.namespace}/pods"

    def all(self) -> list[dict[str, Any]]:
        """Every pod of the workload, those that are going too."""
        said = quote(",".join(f"{name}={value}" for name, value in self.labels.items()))
        found = self.client.ask("GET", f"{self.pods}?labelSelector={said}").body
        return list(found.get("items") or ())

    def now(self) -> PodState | None:
        """The pod as it is; None where there is none, or more than one."""
        pod = measured(self.all())
        return None if pod is None else state(pod, self.container)

    def tail(self, pod: str, lines: int) -> str:
        """The end of the container's log, that of its last end where it was started again."""
        path = f"{self.pods}/{pod}/log?container={self.container}&tailLines={lines}"
        return self.client.text(f"{path}&previous=true") or self.client.text(path)

    def events(self) -> list[str]:
        """What happened in the namespace, a line each."""
        path = f"/api/v1/namespaces/{self.namespace}/events"
        found = self.client.ask("GET", path).body.get("items") or ()
        return [
            f"{each.get('type')} {each.get('reason')}"
            f" {each.get('involvedObject', {}).get('kind')}/"
            f"{each.get('involvedObject', {}).get('name')}: {each.get('message')}"
            for each in found
        ]


@dataclass(kw_only=True)
class DeployedProcess:
    """The measured container of a component."""

    look: PodLook
    first: PodState  # as it became ready
    names: Mapping[str, str | int]
    pid: int | None
    start_seconds: float
    agent: AgentLink | None = None  # of its node
    begun: GroupReading | None = None  # what that said as it became ready
    cost: float | None = None  # CPU seconds that it had used by then
    name: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seen: PodState | None = None
    _at: float = float("-inf")

    def state(self) -> PodState | None:
        """The pod as it was at most a second ago."""
        with self._lock:
            if time.monotonic() - self._at >= _EVERY:
                self._seen, self._at = self.look.now(), time.monotonic()
            return self._seen

    def exited(self) -> int | None:
        """The status with which the container ended; None while that which became ready runs."""
        now = self.state()
        if now is None or now.uid != self.first.uid:
            return None  # which is a reason of its own
        if now.restarts > self.first.restarts or not now.container:
            return now.exited
        return now.exited if now.exited != self.first.exited else None

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""
        return fill_text(text, self.names)

    def tail(self, lines: int = 20) -> str:
        """The end of what it printed."""
        return self.look.tail(self.first.name, lines)

    def usage(self) -> ContainerUsage | None:
        """What the container has used, as an agent of its node reads it, or else its kubelet."""
        found = self.agent.usage(self.first.container) if self.agent else None
        if found is not None:
            return found
        uid, node = self.first.uid, self.first.node
        return kubelet_summary.usage(self.look.client, node, uid, self.look.container)

    def reading(self) -> GroupReading | None:
        """What its control group says now, where an agent reads it."""
        return self.agent.reading(self.first.container) if self.agent else None


@dataclass(frozen=True, kw_only=True)
class DeployedComponent:
    """A component whose pod is up and ready."""

    cluster: OwnNamespace
    process: DeployedProcess
    names: Mapping[str, str | int]
    start_seconds: float
    notes: Sequence[Note]
    faults: Sequence[Note] = ()  # of the start
    access: ApiAccess = field(default_factory=lambda: ApiAccess(url=""))
    network: str = ""

    @property
    def processes(self) -> Sequence[DeployedProcess]:
        return [self.process]

    def ended(self) -> DeployedProcess | None:
        """The process, where its container has ended; None while it runs."""
        return self.process if self.process.exited() is not None else None

    def reasons(self) -> list[Note]:
        """Why the run does not count, as far as its pod knows."""
        return [
            *self.faults,
            *reasons(self.process.first, self.process.state()),
            *oom_killed(self.process.begun, self.process.reading()),
        ]

    def afterwards(self) -> list[Note]:
        """What an agent of its node has counted, and what that has cost."""
        process = self.process
        if process.agent is None:
            return []
        cost, before = process.agent.cost(), process.cost
        spent = cost - before if cost is not None and before is not None else 0.0
        told = Note.of("node-agent", node=process.first.node, cpu=spent)
        return [told, *waits(process.begun, process.reading())]

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""
        return fill_text(text, self.names)
