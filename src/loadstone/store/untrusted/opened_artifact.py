"""Artifacts of unprivileged jobs, opened: a ZIP archive or a directory as files in memory."""

from __future__ import annotations

from pathlib import Path

from loadstone.model import Note
from loadstone.store.untrusted import artifact_folder, zip_archive
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.contents_read import ArtifactFiles, Refused


def opened(path: Path, limits: Limits | None = None, *, under: str = "") -> ArtifactFiles:
    """Open an artifact. Whatever it holds, this raises nothing: what is wrong is `refused`.

    `under`: the folder in it of which files are read, with its slash.
    """
    limits = limits or Limits()
    try:
        if path.is_dir() and not path.is_symlink():
            return artifact_folder.read(path, limits, under)
        with path.open("rb") as file:
            return zip_archive.read(file.read(limits.archive + 1), limits, under)
    except Refused as refused:
        return ArtifactFiles(refused=refused.why)
    except OSError:
        return ArtifactFiles(refused=Note.of("artifact-unreadable"))
