"""The real controller manager, scheduler and KWOK against an API server that is there already.

They run with their own defaults: what is said to them is where the API is, which keys to sign
with, and ports that are free.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.real import binary
from tests.real.programs import ports, running, wait

JSON = "--kube-api-content-type=application/json"


@contextmanager
def controller_manager(
    kubeconfig: Path, folder: Path, arguments: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """kube-controller-manager, all of its default controllers, ready."""
    with _component("kube-controller-manager", kubeconfig, folder, arguments) as process:
        yield process


@contextmanager
def scheduler(
    kubeconfig: Path, folder: Path, arguments: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """kube-scheduler, ready."""
    with _component("kube-scheduler", kubeconfig, folder, arguments) as process:
        yield process


@contextmanager
def kwok(
    kubeconfig: Path, folder: Path, *, stages: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """KWOK, managing every node; `stages`: what it does to pods, in place of its own."""
    (port,) = ports(1)
    arguments = [
        f"--kubeconfig={kubeconfig}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",  # as its own manifests say: nodes stay Ready
        f"--server-address=127.0.0.1:{port}",
        *([f"--config={stages}"] if stages else []),
    ]
    log = folder / "kwok.log"
    with running(binary("kwok"), arguments, log) as process:
        url = f"http://127.0.0.1:{port}/healthz"
        wait(lambda: _answers(url), "kwok", process=process, log=log)
        yield process


@contextmanager
def _component(
    name: str, kubeconfig: Path, folder: Path, arguments: Sequence[str]
) -> Iterator[subprocess.Popen[bytes]]:
    (port,) = ports(1)
    given = [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / name}",
        *arguments,
    ]
    log = folder / f"{name}.log"
    with running(binary(name), given, log) as process:
        url = f"https://127.0.0.1:{port}/healthz"
        wait(lambda: _answers(url), name, process=process, log=log)
        yield process


def _answers(url: str) -> bool:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    with urllib3.PoolManager(cert_reqs="CERT_NONE", retries=False, timeout=2.0) as pool:
        try:
            return pool.request("GET", url).status == 200
        except urllib3.exceptions.HTTPError:
            return False
