"""docker and kind as the provider asks them, played: a cluster is an in-memory API server.

What `docker` and `kind` themselves do is not theirs to show: the tests of `tests/kind` hold the
same promises to the real ones. What this is for is a command that fails, at any moment.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.memory import MemoryCluster
from loadstone.system.processes import CommandFailed

BASE = "node-image:1"


@dataclass
class FakeDocker:
    """The state of a daemon, and what commands of docker and kind make of it."""

    server: MemoryCluster  # what every cluster is, one after the other
    failing: int = 0  # the number of the command that fails, from 1 on
    stops: bool = False  # and whether every later one does too, as where a daemon has gone
    commands: list[list[str]] = field(default_factory=list)
    images: dict[str, dict[str, str]] = field(default_factory=lambda: {BASE: {}})
    containers: dict[str, dict[str, str]] = field(default_factory=dict)
    coming: dict[str, dict[str, str]] = field(default_factory=dict)  # which it is making
    coming_said: str = "No such container"  # of one that is to be removed
    networked: set[str] = field(default_factory=set)
    clusters: dict[str, str] = field(default_factory=dict)  # name → kubeconfig
    loaded: list[str] = field(default_factory=list)
    loaded_on: dict[str, str] = field(default_factory=dict)  # image → nodes, "" for all
    audit: list[str] = field(default_factory=list)
    configs: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, command: Sequence[str], timeout: float) -> str:
        program, *arguments = [Path(command[0]).name, *command[1:]]
        self.commands.append([program, *arguments])
        number = len(self.commands)
        if number == self.failing or (self.stops and self.failing and number > self.failing):
            raise CommandFailed(command, 1, "it failed as it was told to")
        words = [each for each in arguments if not each.startswith("-")]
        if program == "kind":
            name = f"kind_{words[0]}_{words[1]}".replace("-", "_")
            return str(getattr(self, name)(arguments) or "")
        return str(getattr(self, f"docker_{words[0]}")(arguments) or "")

    def things(self) -> set[str]:
        """All that there is but the base image."""
        return {*self.containers, *self.images, *self.clusters, *self.networked} - {BASE}

    # docker

    def docker_version(self, _: Sequence[str]) -> str:
        return "28.0.0"

    def docker_image(self, arguments: Sequence[str]) -> str:
        if arguments[1] == "ls":
            return "\n".join(_selected(self.images, arguments))
        if arguments[1] == "rm":
            return str(self.images.pop(arguments[-1]))
        if arguments[-1] not in self.images:
            raise CommandFailed(arguments, 1, f"Error: No such image: {arguments[-1]}")
        return f"sha256:of-{arguments[-1]}"

    def docker_pull(self, arguments: Sequence[str]) -> str:
        raise CommandFailed(arguments, 1, f"manifest for {arguments[-1]} not found")

    def docker_create(self, arguments: Sequence[str]) -> str:
        identifier = f"container-{len(self.commands)}"
        labels = [each.removeprefix("--label=") for each in arguments if "--label=" in each]
        self.containers[identifier] = dict(each.split("=", 1) for each in labels)
        return f"{identifier}\n"

    def docker_cp(self, arguments: Sequence[str]) -> None:
        assert Path(arguments[1]).is_dir()

    def docker_commit(self, arguments: Sequence[str]) -> None:
        changes = [re.findall(r'"([^"]*)"', each) for each in arguments if "--change" in each]
        assert arguments[-2] in self.containers
        self.images[arguments[-1]] = dict(changes)

    def docker_ps(self, arguments: Sequence[str]) -> str:
        """Those that are being made are listed as well."""
        selected = _selected({**self.containers, **self.coming}, arguments)
        keys = [key for each in arguments for key in re.findall(r'\.Label "([^"]+)"', each)]
        if not keys:
            return "\n".join(selected)
        there = {**self.containers, **self.coming}
        return "\n".join("\t".join(there[name].get(key, "") for key in keys) for name in selected)

    def docker_rm(self, arguments: Sequence[str]) -> None:
        if arguments[-1] in self.coming:  # the next time it is there
            self.containers[arguments[-1]] = self.coming.pop(arguments[-1])
            raise CommandFailed(arguments, 1, f"Error: {self.coming_said}: {arguments[-1]}")
        labels = self.containers.pop(arguments[-1])
        cluster = labels.get("io.x-k8s.kind.cluster", "")
        self.clusters.pop(cluster, None)

    def docker_inspect(self, arguments: Sequence[str]) -> str:
        if arguments[-1] in self.coming:
            raise CommandFailed(arguments, 1, f"Error: No such object: {arguments[-1]}")
        return json.dumps({**self.images, **self.containers}[arguments[-1]])

    def docker_container(self, arguments: Sequence[str]) -> None:
        if arguments[-1] not in self.containers:
            raise CommandFailed(arguments, 1, "No such container")

    def docker_network(self, arguments: Sequence[str]) -> None:
        if arguments[1] == "disconnect":
            self.networked.remove(arguments[-1])
        elif arguments[-1] in self.networked:
            raise CommandFailed(arguments, 1, "endpoint already exists in network kind")
        else:
            self.networked.add(arguments[-1])

    def docker_exec(self, arguments: Sequence[str]) -> str:
        if arguments[2] == "wc":
            return f"{len(self.audit)} {arguments[-1]}\n"
        first = int(arguments[4].removeprefix("+"))
        return "".join(f"{line}\n" for line in self.audit[first - 1 :])

    # kind

    def kind_create_cluster(self, arguments: Sequence[str]) -> None:
        name, image = _value(arguments, "--name"), _value(arguments, "--image")
        config = yaml.safe_load(Path(_value(arguments, "--config")).read_text())
        self.configs.append(config)
        for number, _ in enumerate(config["nodes"]):
            labels = {**self.images[image], "io.x-k8s.kind.cluster": name}
            self.containers[f"{name}-{number}"] = labels
        self.server.reset()
        with contextlib.closing(ClusterApi(self.server.access)) as api:
            _ready(api, config["nodes"])
        self.clusters[name] = self.server.kubeconfig.read_text()

    def kind_get_kubeconfig(self, arguments: Sequence[str]) -> str:
        return self.clusters[_value(arguments, "--name")]

    def kind_load_docker_image(self, arguments: Sequence[str]) -> None:
        self.loaded.append(arguments[2])
        asked = "--nodes" in arguments
        self.loaded_on[arguments[2]] = _value(arguments, "--nodes") if asked else ""

    kind_load_image_archive = kind_load_docker_image

    def kind_export_logs(self, arguments: Sequence[str]) -> None:
        (Path(arguments[2]) / "node").mkdir(parents=True)
        (Path(arguments[2]) / "node/kubelet.log").write_text("it ran\n")
        raise CommandFailed(arguments, 1, "there is no journalctl")


def _value(arguments: Sequence[str], flag: str) -> str:
    return arguments[arguments.index(flag) + 1]


def _selected(things: dict[str, dict[str, str]], arguments: Sequence[str]) -> list[str]:
    """Those with the label of `--filter=label=NAME[=VALUE]`."""
    wanted = next(each for each in arguments if each.startswith("--filter="))
    name, _, value = wanted.removeprefix("--filter=label=").partition("=")
    return [
        thing
        for thing, labels in things.items()
        if name in labels and (not value or labels[name] == value)
    ]


def _ready(api: ClusterApi, nodes: Sequence[dict[str, Any]]) -> None:
    """What a cluster has that is ready."""
    for number, node in enumerate(nodes):
        metadata = {"name": f"node-{number}", "labels": node.get("labels", {})}
        status = {"conditions": [{"type": "Ready", "status": "True"}]}
        taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
        kept = {"taints": [taint]} if number == 0 and len(nodes) > 1 else {}
        made = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": kept}
        api.done("POST", "/api/v1/nodes", made)
        path = f"/api/v1/nodes/node-{number}/status"
        api.ask("PATCH", path, {"status": status}, content_type="application/merge-patch+json")
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    api.ask("POST", "/api/v1/namespaces/default/serviceaccounts", account)
    labels = {"k8s-app": "kube-dns"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}
    names = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "coredns"}}
    deployments = "/apis/apps/v1/namespaces/kube-system/deployments"
    api.done("POST", deployments, {**names, "spec": spec})
    counts = {"status": {"readyReplicas": 1, "replicas": 1}}
    path = f"{deployments}/coredns/status"
    api.ask("PATCH", path, counts, content_type="application/merge-patch+json")
