"""The link to the agent of a node, where the cluster has one: exact numbers of a container.

The chart `charts/loadstone` puts one on every node. Where there is none, or we may not look for it,
the kubelet's summary has to do.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec

from loadstone.component.in_pods.node_agent.control_group import GroupReading
from loadstone.component.in_pods.port_forward import Forward
from loadstone.errors import LoadstoneError
from loadstone.protocols import ApiCaller, ContainerUsage, OwnNamespace

LABEL = "app.kubernetes.io/name=loadstone-agent"
PORT = 7071
_WITHIN = 5.0  # s for an answer


class AgentLink:
    """A connection to an agent, safe to use from threads; what it cannot tell is None."""

    def __init__(self, address: str) -> None:
        """Raises `OSError` where nobody is there."""
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout=_WITHIN)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._lock = threading.Lock()

    def reading(self, container: str) -> GroupReading | None:
        """What the control group of a container says now."""
        line = self._asked(f"read {container}")
        return msgspec.json.decode(line, type=GroupReading | None) if line else None

    def usage(self, container: str) -> ContainerUsage | None:
        """The same as a node tells it otherwise."""
        found = self.reading(container)
        if found is None:
            return None
        return ContainerUsage(
            stamp=found.stamp, cpu=found.cpu, working_set=found.working_set, anon=found.anon
        )

    def cost(self) -> float | None:
        """CPU seconds that the agent has used since it started."""
        line = self._asked("cost")
        return msgspec.json.decode(line, type=float) if line else None

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _asked(self, line: str) -> bytes:
        with self._lock:
            try:
                self._socket.sendall(line.encode() + b"\n")
                return self._lines.readline()
            except (OSError, ValueError):  # it has gone, or was closed
                return b""


def agent_pod(client: ApiCaller, node: str) -> tuple[str, str] | None:
    """Namespace and name of the agent of a node that is ready; None where we find none."""
    selected = f"labelSelector={quote(LABEL)}&fieldSelector={quote(f'spec.nodeName={node}')}"
    answer = client.ask("GET", f"/api/v1/pods?{selected}")
    for pod in (answer.body.get("items") or ()) if answer.good else ():
        conditions = (pod.get("status") or {}).get("conditions") or ()
        ready = any(
            each.get("type") == "Ready" and each.get("status") == "True" for each in conditions
        )
        if ready and "deletionTimestamp" not in pod["metadata"]:
            return pod["metadata"]["namespace"], pod["metadata"]["name"]
    return None


@contextmanager
def agent_on(
    cluster: OwnNamespace,
    node: str,
    container: str,
    *,
    forward: Forward,
    log: Path,
    tools: Mapping[str, Path],
) -> Iterator[AgentLink | None]:
    """A link to the agent of a node that knows this container; None without one."""
    found = agent_pod(cluster.client, node)
    with contextlib.ExitStack() as stack:
        link: AgentLink | None = None
        if found is not None:
            with contextlib.suppress(LoadstoneError, OSError):
                way = forward(cluster.kubeconfig, *found, {"agent": PORT}, log=log, tools=tools)
                link = AgentLink(stack.enter_context(way)["agent"])
                stack.callback(link.close)
        yield link if link is not None and link.reading(container) is not None else None
