"""The provider `hollow`: a real control plane as local processes, whose nodes KWOK plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.control_plane import control_plane
from loadstone.cluster.local_address import local_address
from loadstone.cluster.managed import Management, managed
from loadstone.cluster.programs import ClusterProgram
from loadstone.cluster.provider_options import ProviderOptions, lacking, versions
from loadstone.cluster.real_controllers import PROGRAMS, TokenKeys
from loadstone.errors import Problem
from loadstone.model import ApiAccess
from loadstone.system.kubeconfig import write_kubeconfig

NAME = "hollow"
NEEDED = ("etcd", "kube-apiserver", *PROGRAMS)


@dataclass(frozen=True, kw_only=True)
class HollowCluster:
    """A real API server with its controllers. Real in all but what a kubelet does."""

    access: ApiAccess
    kubeconfig: Path
    version: str
    plane: Sequence[ClusterProgram]
    management: Management
    provider: str = NAME

    @property
    def api(self) -> str:
        return self.access.url

    @property
    def programs(self) -> Sequence[ClusterProgram]:
        return (*self.plane, *self.management.programs)

    @property
    def endpoint_host(self) -> str:
        return local_address()

    @property
    def controllers(self) -> Sequence[str]:
        return PROGRAMS

    def reset(self) -> None:
        self.management.reset()

    def scale(self, nodes: int) -> None:
        self.management.scale(nodes)

    def alive(self) -> bool:
        if not all(program.runs() for program in self.programs):
            return False
        with closing(ClusterApi(self.access, timeout=10.0)) as api:
            return api.ready()


class HollowProvider:
    """The provider of real control planes on this machine."""

    name = NAME

    def __init__(self, *, options: ProviderOptions) -> None:
        self._options = options

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[HollowCluster]:
        """A control plane on free ports of 127.0.0.1; all of its files are in `workdir`."""
        find_program = self._options.find_program
        for each in NEEDED:  # before anything is started
            find_program(each)
        workdir = workdir.absolute()
        with control_plane(workdir, find_program) as plane:
            kubeconfig = write_kubeconfig(workdir / "kubeconfig", plane.access, name=NAME)
            tokens = TokenKeys(signing=plane.files.signing, authority=plane.files.authority)
            with managed(
                plane.access, kubeconfig, workdir, find_program, tokens=tokens
            ) as management:
                yield HollowCluster(
                    access=plane.access,
                    kubeconfig=kubeconfig,
                    version=version_of(plane.access),
                    plane=plane.programs,
                    management=management,
                )

    def identity(self) -> str:
        return versions(NEEDED, self._options.find_program)

    def sweep(self) -> list[str]:
        """Nothing: programs carry their owner's name, and `processes.sweep` ends them."""
        return []

    def problems(self) -> list[Problem]:
        return lacking(NEEDED, self._options.find_program)


def version_of(access: ApiAccess) -> str:
    """The version that an API server says it has."""
    with closing(ClusterApi(access)) as api:
        return str(api.get("/version").get("gitVersion", "unknown"))
