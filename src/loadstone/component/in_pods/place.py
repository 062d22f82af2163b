"""The place `pods`: a component deployed afresh for each run, and gone afterwards.

One place lasts as long as a session. It keeps what has to be the same in all of its runs: the node
that everything measured runs on, the image that each side ran first, and the way to its ports.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import urllib3

from loadstone import formats
from loadstone.component.in_pods.agent_link import AgentLink, agent_on
from loadstone.component.in_pods.applying import applied, removed
from loadstone.component.in_pods.deployed import DeployedComponent, DeployedProcess, PodLook
from loadstone.component.in_pods.local_container import main_process
from loadstone.component.in_pods.measured_ports import (
    NODE_PORTS,
    addresses,
    in_cluster,
    node_port_service,
    reachable,
)
from loadstone.component.in_pods.node_choice import node_for
from loadstone.component.in_pods.pod_failures import failure
from loadstone.component.in_pods.pod_state import PodState, other_image
from loadstone.component.in_pods.port_forward import Forward, forwarded
from loadstone.component.in_pods.rendering import rendered
from loadstone.errors import ComponentFailed, UsageError
from loadstone.formats.deployment import container, in_this_run, pod_labels, workload
from loadstone.formats.fill import fill_text, names_in
from loadstone.formats.manifests import Manifest
from loadstone.model import ApiAccess, Note, Revision, Scalar, Side
from loadstone.model.padding import NONE, Padding
from loadstone.protocols import Cluster, OwnNamespace
from loadstone.system.https_pool import connections

_EVERY = 0.1  # s between two looks at a pod that is to get ready
_GONE_WITHIN = 60.0  # s beyond the grace that a pod has


@dataclass(kw_only=True)
class PodPlace:
    """The place where the component of a session runs as pods."""

    component: formats.Component
    selector: Mapping[str, str] = field(default_factory=dict)  # of nodes for what is measured
    loaded: Mapping[str, str] = field(default_factory=dict)  # images that nodes have of us → digest
    kept: Path | None = None  # folder for what is known of pods that failed
    tools: Mapping[str, Path] = field(default_factory=dict)
    forward: Forward = forwarded
    inside: dict[str, str] = field(default_factory=dict)  # address here → that in the cluster
    load_inside: bool = False  # whether load comes from pods: only checks come from here
    patience: float = 10.0  # s for the ports of the node to answer; kube-proxy may need one or two
    _node: str = ""
    _images: dict[Side, str] = field(default_factory=dict)
    _forwarding: bool | None = None  # whether requests go through the API server, once it is known
    _failures: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def node(self) -> str:
        """The host name of the node of what is measured; "" until something has been."""
        return self._node

    @contextmanager
    def start(
        self,
        revision: Revision,
        cluster: Cluster,
        *,
        workdir: Path,
        padding: Padding = NONE,
        settings: Mapping[str, Scalar] = MappingProxyType({}),
    ) -> Iterator[DeployedComponent]:
        """Deploy a revision in the cluster's namespace of ours; files go to `workdir`.

        Raises `ComponentFailed` for one that does not get ready, with its last words; `UsageError`
        for what cannot be deployed.
        """
        if not isinstance(cluster, OwnNamespace):
            raise UsageError(
                f"the provider `{cluster.provider}` runs no pods",
                next_step="choose --provider existing or kind, or leave out --place pods",
            )
        said = self._said()
        names = {
            **self.component.settled(settings),
            "image": revision.image,
            "namespace": cluster.namespace,
            "revision": revision.asked.removeprefix("image:"),
        }
        objects = rendered(said, names, self.tools)
        item = workload(said, objects)
        look = PodLook(
            client=cluster.client,
            namespace=cluster.namespace,
            labels=pod_labels(item),
            container=container(said, item),
        )
        with ExitStack() as stack:
            begun = time.monotonic()
            stack.callback(self._end, look)
            made: list[str] = []
            stack.callback(removed, cluster, made)
            try:
                made += applied(cluster, self._objects(cluster, objects, revision, padding))
                pod = self._rolled_out(look, begun)
                addresses = self._addresses(cluster, pod, workdir, stack)
                filled: Mapping[str, str | int] = {**_numbered(addresses), **names}
                filled = {**filled, "dir": str(workdir), "api": cluster.api}
                filled = {**filled, "kubeconfig": str(cluster.kubeconfig)}
                self._await_ready(look, filled, begun)
            except ComponentFailed as error:
                raise failure(error, look, self.kept, next(self._failures)) from error
            seconds = time.monotonic() - begun
            pid = main_process(pod.container)
            agent = None if pid else stack.enter_context(self._agent(cluster, pod, workdir))
            process = DeployedProcess(
                look=look,
                first=pod,
                names=filled,
                pid=pid,
                start_seconds=seconds,
                agent=agent,
                begun=agent.reading(pod.container) if agent else None,
                cost=agent.cost() if agent else None,
            )
            yield DeployedComponent(
                cluster=cluster,
                process=process,
                names=filled,
                start_seconds=seconds,
                notes=self._notes(revision, pod),
                faults=self._faults(revision, pod),
            )

    def _said(self) -> formats.Kubernetes:
        said = self.component.kubernetes
        if said is None:
            raise UsageError(f"{self.component.component} does not say how it is deployed as pods")
        return said

    def _objects(
        self,
        cluster: OwnNamespace,
        objects: Sequence[Manifest],
        revision: Revision,
        padding: Padding,
    ) -> list[Manifest]:
        """What is applied: a service for its ports, and the workload on the node of the session.

        An image that the nodes have of us may be in no registry, so that it is not asked for there.
        """
        said = self._said()
        if not self._node:
            self._node = node_for(cluster.client, self.selector)
        item = workload(said, objects)
        variables = padding.variables()
        mine = in_this_run(
            item,
            container(said, item),
            node=self._node,
            variables=variables,
            pull="IfNotPresent" if revision.image in self.loaded else "",
        )
        listed = [mine if each is item else each for each in objects]
        ports = self._traffic_ports()
        return [node_port_service(ports, pod_labels(item)), *listed] if ports else listed

    def _rolled_out(self, look: PodLook, begun: float) -> PodState:
        """The pod, once it is ready. Raises `ComponentFailed`."""
        timeout = self._said().timeout
        while True:
            pod = look.now()
            if pod is not None and pod.hopeless:
                raise ComponentFailed(f"{self.component.component}: {pod.hopeless}")
            if pod is not None and pod.ready and pod.container:
                return pod
            if time.monotonic() - begun > timeout:
                what = "no pod" if pod is None else f"a pod {pod.name} that is not ready"
                raise ComponentFailed(
                    f"{self.component.component}: {self._said().workload} has {what}"
                    f" after {timeout:g} s"
                )
            time.sleep(_EVERY)

    def _traffic_ports(self) -> dict[str, int]:
        """The ports that requests are sent to, by name."""
        said, numbers = self.component, self._said().ports
        secure = said.secure_traffic.address if said.secure_traffic else ""
        named = {name.removesuffix("_port") for name in names_in([said.traffic, secure])}
        return {name: number for name, number in numbers.items() if name in named}

    def _addresses(
        self, cluster: OwnNamespace, pod: PodState, workdir: Path, stack: ExitStack
    ) -> dict[str, str]:
        """Where each port is reached: those of traffic on the node, the others by a forward."""
        traffic, direct = self._traffic_ports(), dict[str, str]()
        if traffic and self._forwarding is not True:
            path = f"/api/v1/namespaces/{cluster.namespace}/services/{NODE_PORTS}"
            direct = addresses(cluster.client.ask("GET", path).body, traffic, pod.host)
            if not reachable(direct, within=self.patience):
                if self._forwarding is False:
                    raise ComponentFailed(f"the ports of the node {pod.node} answer no more")
                direct = {}
            self._forwarding = not direct
        others = {name: at for name, at in self._said().ports.items() if name not in direct}
        through = stack.enter_context(
            self.forward(
                cluster.kubeconfig,
                cluster.namespace,
                pod.name,
                others,
                log=workdir / "port-forward.log",
                tools=self.tools,
            )
        )
        for name, at in {**through, **direct}.items():
            if pod.address:
                self.inside[at] = in_cluster(pod.address, self._said().ports[name])
        return {**through, **direct}

    def _await_ready(self, look: PodLook, names: Mapping[str, str | int], begun: float) -> None:
        """Return when its own ready URL answers right. Raises `ComponentFailed`."""
        ready = self.component.started()[self.component.main()].ready
        url, last = fill_text(ready.url, names), "no answer"
        deadline = begun + max(self._said().timeout, ready.timeout)
        with connections(ApiAccess(url=""), retries=False, timeout=2.0) as pool:
            while time.monotonic() < deadline:
                try:
                    answer = pool.request("GET", url, redirect=False).status
                except urllib3.exceptions.HTTPError as error:
                    last = str(error)
                else:
                    if answer == ready.status:
                        return
                    last = f"{answer} instead of {ready.status}"
                if (pod := look.now()) is not None and pod.hopeless:
                    raise ComponentFailed(f"{self.component.component}: {pod.hopeless}")
                time.sleep(_EVERY)
        raise ComponentFailed(f"{self.component.component} was not ready in time ({url}: {last})")

    def _agent(
        self, cluster: OwnNamespace, pod: PodState, workdir: Path
    ) -> AbstractContextManager[AgentLink | None]:
        """The agent of the pod's node, where there is one."""
        log = workdir / "agent-forward.log"
        return agent_on(
            cluster, pod.node, pod.container, forward=self.forward, log=log, tools=self.tools
        )

    def _notes(self, revision: Revision, pod: PodState) -> list[Note]:
        """What ran, and how requests got there."""
        image = revision.image
        notes = [Note.of("image-ran", image=image, digest=pod.image, node=pod.node)]
        if image in self.loaded:
            notes.append(Note.of("image-loaded", image=image, digest=self.loaded[image]))
        if self._forwarding and self.load_inside:
            notes.append(Note.of("checks-through-forward"))
        elif self._forwarding:
            notes.append(Note.of("through-forward"))
        return notes

    def _faults(self, revision: Revision, pod: PodState) -> list[Note]:
        """Reasons where what runs is not what was asked for, or what ran on that side before."""
        first = self._images.setdefault(revision.side, pod.image)
        asked = revision.image if "@" in revision.image else ""
        return other_image(pod.image, asked) or other_image(pod.image, first)

    def _end(self, look: PodLook) -> None:
        """Return when the pods are gone. Raises `ComponentFailed`."""
        begun = time.monotonic()
        while left := look.all():
            grace = max(
                float(each["spec"].get("terminationGracePeriodSeconds", 30)) for each in left
            )
            if time.monotonic() - begun > grace + _GONE_WITHIN:
                name = left[0]["metadata"]["name"]
                raise ComponentFailed(
                    f"the pod {name} did not go", next_step=f"kubectl describe pod {name}"
                )
            time.sleep(_EVERY)


def _numbered(addresses: Mapping[str, str]) -> dict[str, str]:
    """The addresses, and the number of each port alone."""
    numbers = {f"{name}_port": at.rpartition(":")[2] for name, at in addresses.items()}
    return {**addresses, **numbers}
