"""The provider `kind`: clusters of real nodes in Docker, gone with everything on leaving."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.credentials import credentials
from loadstone.cluster.kind import cluster_config, cluster_labels
from loadstone.cluster.kind.audit_log import AuditLog
from loadstone.cluster.kind.docker import START, Docker, Execute, executing
from loadstone.cluster.kind.kind_cluster import NAME, AuditedKindCluster, KindCluster, emptier
from loadstone.cluster.kind.kind_program import KindProgram
from loadstone.cluster.kind.network_way import joined, own_container
from loadstone.cluster.kind.node_image import node_image
from loadstone.cluster.kind.readiness import await_ready, keep_for_load
from loadstone.cluster.provider_options import ProviderOptions, lacking, versions
from loadstone.errors import LoadstoneError, MissingTool, Problem, UsageError
from loadstone.model import ApiAccess
from loadstone.system import processes
from loadstone.system.kubeconfig import write_kubeconfig

NEEDED = ("docker", "kind")
LATE = 5.0  # s between two looks for what a daemon still makes for a client that was killed
LOOKS = 12  # at what is left
STILL = 4  # looks on end that find nothing; on a busy machine a node came later than after one
ROOM = 600_000_000  # By of memory for each node, which uses 390 to 475 MiB at rest
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class KindProvider:
    """The provider of clusters in Docker."""

    name = NAME

    def __init__(
        self,
        *,
        options: ProviderOptions,
        execute: Execute | None = None,
        container: Callable[[], str] = own_container,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`execute` runs a command; `container` gives the name of the one that we run in."""
        self._options = options
        self._settings = options.kind
        self._workers = cluster_config.workers(options.kind, pods=options.pods)
        self._execute = execute
        self._container = container
        self._sleep = sleep

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[KindCluster]:
        """A cluster with its nodes; its kubeconfig and certificates are in `workdir`."""
        docker, program = self._programs(workdir.absolute())
        self._require_archives()
        docker.require()
        workdir.mkdir(parents=True, exist_ok=True)
        labels = {**self._options.labels, **_labels(program.name)}
        files = cluster_config.files(self._settings)
        with (
            node_image(docker, self._settings.image, labels, files, workdir) as image,
            self._logs_kept(program, workdir),
        ):
            program.create(image, self._config())
            for each in self._settings.images:
                program.load_image(each)
            for each in self._settings.archives:
                program.load_archive(Path(each).expanduser())
            with (
                joined(docker, self._settings.network, self._container()) as internal,
                closing(ClusterApi(_access(program, workdir, internal=internal))) as api,
            ):
                yield self._ready(docker, program, api, workdir)

    def identity(self) -> str:
        """The kind, the image of its nodes and, as a digest, the rest of its configuration."""
        image = self._settings.image
        if "@" not in image:
            docker = self._docker()
            docker.require()
            image = f"{image} {docker.identity(image)}"
        rest = hashlib.sha256(self._config().encode()).hexdigest()[:12]
        programs = versions(("kind",), self._options.find_program)
        return f"{programs}, {image}, {self._workers} workers, configuration {rest}"

    @property
    def counts_pods(self) -> bool:
        return self._settings.audit

    def local_image(self, image: str) -> str:
        return self._docker().local(image)

    def sweep(self) -> list[str]:
        """Remove the clusters whose session is over; nothing where no daemon answers.

        Where there was any it looks until none comes: a client that kind has started lives on, and
        may ask for a node when both are gone.
        """
        try:
            docker = self._docker()
        except MissingTool:
            return []
        if docker.hindrance():
            return []
        removed: dict[str, None] = {}
        still = 0
        for _ in range(LOOKS):
            left = _left(docker)
            for each in left:
                docker.remove(each)
            removed |= dict.fromkeys(left)
            still = 0 if left else still + 1
            if not removed or still == STILL:
                break
            self._sleep(LATE)
        return [f"kind cluster {each}" for each in removed]

    def problems(self) -> list[Problem]:
        found = lacking(NEEDED, self._options.find_program)
        found += [_no_archive(each) for each in self._lost_archives()]
        if not any(each.where == "docker" for each in found):
            found += self._lost_images()
        nodes = 1 + self._workers
        free = psutil.virtual_memory().available
        if free < nodes * ROOM:
            what = f"{free / 1e9:.1f} GB are free, and {nodes} nodes want {nodes * ROOM / 1e9:.1f}"
            found.append(
                Problem(where="memory", what=what, hint="end what uses it, or fewer nodes")
            )
        return found

    def _programs(self, workdir: Path) -> tuple[Docker, KindProgram]:
        find_program = self._options.find_program
        docker, kind = (find_program(each) for each in NEEDED)
        execute = self._execute or executing(docker)
        name = f"loadstone-{secrets.token_hex(5)}"
        here = Docker(docker, execute, sleep=self._sleep)
        return here, KindProgram(kind, execute, name=name, folder=workdir)

    def _docker(self) -> Docker:
        docker = self._options.find_program("docker")
        return Docker(docker, self._execute or executing(docker), sleep=self._sleep)

    def _config(self) -> str:
        return cluster_config.cluster_config(self._settings, workers=self._workers)

    def _lost_images(self) -> list[Problem]:
        """What of the local Docker is not there: the daemon, or images that nodes are to get."""
        if why := self._docker().hindrance():
            return [Problem(where="a Docker daemon", what=why, hint=START)]
        return [
            Problem(where=each, what="this image is not in Docker", hint=f"docker pull {each}")
            for each in self._settings.images
            if not self.local_image(each)
        ]

    def _lost_archives(self) -> list[str]:
        return [each for each in self._settings.archives if not Path(each).expanduser().is_file()]

    def _require_archives(self) -> None:
        if lost := self._lost_archives():
            problems = "; ".join(str(_no_archive(each)) for each in lost)
            raise UsageError(problems, next_step="docker save IMAGE --output FILE")

    def _ready(
        self, docker: Docker, program: KindProgram, api: ClusterApi, folder: Path
    ) -> KindCluster:
        await_ready(api, nodes=1 + self._workers)
        if self._workers > 1:
            keep_for_load(api, cluster_config.LOAD, cluster_config.taint())
        made: dict[str, Any] = {
            "access": api.access,
            "kubeconfig": write_kubeconfig(folder / "kubeconfig", api.access, name=NAME),
            "version": str(api.get("/version").get("gitVersion", "unknown")),
            "docker": docker,
            "program": program,
            "emptier": emptier(api),
        }
        if not self._settings.audit:
            return KindCluster(**made)
        log = _audit_log(docker, program)
        log.clear()  # of what kind itself asked
        return AuditedKindCluster(**made, log=log)

    @contextmanager
    def _logs_kept(self, program: KindProgram, workdir: Path) -> Iterator[None]:
        """Keep the cluster's logs where something fails; not where the question was wrong."""
        try:
            yield
        except Exception as error:
            wrong = isinstance(error, LoadstoneError) and error.exit_code == UsageError.exit_code
            if self._options.logs is not None and not wrong:
                archive = self._options.logs / f"{workdir.name}-logs.tar.gz"
                if program.export_logs(archive) and isinstance(error, LoadstoneError):
                    said = f"{error.next_step}; " if error.next_step else ""
                    error.next_step = f"{said}the logs of its nodes are in {archive}"
            raise


