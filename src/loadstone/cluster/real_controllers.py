"""The real controller manager, scheduler and KWOK against an API server that is there already.

They run with their own defaults but for what would make a component wait for them: how many
requests a second they may send, and how many nodes and pods KWOK plays at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from loadstone.cluster.programs import HOST, ClusterProgram, ProgramSpec, answers, running

MANAGER, SCHEDULER, KWOK = PROGRAMS = ("kube-controller-manager", "kube-scheduler", "kwok")
_UNHURRIED = ["--kube-api-qps=500", "--kube-api-burst=500"]  # theirs: 20 and 50 a second
_PLAYED_AT_ONCE = {  # theirs: 4 of each
    "podPlayStageParallelism": 16,
    "nodePlayStageParallelism": 16,
    "nodeLeaseParallelism": 16,
}


@dataclass(frozen=True, kw_only=True)
class TokenKeys:
    """The keys of a controller manager whose tokens for service accounts are believed."""

    signing: Path
    authority: Path

    @property
    def arguments(self) -> list[str]:
        return [
            f"--service-account-private-key-file={self.signing}",
            f"--root-ca-file={self.authority}",
        ]


@contextmanager
def controllers(
    find_program: Callable[[str], Path],
    kubeconfig: Path,
    folder: Path,
    *,
    tokens: TokenKeys | None = None,
) -> Iterator[Sequence[ClusterProgram]]:
    """All three, ready. Raises `ClusterFailed`."""
    more = tokens.arguments if tokens else []
    specs = [
        leading(MANAGER, find_program(MANAGER), kubeconfig, folder, [*_UNHURRIED, *more]),
        leading(SCHEDULER, find_program(SCHEDULER), kubeconfig, folder, _UNHURRIED),
        kwok(find_program(KWOK), kubeconfig, folder),
    ]
    with ExitStack() as stack:
        yield [stack.enter_context(running(spec, folder)) for spec in specs]


def leading(
    name: str, executable: Path, kubeconfig: Path, folder: Path, more: Sequence[str] = ()
) -> ProgramSpec:
    """A controller manager or scheduler, which leads since it is alone."""

    def arguments(ports: Sequence[int]) -> list[str]:
        return [
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            f"--bind-address={HOST}",
            f"--secure-port={ports[0]}",
            f"--cert-dir={folder / name}",
            "--leader-elect=false",
            *more,
        ]

    return ProgramSpec(
        name=name,
        executable=executable,
        arguments=arguments,
        ready=lambda ports: answers(f"https://{HOST}:{ports[0]}/healthz"),
    )


def kwok(executable: Path, kubeconfig: Path, folder: Path, *, stages: str = "") -> ProgramSpec:
    """KWOK for every node and its pods; `stages`: what it does to them, in place of its own."""
    settings = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokConfiguration",
        "options": _PLAYED_AT_ONCE,
    }
    config = folder / "kwok.yaml"
    config.write_text(f"{yaml.safe_dump(settings)}---\n{stages}", encoding="utf-8")

    def arguments(ports: Sequence[int]) -> list[str]:
        return [
            f"--kubeconfig={kubeconfig}",
            f"--config={config}",
            "--manage-all-nodes=true",
            "--node-lease-duration-seconds=40",  # as its own manifests say: nodes stay Ready
            f"--server-address={HOST}:{ports[0]}",
        ]

    return ProgramSpec(
        name=KWOK,
        executable=executable,
        arguments=arguments,
        ready=lambda ports: answers(f"http://{HOST}:{ports[0]}/healthz"),
    )
