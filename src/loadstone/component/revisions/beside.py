"""The revision of another process of a component: its own, or what goes with the compared one."""

from __future__ import annotations

from pathlib import Path

from loadstone import formats
from loadstone.formats.fill import fill_text

REVISION = "revision"


def beside(process: formats.Process, asked: str) -> str:
    """The revision to ask for where `asked` is the compared one.

    Where both are the same and that is a file, it is the program of this process beside that file.
    """
    wanted = fill_text(process.revision, {REVISION: asked})
    file = Path(asked.removeprefix("path:"))
    is_file = asked.startswith("path:") or ("/" in asked and file.is_file())
    name = _program(process.revisions)
    return f"path:{file.parent / name}" if wanted == asked and is_file and name else wanted


def _program(revisions: formats.Revisions | None) -> str:
    """The name of the program's file, "" where no source tells it."""
    if revisions is None:
        return ""
    named = (
        revisions.package.executable if revisions.package else "",
        revisions.build.executable if revisions.build else "",
        (revisions.go.package or revisions.go.module) if revisions.go else "",
        revisions.download.executable if revisions.download else "",
        revisions.image.executable if revisions.image else "",
    )
    return next((Path(each).name for each in named if each), "")
