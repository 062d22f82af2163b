"""The provider `memory-controllers`: the in-memory API server with Kubernetes' own controllers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.cluster.managed import Management, managed
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.cluster.provider_options import ProviderOptions, lacking, versions
from loadstone.cluster.real_controllers import PROGRAMS
from loadstone.errors import Problem
from loadstone.formats import Dial
from loadstone.model import Accounting, ApiAccess

NAME = "memory-controllers"
_OURS = tuple(f"{name}/" for name in PROGRAMS)  # how their user agents begin


@dataclass(frozen=True, kw_only=True)
class MemoryControllersCluster:
    """An in-memory API server with controllers, which are not counted, but meet its dials too."""

    memory: MemoryCluster
    management: Management
    provider: str = NAME

    @property
    def api(self) -> str:
        return self.memory.api

    @property
    def access(self) -> ApiAccess:
        return self.memory.access

    @property
    def kubeconfig(self) -> Path:
        return self.memory.kubeconfig

    @property
    def version(self) -> str:
        return self.memory.version

    @property
    def controllers(self) -> Sequence[str]:
        return PROGRAMS

    def reset(self) -> None:
        self.memory.dial([])
        self.management.reset()

    def scale(self, nodes: int) -> None:
        self.management.scale(nodes)

    def dial(self, dials: Sequence[Dial]) -> None:
        self.memory.dial(dials)

    def accounting(self) -> Accounting:
        """The requests of all but the cluster's own controllers."""
        found = self.memory.accounting()
        return replace(
            found,
            requests=_of_others(found.requests),
            events=_of_others(found.events),
            received=_of_others(found.received),
            sent=_of_others(found.sent),
        )

    def alive(self) -> bool:
        return self.memory.alive() and self.management.alive()


class MemoryControllersProvider:
    """The provider of in-memory API servers whose controllers are real."""

    name = NAME

    def __init__(self, *, options: ProviderOptions) -> None:
        self._options = options

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[MemoryControllersCluster]:
        """A server and its controllers on free ports of 127.0.0.1, their files in `workdir`."""
        find_program = self._options.find_program
        for each in PROGRAMS:  # before anything is started
            find_program(each)
        workdir = workdir.absolute()
        with (
            MemoryProvider().provision(workdir=workdir) as memory,
            managed(memory.access, memory.kubeconfig, workdir, find_program) as management,
        ):
            yield MemoryControllersCluster(memory=memory, management=management)

    def identity(self) -> str:
        return versions(PROGRAMS, self._options.find_program)

    def sweep(self) -> list[str]:
        """Nothing: programs carry their owner's name, and `processes.sweep` ends them."""
        return []

    def problems(self) -> list[Problem]:
        return lacking(PROGRAMS, self._options.find_program)


def _of_others(counts: Mapping[str, int]) -> dict[str, int]:
    return {
        key: count for key, count in counts.items() if not key.split(" ", 2)[-1].startswith(_OURS)
    }
