"""Providers of clusters: their protocol, and the table of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Protocol, runtime_checkable

from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import Problem, UsageError
from loadstone.model import Note
from loadstone.protocols import Cluster


class Provider(Protocol):
    """A source of clusters."""

    @property
    def name(self) -> str: ...

    def provision(self, *, workdir: Path) -> AbstractContextManager[Cluster]:
        """A cluster that is gone on leaving; files go to `workdir`. Raises `ClusterFailed`."""

    def identity(self) -> str:
        """What of it has to be equal where records compare, beside its name; "" for nothing.

        Raises what `provision` raises.
        """

    def sweep(self) -> list[str]:
        """Remove what killed runs left behind, and name it."""

    def problems(self) -> list[Problem]:
        """The programs and rights that this machine lacks for this provider."""


@runtime_checkable
class CountsPods(Protocol):
    """A provider in whose clusters the API requests of pods may be counted, by the audit log."""

    @property
    def counts_pods(self) -> bool:
        """Whether they are, as it is set up."""


@runtime_checkable
class LoadsImages(Protocol):
    """A provider whose nodes are given the images that this machine has."""

    def local_image(self, image: str) -> str:
        """The identity of an image here, "" for one that the nodes have to pull."""


@runtime_checkable
class HasPrice(Protocol):
    """A provider whose clusters cost money."""

    def foretold(self, seconds: float) -> list[Note]:
        """What a session costs that measures for so long: likely, and at most.

        Raises what `provision` raises.
        """


# name → module:class, imported when it is asked for
PROVIDERS: Mapping[str, str] = {
    "memory": "loadstone.cluster.memory:MemoryProvider",
    "memory-controllers": "loadstone.cluster.memory_controllers:MemoryControllersProvider",
    "hollow": "loadstone.cluster.hollow:HollowProvider",
    "existing": "loadstone.cluster.existing:ExistingProvider",
    "eks": "loadstone.cluster.eks.eks_provider:EksProvider",
    "kind": "loadstone.cluster.kind.kind_provider:KindProvider",
}


def provider(
    name: str,
    table: Mapping[str, str] = PROVIDERS,
    *,
    options: ProviderOptions | None = None,
) -> Provider:
    """Make the provider of that name. Raises `UsageError` when there is none."""
    if name not in table:
        known = ", ".join(table)
        raise UsageError(f"there is no provider `{name}`", next_step=f"choose one of: {known}")
    module, _, attribute = table[name].partition(":")
    made: Provider = getattr(import_module(module), attribute)(options=options or ProviderOptions())
    return made
