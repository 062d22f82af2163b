"""The settings of a provider: where its programs are, and which cluster is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadstone.cluster.rights import Right
from loadstone.cluster.session_rights import KindUse
from loadstone.errors import MissingTool, Problem
from loadstone.formats.configuration import EksSettings, KindSettings
from loadstone.system.tools import find


def _on_this_machine(name: str) -> Path:
    return find(name).path


@dataclass(frozen=True, kw_only=True)
class ProviderOptions:
    """The settings of a provider; which of them it looks at is its own affair.

    `find_program` gives the path of a program, and raises `MissingTool`. `kubeconfig` and
    `context` name a cluster that is there already, "" for none; `objects` are made there, and
    others of these `kinds` (API version, kind); `uses` and `rights` are what else is done. `eks`:
    where in AWS clusters are made, None for nowhere. `kind`: the clusters that are made in Docker;
    with `pods` components run in the cluster, which has nodes for them. `labels`: by which a job
    finds in Docker what it left. `logs`: the folder for those of a cluster in which something
    failed; None: kept nowhere.
    """

    find_program: Callable[[str], Path] = _on_this_machine
    kubeconfig: str = ""
    context: str = ""
    objects: Sequence[Mapping[str, Any]] = ()
    kinds: Sequence[tuple[str, str]] = ()
    uses: Sequence[KindUse] = ()
    rights: Sequence[Right] = ()
    eks: EksSettings | None = None
    kind: KindSettings = field(default_factory=KindSettings)
    pods: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    logs: Path | None = None


def versions(names: Sequence[str], find_program: Callable[[str], Path]) -> str:
    """The programs with what each says of its version. Raises `MissingTool`."""
    paths = {name: find_program(name) for name in names}
    return ", ".join(f"{name} {find(name, paths).version}" for name in names)


def lacking(names: Sequence[str], find_program: Callable[[str], Path]) -> list[Problem]:
    """A problem for each program that is not to be found."""
    found = []
    for name in names:
        try:
            find_program(name)
        except MissingTool as error:
            found.append(Problem(where=name, what=error.message, hint=error.next_step))
    return found
