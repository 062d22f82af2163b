"""Providers of clusters: their protocol, and the table of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Protocol

from loadstone.errors import Problem, UsageError
from loadstone.protocols import Cluster


class Provider(Protocol):
    """A source of clusters."""

    @property
    def name(self) -> str: ...

    def provision(self, *, workdir: Path) -> AbstractContextManager[Cluster]:
        """A cluster that is gone on leaving; files go to `workdir`. Raises `ClusterFailed`."""

    def sweep(self) -> list[str]:
        """Remove what killed runs left behind, and name it."""

    def problems(self) -> list[Problem]:
        """The programs and rights that this machine lacks for this provider."""


# name → module:class, imported when it is asked for
PROVIDERS: Mapping[str, str] = {
    "memory": "loadstone.cluster.memory:MemoryProvider",
}


def provider(name: str, table: Mapping[str, str] = PROVIDERS) -> Provider:
    """Make the provider of that name. Raises `UsageError` when there is none."""
    if name not in table:
        known = ", ".join(table)
        raise UsageError(f"there is no provider `{name}`", next_step=f"choose one of: {known}")
    module, _, attribute = table[name].partition(":")
    made: Provider = getattr(import_module(module), attribute)()
    return made
