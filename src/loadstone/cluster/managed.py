"""A cluster whose controllers run: emptied without a restart, with as many nodes as wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.emptying import Emptier
from loadstone.cluster.nodes import NodePool
from loadstone.cluster.programs import ClusterProgram
from loadstone.cluster.real_controllers import TokenKeys, controllers
from loadstone.errors import ClusterFailed
from loadstone.model import ApiAccess

SETTLED_WITHIN = 300.0  # s; as for the start of a program
_SPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


@dataclass(frozen=True, kw_only=True)
class Management:
    """The controllers of a cluster, its nodes, and how it is emptied."""

    programs: Sequence[ClusterProgram]
    pool: NodePool
    emptier: Emptier

    def reset(self) -> None:
        """As it was when the controllers had settled, with the nodes that nobody has changed."""
        self.pool.disown_changed()
        self.emptier.empty()

    def scale(self, nodes: int) -> None:
        self.pool.scale(nodes)

    def alive(self) -> bool:
        return all(program.runs() for program in self.programs)


@contextmanager
def managed(
    access: ApiAccess,
    kubeconfig: Path,
    folder: Path,
    find_program: Callable[[str], Path],
    *,
    tokens: TokenKeys | None = None,
) -> Iterator[Management]:
    """The controllers of an API server, which have done what they do at first."""
    with (
        closing(ClusterApi(access)) as api,
        controllers(find_program, kubeconfig, folder, tokens=tokens) as programs,
    ):
        _settle(api, programs, roots=tokens is not None)
        pool = NodePool(api)
        yield Management(programs=programs, pool=pool, emptier=Emptier(api, spared=pool.mine))


def _settle(api: ClusterApi, programs: Sequence[ClusterProgram], *, roots: bool) -> None:
    """Wait until every namespace has what controllers put there; `roots`: certificates too."""
    wanted = [
        f"/api/v1/namespaces/{space}/{each}"
        for space in _SPACES
        for each in ("serviceaccounts/default", *(["configmaps/kube-root-ca.crt"] if roots else []))
    ]
    deadline = time.monotonic() + SETTLED_WITHIN
    while wanted:
        wanted = [path for path in wanted if not api.ask("GET", path).good]
        for program in programs:
            if not program.runs():
                raise program.failed("it ended early")
        if wanted and time.monotonic() > deadline:
            raise ClusterFailed(
                f"no controller made {wanted[0]} within {SETTLED_WITHIN:g} s",
                next_step=f"read {programs[0].log}",
            )
        time.sleep(0.05)
