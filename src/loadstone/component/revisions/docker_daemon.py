"""The Docker daemon of this machine: its program, and the images that it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadstone.errors import MissingTool
from loadstone.system import processes
from loadstone.system.tools import find

_ASK_WITHIN = 60.0  # s


def docker(tools: Mapping[str, Path]) -> Path:
    """The program `docker`, whose daemon answers. Raises `MissingTool`."""
    program = find("docker", tools).path
    try:
        processes.run([str(program), "version", "--format", "{{.Server.Version}}"], timeout=20)
    except processes.CommandFailed as error:
        said = (error.output.strip().splitlines() or ["no answer"])[-1]
        raise MissingTool(
            f"no Docker daemon answers: {said}",
            next_step="start one, or save the image elsewhere: image:./FILE.tar of `docker save`",
        ) from error
    return program


def inspected(program: Path, name: str) -> Mapping[str, Any] | None:
    """The daemon's description of an image; None: it is not here."""
    try:
        said = processes.run([str(program), "image", "inspect", name], timeout=_ASK_WITHIN).stdout
    except processes.CommandFailed:
        return None
    image: Mapping[str, Any] = json.loads(said)[0]
    return image


def identity(program: Path, name: str) -> str:
    """The digest of an image's configuration, "" of one that is not here."""
    image = inspected(program, name)
    return str(image["Id"]) if image else ""
