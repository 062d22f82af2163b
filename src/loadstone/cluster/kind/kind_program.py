"""The program kind: what it is asked to do with one cluster."""

from __future__ import annotations

import contextlib
import tarfile
from collections.abc import Sequence
from pathlib import Path

from loadstone.cluster.kind.docker import Execute
from loadstone.errors import ClusterFailed
from loadstone.system.processes import CommandFailed

CREATED_WITHIN = 900.0  # s; half a minute, on a machine that is not busy
_LOADED_WITHIN = 900.0  # s
_EXPORTED_WITHIN = 300.0  # s
_SOON = 120.0  # s


class KindProgram:
    """kind, for the cluster of one name; the user's own kubeconfig is never touched."""

    def __init__(self, program: Path, execute: Execute, *, name: str, folder: Path) -> None:
        self._program = str(program)
        self._execute = execute
        self.name = name
        self._folder = folder

    @property
    def control_plane(self) -> str:
        """The container of the first node."""
        return f"{self.name}-control-plane"

    def create(self, image: str, config: str) -> None:
        """Make the cluster. Where that fails its nodes stay, so that their logs can be read."""
        file = self._folder / "kind.yaml"
        file.write_text(config, encoding="utf-8")
        more = ["--config", str(file), "--image", image, "--retain"]
        own = ["--kubeconfig", str(self._folder / "kubeconfig-of-kind")]
        self._do("create", "cluster", *more, *own, within=CREATED_WITHIN)

    def kubeconfig(self, *, internal: bool) -> str:
        """The way in: by a port of the host or, `internal`, by a name in kind's network."""
        return self._do("get", "kubeconfig", *(["--internal"] if internal else []))

    def load_image(self, image: str, nodes: Sequence[str] = ()) -> None:
        """Put an image of the local daemon on these nodes, or on every one."""
        chosen = ["--nodes", ",".join(nodes)] if nodes else []
        self._do("load", "docker-image", image, *chosen, within=_LOADED_WITHIN)

    def load_archive(self, archive: Path) -> None:
        """Put the images of a file of `docker save` on every node."""
        self._do("load", "image-archive", str(archive), within=_LOADED_WITHIN)

    def export_logs(self, archive: Path) -> bool:
        """Write the logs that can be had into an archive; whether there were any.

        kind ends with an error where a single one cannot be had, and has written the others.
        """
        folder = self._folder / "logs"
        with contextlib.suppress(ClusterFailed):
            self._do("export", "logs", str(folder), within=_EXPORTED_WITHIN)
        if not any(folder.rglob("*")):
            return False
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as made:
            made.add(folder, arcname=self.name)
        return True

    def _do(self, *arguments: str, within: float = _SOON) -> str:
        """What kind prints. Raises `ClusterFailed`."""
        try:
            return self._execute([self._program, *arguments, "--name", self.name], within)
        except CommandFailed as error:
            raise ClusterFailed(f"kind failed: {error.message}") from error
