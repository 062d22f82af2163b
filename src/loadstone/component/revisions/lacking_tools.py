"""Needs of a revision: what this machine has to have, without which it cannot be made.

Programs, and the file that it is. Told from its name alone: nothing is looked up or fetched. Where
a name may be a version or a commit, only finding it tells, and that says what is missing as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from loadstone import formats
from loadstone.component.revisions import image_program, versions
from loadstone.component.revisions.docker_daemon import docker
from loadstone.component.revisions.program_file import SURELY_PATHS, program_file
from loadstone.errors import LoadstoneError, MissingTool
from loadstone.system.tools import find

_TOOLS: Mapping[str, str] = {"build": "git", "pr": "git", "go": "go"}


def missing(
    component: formats.Component, asked: str, tools: Mapping[str, Path]
) -> Iterator[LoadstoneError]:
    """Failures of making the revision `asked` that can be told before: what this machine lacks."""
    form = _form(component, asked)
    build = component.revisions.build
    try:
        if form == "path":
            program_file(asked.removeprefix("path:"))
        if form in _TOOLS:
            find(_TOOLS[form], tools)
        if form == "image" and image_program.saved(asked.removeprefix("image:")) is None:
            docker(tools)
    except LoadstoneError as error:
        yield error
    if form in ("build", "pr") and build and build.command and "/" not in build.command[0]:
        builder = build.command[0]
        if shutil.which(builder) is None:
            yield MissingTool(f"there is no program `{builder}`", next_step=f"install {builder}")


def _form(component: formats.Component, asked: str) -> str:
    """The source, or "" where the name alone does not tell it."""
    prefix, _, rest = asked.partition(":")
    ways = component.revisions
    if rest and prefix in ("package", "path", "build", "pr", "download", "go", "image"):
        return prefix
    if asked.startswith(SURELY_PATHS) or ("/" in asked and Path(asked).expanduser().is_file()):
        return "path"
    offered = {"package": ways.package, "download": ways.download, "go": ways.go}
    released = next((form for form, source in offered.items() if source), "")
    if released and (not ways.build or versions.release(asked)):
        return released
    if ways.build:
        return "build" if versions.version(asked) is None or not released else ""
    return "image" if ways.image and ways.image.executable else ""
