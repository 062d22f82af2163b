"""Nodes Ready and pods Running: seconds and memory, by provider.

    python -m benchmarks.hollow_nodes --nodes 1000 --pods 1000 hollow memory-controllers

The programs are those of PATH or of `--tools NAME=PATH`. `--kwokctl PATH` measures what KWOK's own
command line makes of the same programs, on the same machine in the same call; it listens on every
address, so run that in a network namespace: `unshare --net sh -c 'ip link set lo up && …'`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from loadstone.cluster.cluster_api import ClusterApi, at_once
from loadstone.cluster.credentials import credentials
from loadstone.cluster.hollow import NEEDED
from loadstone.cluster.nodes import NodePool, is_ready
from loadstone.cluster.provider import provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.system.tools import find

PODS = "/api/v1/namespaces/default/pods"
WITHIN = 1800.0


@dataclass
class Measured:
    """Seconds from when each was asked for, and the memory of every program at the end."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)  # By


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    tools = {name: Path(path) for name, path in (each.split("=", 1) for each in options.tools)}
    found = [
        _provider(name, tools, options.nodes, options.pods) for name in options.providers or ()
    ]
    if options.kwokctl:
        found.append(_kwokctl(options.kwokctl, tools, options.nodes, options.pods))
    for each in found:
        print(_line(each), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps([vars(each) for each in found], indent=2))
    return 0


def _provider(name: str, tools: Mapping[str, Path], nodes: int, pods: int) -> Measured:
    measured = Measured(name)
    options = ProviderOptions(find_program=lambda each: find(each, tools).path)
    source = provider(name, options=options)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        with source.provision(workdir=Path(folder)) as cluster:
            measured.seconds["up"] = time.monotonic() - begun
            with closing(ClusterApi(cluster.access)) as api:
                _load(measured, api, nodes, pods)
                measured.memory = _memory(psutil.Process().children(recursive=True))
                with _timed(measured, "emptied"):
                    cluster.reset()  # type: ignore[attr-defined]
                assert not api.get(PODS)["items"]
            begun = time.monotonic()
        measured.seconds["gone"] = time.monotonic() - begun
    return measured


def _load(measured: Measured, api: ClusterApi, nodes: int, pods: int) -> None:
    with _timed(measured, "nodes Ready"):
        NodePool(api).scale(nodes)
    begun = time.monotonic()
    at_once(lambda number: api.done("POST", PODS, _pod(number)), range(pods))
    measured.seconds["pods created"] = time.monotonic() - begun
    marks: Mapping[str, Callable[[Any], bool]] = {
        "pods scheduled": lambda pod: bool(pod["spec"].get("nodeName")),
        "pods Running": lambda pod: pod.get("status", {}).get("phase") == "Running",
    }
    for name, done in marks.items():
        _until(lambda done=done: sum(map(done, api.get(PODS)["items"])) >= pods)  # type: ignore[misc]
        measured.seconds[name] = time.monotonic() - begun


def _kwokctl(kwokctl: str, tools: Mapping[str, Path], nodes: int, pods: int) -> Measured:
    """The same with `kwokctl create cluster --runtime binary`."""
    measured = Measured("kwokctl, binary runtime")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: find(name, tools).path for name in NEEDED}
        flags = {
            "--etcd-binary": paths["etcd"],
            "--kube-apiserver-binary": paths["kube-apiserver"],
            "--kube-controller-manager-binary": paths["kube-controller-manager"],
            "--kube-scheduler-binary": paths["kube-scheduler"],
            "--kwok-controller-binary": paths["kwok"],
        }
        kubeconfig = Path(folder) / "kubeconfig"
        env = {**os.environ, "KWOK_WORKDIR": folder, "KUBECONFIG": str(kubeconfig)}
        create = ["create", "cluster", "--name", "bench", "--runtime", "binary", "--wait", "300s"]
        create += [f"{name}={path}" for name, path in flags.items()]
        begun = time.monotonic()
        try:
            subprocess.run([kwokctl, *create], env=env, check=True)
            measured.seconds["up"] = time.monotonic() - begun
            access = credentials(str(kubeconfig), "", Path(folder) / "kept").access
            with closing(ClusterApi(access)) as api:
                _kwokctl_nodes(measured, api, kwokctl, env, nodes)
                _load(measured, api, nodes, pods)
                measured.memory = _memory(_under(folder))
        finally:
            begun = time.monotonic()
            subprocess.run([kwokctl, "delete", "cluster", "--name", "bench"], env=env, check=False)
            measured.seconds["gone"] = time.monotonic() - begun
    return measured


def _kwokctl_nodes(
    measured: Measured, api: ClusterApi, kwokctl: str, env: Mapping[str, str], nodes: int
) -> None:
    with _timed(measured, "nodes Ready by its own `scale node`"):
        command = [kwokctl, "scale", "node", f"--replicas={nodes}", "--name", "bench"]
        subprocess.run(command, env=env, check=True)
        _until(lambda: sum(map(is_ready, api.get("/api/v1/nodes")["items"])) >= nodes)
    NodePool(api).scale(0)


def _under(folder: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if any(folder in word for word in process.cmdline()):
                yield process
        except psutil.Error:
            continue


def _memory(processes: Sequence[psutil.Process] | Iterator[psutil.Process]) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in processes:
        try:
            words = process.cmdline()
            name = "API server in memory" if "loadstone.apiserver" in words else process.name()
            found[name] = found.get(name, 0.0) + process.memory_info().rss
        except psutil.Error:
            continue
    return found


def _pod(number: int) -> dict[str, Any]:
    spec = {"containers": [{"name": "c", "image": "i"}]}
    metadata = {"name": f"pod-{number}"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while True:
        begun = time.monotonic()
        if done():
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {WITHIN:g} s")
        time.sleep(max(0.1, 3 * (time.monotonic() - begun)))


@contextmanager
def _timed(measured: Measured, name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    measured.seconds[name] = time.monotonic() - begun


def _line(measured: Measured) -> str:
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in measured.seconds.items())
    parts = sorted(measured.memory.items(), key=lambda each: -each[1])
    memory = ", ".join(f"{name} {value / 2**20:.0f} MiB" for name, value in parts)
    total = sum(measured.memory.values()) / 2**20
    load = os.getloadavg()[0]
    return (
        f"{measured.name}: {seconds}\n  memory {total:.0f} MiB: {memory}\n  load average {load:.1f}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hollow_nodes", description=__doc__)
    parser.add_argument("providers", nargs="*", metavar="PROVIDER")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--pods", type=int, default=1000)
    parser.add_argument("--tools", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--kwokctl", default="", metavar="PATH")
    parser.add_argument("--json", default="", metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
