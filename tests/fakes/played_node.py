"""A node that a test plays for the embedded API server, which has neither controllers nor kubelets.

The pod of each Deployment is a process of this machine: `python` with the arguments of its
container, in which `:80` and so on become addresses of a loopback that is this node's alone. So are
the pods of each Job, in which a `--port` becomes a free one, and /tmp a folder of their own. What a
real node does is tested on one; here it can be made to fail on demand.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadstone.cluster.cluster_api import MERGE_PATCH, ClusterApi
from loadstone.component.in_pods.load_job import INDEX, OF_JOB
from loadstone.measure.upstream import free_ports
from loadstone.model import ApiAccess
from loadstone.system import processes

NODE = "played"
_TICK = 0.02  # s
_STARTED = "2026-01-01T00:00:00Z"


@dataclass(kw_only=True)
class PlayedPod:
    """A pod that the node runs: its process, and where that listens."""

    process: subprocess.Popen[bytes]
    addresses: Mapping[int, str]  # by the port in its container
    image: str
    identity: str = field(default_factory=lambda: secrets.token_hex(32))
    restarts: int = 0


class PlayedNode:
    """The node, a thread: what it is to do wrong may be set while it runs."""

    def __init__(self, api: ClusterApi, folder: Path) -> None:
        self._api, self._folder = api, folder
        numbers = [random.randrange(1, 254) for _ in range(3)]
        self._host = "127." + ".".join(map(str, numbers))
        self._stop = threading.Event()
        self.pods: dict[tuple[str, str], PlayedPod] = {}
        self.images: dict[str, str] = {}  # what runs as an image, where that is not its own digest
        self.pulls = True
        self.closed = False  # whether its ports are out of reach
        self._thread = threading.Thread(target=self._work, name="played-node", daemon=True)

    def start(self) -> None:
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}
        self._api.done("POST", "/api/v1/nodes", node)
        status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
        path = f"/api/v1/nodes/{NODE}/status"
        self._api.ask("PATCH", path, status, content_type=MERGE_PATCH)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        for pod in self.pods.values():
            processes.end(pod.process)

    @contextmanager
    def forward(
        self,
        kubeconfig: Path,
        namespace: str,
        pod: str,
        ports: Mapping[str, int],
        *,
        log: Path,
        tools: Mapping[str, Path],
    ) -> Iterator[dict[str, str]]:
        """What `kubectl port-forward` does."""
        del kubeconfig, log, tools
        found = self.pods[namespace, pod].addresses
        yield {name: found[number] for name, number in ports.items()}

    def _work(self) -> None:
        while not self._stop.wait(_TICK):
            with contextlib.suppress(Exception):  # it looks again
                self._look()

    def _look(self) -> None:
        pods = {_key(each): each for each in self._listed("/api/v1/pods")}
        wanted = {_key(each): each for each in self._listed("/apis/apps/v1/deployments")}
        for job in self._listed("/apis/batch/v1/jobs"):
            for index in range(job["spec"]["completions"]):
                space, name = _key(job)
                wanted[space, f"{name}-{index}-abcde"] = _indexed(job, index)
        for key, deployment in wanted.items():
            if key not in pods:
                self._make(key, deployment)
        for key, pod in pods.items():
            if key not in wanted or "deletionTimestamp" in pod["metadata"]:
                self._remove(key)
            elif key not in self.pods:
                self._run(key, pod)
            else:
                self._tell(key, pod)

    def _listed(self, path: str) -> list[dict[str, Any]]:
        return list(self._api.get(path).get("items") or ())

    def _make(self, key: tuple[str, str], deployment: dict[str, Any]) -> None:
        template = deployment["spec"]["template"]
        metadata = {**template.get("metadata", {}), "name": key[1], "namespace": key[0]}
        spec = {**template["spec"], "nodeName": NODE}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        self._api.ask("POST", f"/api/v1/namespaces/{key[0]}/pods", pod)

    def _run(self, key: tuple[str, str], pod: dict[str, Any]) -> None:
        container = pod["spec"]["containers"][0]
        if not self.pulls:
            waiting = {"reason": "ImagePullBackOff", "message": f"no {container['image']} here"}
            self._status(key, [{**_named(container), "ready": False, "restartCount": 0,
                                "state": {"waiting": waiting}}])  # fmt: skip
            return
        if "--port" in container["args"]:
            self._run_led(key, container)
            return
        ports = self._ports(key[0])
        known = {str(number): f"{self._host}:{port}" for number, port in ports.items()}
        command = [known.get(part.removeprefix(":"), part) for part in container["args"]]
        addresses = {int(number): at for number, at in known.items()}
        env = {each["name"]: each.get("value", "") for each in container.get("env") or ()}
        log = self._folder / f"{key[0]}-{key[1]}.log"
        process = processes.spawn([sys.executable, *command], log=log, env=env)
        self.pods[key] = PlayedPod(process=process, addresses=addresses, image=container["image"])

    def _run_led(self, key: tuple[str, str], container: dict[str, Any]) -> None:
        """A program that listens on its pod's own loopback, of which there is one for all here."""
        (port,), folder = free_ports(1), self._folder / key[1]
        folder.mkdir(exist_ok=True)
        place = container["args"].index("--port") + 1
        number, command = int(container["args"][place]), list(container["args"])
        command[place] = str(port)
        command += ["--says", str(folder)]
        process = processes.spawn([sys.executable, *command], log=folder / "log")
        self.pods[key] = PlayedPod(
            process=process,
            addresses={number: f"127.0.0.1:{port}"},
            image=container["image"],
        )

    def _ports(self, namespace: str) -> dict[int, int]:
        """The number that each port of the container has on the node; a free one where none."""
        found = self._api.get(f"/api/v1/namespaces/{namespace}/services").get("items") or ()
        ports = {each["port"]: each["nodePort"] for one in found for each in one["spec"]["ports"]}
        return {number: ports.get(number) or _free(self._host) for number in (80, 81)}

    def _tell(self, key: tuple[str, str], pod: dict[str, Any]) -> None:
        played = self.pods[key]
        status = played.process.poll()
        ended = {"terminated": {"exitCode": 128 - status if status and status < 0 else status}}
        running = {"running": {"startedAt": _STARTED}}
        self._status(key, [{
            **_named(pod["spec"]["containers"][0]),
            "imageID": self.images.get(played.image, f"{played.image}@sha256:{'1' * 64}"),
            "containerID": f"containerd://{played.identity}",
            "ready": status is None,
            "restartCount": played.restarts,
            "state": running if status is None else ended,
        }])  # fmt: skip

    def _status(self, key: tuple[str, str], containers: list[dict[str, Any]]) -> None:
        ready = "True" if all(each["ready"] for each in containers) else "False"
        status = {
            "phase": "Running",
            "hostIP": "127.0.0.1" if self.closed else self._host,
            "conditions": [{"type": "Ready", "status": ready}],
            "containerStatuses": containers,
        }
        path = f"/api/v1/namespaces/{key[0]}/pods/{key[1]}/status"
        self._api.ask("PATCH", path, {"status": status}, content_type=MERGE_PATCH)

    def _remove(self, key: tuple[str, str]) -> None:
        if played := self.pods.pop(key, None):
            processes.end(played.process)
        path = f"/api/v1/namespaces/{key[0]}/pods/{key[1]}"
        self._api.ask("DELETE", path, {"gracePeriodSeconds": 0})


@contextmanager
def played_node(access: ApiAccess, folder: Path) -> Iterator[PlayedNode]:
    """A node that plays for an API server, until the end."""
    with closing(ClusterApi(access)) as api:
        node = PlayedNode(api, folder)
        node.start()
        try:
            yield node
        finally:
            node.stop()
            api.ask("DELETE", f"/api/v1/nodes/{NODE}")


def _free(host: str) -> int:
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def _indexed(job: dict[str, Any], index: int) -> dict[str, Any]:
    """A Job as what one of its pods is made of."""
    template = job["spec"]["template"]
    metadata = template.get("metadata", {})
    labels = {**metadata.get("labels", {}), INDEX: str(index), OF_JOB: job["metadata"]["name"]}
    made = {**template, "metadata": {**metadata, "labels": labels}}
    return {**job, "spec": {**job["spec"], "template": made}}


def _named(container: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": container["name"], "image": container["image"]}
