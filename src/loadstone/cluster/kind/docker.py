"""Docker, as far as clusters in it need it: the command, and what of ours is there."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from loadstone.cluster.kind.cluster_labels import CLUSTER, LABELS
from loadstone.errors import ClusterFailed
from loadstone.system import processes

SOON = 60.0  # s; what a daemon answers at once, if it is not busy
NETWORK = "kind"  # Docker's network of all clusters, as kind calls it
MADE_WITHIN = 300.0  # s; of a node, its whole /var is copied
_PAUSE = 0.5  # s between two looks at what is being made
PULLED_WITHIN = 1800.0  # s; a node image is half a gigabyte

_LISTED = "\t".join(f'{{{{.Label "{key}"}}}}' for key in LABELS)

# A container is listed before it is there, and somebody else may be removing it.
_PASSING = ("no such", "already in progress")

# A command and how many seconds it may take → what it prints; raises `CommandFailed`.
Execute = Callable[[Sequence[str], float], str]


def executing(docker: Path) -> Execute:
    """Programs that find this docker, as kind does on PATH, and no other engine or network."""
    path = f"{docker.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    settled = {
        "KIND_EXPERIMENTAL_PROVIDER": "docker",
        "KIND_EXPERIMENTAL_DOCKER_NETWORK": NETWORK,
    }
    return partial(_executed, env={"PATH": path, **settled})


def _executed(command: Sequence[str], timeout: float, *, env: Mapping[str, str]) -> str:
    return processes.run(command, env=env, timeout=timeout).stdout


class DockerFailed(ClusterFailed):
    """A command of docker that ended with an error, and what it said."""

    def __init__(self, error: processes.CommandFailed) -> None:
        super().__init__(error.message, next_step="see whether `docker info` works")
        self.output = error.output.strip()


class Docker:
    """The docker command."""

    def __init__(
        self,
        program: Path,
        execute: Execute,
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._program = str(program)
        self._execute = execute
        self._sleep = sleep

    def __call__(self, *arguments: str, within: float = SOON) -> str:
        """What a command prints, without its last line's end. Raises `DockerFailed`."""
        return self.whole(*arguments, within=within).strip()

    def whole(self, *arguments: str, within: float = SOON) -> str:
        """All that a command prints. Raises `DockerFailed`."""
        try:
            return self._execute([self._program, *arguments], within)
        except processes.CommandFailed as error:
            raise DockerFailed(error) from error

    def has(self, *arguments: str) -> bool:
        """Whether a command ends well, as that of looking at something does that is there."""
        try:
            self(*arguments)
        except DockerFailed:
            return False
        return True

    def hindrance(self) -> str:
        """Why no daemon answers, "" where one does."""
        try:
            self("version", "--format", "{{.Server.Version}}")
        except DockerFailed as error:
            return error.output.partition("\n")[0] or error.message
        return ""

    def require(self) -> None:
        """Raise `ClusterFailed` where no daemon answers."""
        if why := self.hindrance():
            raise ClusterFailed(f"no Docker daemon answers: {why}", next_step=START)

    def local(self, image: str) -> str:
        """The identity of an image that is here, "" of any other."""
        try:
            return self("image", "inspect", "--format", "{{.Id}}", image)
        except DockerFailed:
            return ""

    def identity(self, image: str) -> str:
        """The identity of an image, fetched where it is not here. Raises `ClusterFailed`."""
        if not self.local(image):
            try:
                self("pull", "--quiet", image, within=PULLED_WITHIN)
            except DockerFailed as error:
                raise ClusterFailed(
                    f"the image {image} is neither here nor to be had: {error.output}",
                    next_step="correct its name, or load it: docker load --input FILE",
                ) from error
        return self("image", "inspect", "--format", "{{.Id}}", image)

    def ours(self) -> list[Mapping[str, str]]:
        """Our labels of every image and container that has them.

        Those of a container as it is listed: while the daemon makes one, it is listed, and to
        look at it or to remove it is an error as of one that is not there.
        """
        selected = f"--filter=label={CLUSTER}"
        rows = self.whole("ps", "--all", selected, f"--format={_LISTED}").splitlines()
        images = self("image", "ls", "--quiet", "--no-trunc", selected).split()
        labels = (self._labels(each) for each in dict.fromkeys(images))
        listed = [dict(zip(LABELS, row.split("\t"), strict=True)) for row in rows]
        said = [{key: value for key, value in each.items() if value} for each in listed]
        return [*said, *(each for each in labels if each)]

    def remove(self, cluster: str) -> None:
        """Remove the containers of a cluster, their volumes, and its image: all that it has.

        A container that the daemon is still making, for a client that may be gone, is waited for.
        Raises `ClusterFailed` where something stays, after the rest.
        """
        selected = f"--filter=label={CLUSTER}={cluster}"
        stuck = self._removed(("ps", "--all", "--quiet", selected), ("rm", "--force", "--volumes"))
        stuck += self._removed(("image", "ls", "--quiet", selected), ("image", "rm", "--force"))
        if stuck:
            raise ClusterFailed(
                "\n".join(stuck), next_step="docker ps --all, and remove it by hand"
            )

    def _removed(self, listing: Sequence[str], remove: Sequence[str]) -> list[str]:
        """Remove all that is listed; why something stays, of each that does."""
        deadline = time.monotonic() + MADE_WITHIN
        while True:
            coming, stuck = list[str](), list[str]()
            for each in dict.fromkeys(self(*listing).split()):
                try:
                    self(*remove, each, within=4 * SOON)
                except DockerFailed as error:
                    said = error.output.lower()
                    passing = any(each in said for each in _PASSING)
                    (coming if passing else stuck).append(error.message)
            if stuck or not coming:
                return stuck
            if time.monotonic() > deadline:
                return coming
            self._sleep(_PAUSE)

    def _labels(self, thing: str) -> Mapping[str, str]:
        """The labels of an image or a container; none of one that has just gone."""
        try:
            text = self("inspect", "--format", "{{json .Config.Labels}}", thing)
        except DockerFailed:
            return {}
        found: Mapping[str, str] | None = json.loads(text)
        return found or {}


START = "start it: `systemctl start docker`, or say in DOCKER_HOST where it is"
