"""What a provider of clusters is, and which there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Protocol

from loadstone.errors import Problem, UsageError
from loadstone.formats import Dial
from loadstone.model import Accounting


class Cluster(Protocol):
    """A running cluster. `api` is the URL of its API server, `version` what that says of itself."""

    @property
    def provider(self) -> str: ...
    @property
    def api(self) -> str: ...
    @property
    def kubeconfig(self) -> Path: ...
    @property
    def version(self) -> str: ...

    def dial(self, dials: Sequence[Dial]) -> None:
        """Replace the faults and delays; raises `ClusterFailed` where that cannot be done."""

    def accounting(self) -> Accounting:
        """What the API server was asked since the last `reset`."""

    def reset(self) -> None:
        """As new: no objects, no watches, no dials, nothing counted."""

    def alive(self) -> bool:
        """Whether the API server answers."""


class Provider(Protocol):
    """A source of clusters."""

    @property
    def name(self) -> str: ...

    def provision(self, *, workdir: Path) -> AbstractContextManager[Cluster]:
        """A cluster that is gone on leaving; files go to `workdir`. Raises `ClusterFailed`."""

    def sweep(self) -> list[str]:
        """Remove what killed runs left behind, and name it."""

    def problems(self) -> list[Problem]:
        """What this machine lacks for this provider."""


# name → module:class, imported when it is asked for
PROVIDERS: Mapping[str, str] = {
    "memory": "loadstone.cluster.memory:MemoryProvider",
}


def provider(name: str) -> Provider:
    """The provider of that name; raises `UsageError` when there is none."""
    if name not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise UsageError(f"there is no provider `{name}`", next_step=f"choose one of: {known}")
    module, _, attribute = PROVIDERS[name].partition(":")
    made: Provider = getattr(import_module(module), attribute)()
    return made