def _access(program: KindProgram, workdir: Path, *, internal: bool) -> ApiAccess:
    given = workdir / "kubeconfig-of-kind"
    given.touch(mode=0o600)
    given.write_text(program.kubeconfig(internal=internal), encoding="utf-8")
    return credentials(str(given), "", workdir / "credentials").access


def _audit_log(docker: Docker, program: KindProgram) -> AuditLog:
    def on_the_node(*command: str) -> str:
        return docker.whole("exec", program.control_plane, *command, cluster_config.AUDIT_LOG)

    return AuditLog(
        read=lambda first: on_the_node("tail", "-n", f"+{first}"),
        length=lambda: int(on_the_node("wc", "-l").split()[0]),
    )


def _left(docker: Docker) -> list[str]:
    """The clusters of which something is there, and whose session is over."""
    now, machine = time.time(), _machine()
    return sorted(
        {
            each[cluster_labels.CLUSTER]
            for each in docker.ours()
            if cluster_labels.over(each, machine=machine, now=now, alive=processes.alive)
        }
    )


def _labels(name: str) -> dict[str, str]:
    owner = processes.owner()
    return cluster_labels.labels(name, owner=owner, machine=_machine(), now=time.time())


def _machine() -> str:
    """Where the number of a process means the same: this boot of this machine, and a namespace."""
    return f"{_BOOT.read_text().strip()}-{Path('/proc/self/ns/pid').stat().st_ino}"


def _no_archive(path: str) -> Problem:
    return Problem(where=path, what="there is no such file", hint="docker save IMAGE --output FILE")
