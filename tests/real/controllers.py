"""The real controller manager, scheduler and KWOK against an API server that is there already.

They run with their own defaults: what is said to them is where the API is, which keys to sign
with, and ports that are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from loadstone.cluster import real_controllers as controllers
from loadstone.cluster.programs import ClusterProgram, running
from tests.real import binary


@contextmanager
def controller_manager(
    kubeconfig: Path, folder: Path, arguments: Sequence[str] = ()
) -> Iterator[ClusterProgram]:
    """kube-controller-manager, all of its default controllers, ready."""
    name = controllers.MANAGER
    spec = controllers.leading(name, binary(name), kubeconfig, folder, arguments)
    with running(spec, folder) as program:
        yield program


@contextmanager
def scheduler(
    kubeconfig: Path, folder: Path, arguments: Sequence[str] = ()
) -> Iterator[ClusterProgram]:
    """kube-scheduler, ready."""
    name = controllers.SCHEDULER
    spec = controllers.leading(name, binary(name), kubeconfig, folder, arguments)
    with running(spec, folder) as program:
        yield program


@contextmanager
def metrics_of(name: str, kubeconfig: Path, folder: Path) -> Iterator[str]:
    """A component of the control plane, ready; the URL of its metrics page."""
    spec = controllers.leading(name, binary(name), kubeconfig, folder)
    with running(spec, folder) as program:
        yield f"https://127.0.0.1:{program.ports[0]}/metrics"


@contextmanager
def kwok(kubeconfig: Path, folder: Path, *, stages: Path | None = None) -> Iterator[ClusterProgram]:
    """KWOK, managing every node; `stages`: what it does to pods, in place of its own."""
    said = stages.read_text(encoding="utf-8") if stages else ""
    spec = controllers.kwok(binary(controllers.KWOK), kubeconfig, folder, stages=said)
    with running(spec, folder) as program:
        yield program
