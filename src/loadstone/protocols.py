"""Protocols of a run's world: clusters, with what some of them can do, and components.

A cluster comes from `loadstone.cluster`, a running component from `loadstone.component`; `measure`
knows both by these types alone. What not every cluster can do is a type of its own and asked for by
`isinstance`: a cluster that cannot do it does not have the method, so that nothing raises late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

from loadstone.formats import Dial
from loadstone.model import Accounting, Revision
from loadstone.model.padding import Padding


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

    def alive(self) -> bool:
        """Whether the API server answers."""


@runtime_checkable
class Resettable(Protocol):
    """A cluster that can be made as new between runs."""

    def reset(self) -> None:
        """As new: no objects, no watches, no dials, nothing counted."""


@runtime_checkable
class Dialable(Protocol):
    """A cluster whose API server fails or delays requests on demand."""

    def dial(self, dials: Sequence[Dial]) -> None:
        """Replace the faults and delays; raises `ClusterFailed` where that cannot be done."""


@runtime_checkable
class Accountable(Protocol):
    """A cluster whose API server counts every request by client."""

    def accounting(self) -> Accounting:
        """The requests that the API server got since it started or was last emptied."""


class RunningComponent(Protocol):
    """A component that is up. `names` are the `${…}` of its file, its addresses among them.

    `start_seconds`: from the start of the process to its first right answer on the ready URL.
    """

    @property
    def pid(self) -> int: ...
    @property
    def names(self) -> Mapping[str, str | int]: ...
    @property
    def start_seconds(self) -> float: ...

    def exited(self) -> int | None:
        """The exit status, or None while it runs."""

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""

    def tail(self, lines: int = 20) -> str:
        """The end of what it printed."""


class StartComponent(Protocol):
    """A function that starts a revision of one component against a cluster."""

    def __call__(
        self, revision: Revision, cluster: Cluster, *, workdir: Path, padding: Padding
    ) -> AbstractContextManager[RunningComponent]:
        """The component, up and ready; ended on leaving. Raises `ComponentFailed`.

        `padding`: by how much its environment and arguments are longer in this run.
        """
