"""Turns what a user names a revision into a program that runs, kept in a cache.

    3.7.15, package:3.7.15      a version of the package that ships the program
    path:bin/traefik, ./traefik a program that is there
    build:main, 1a2b3c4         a commit, built by the component's command in a worktree of it
    image:REF                   a container image, for providers that run those

What the user wrote is checked against a strict pattern before it becomes part of a command.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from loadstone import shell, spec
from loadstone.errors import LoadstoneError, UsageError
from loadstone.measure.building import build
from loadstone.measure.objects import fill_text
from loadstone.measure.packages import install
from loadstone.model import Revision, Side

Progress = Callable[[str], None]
T = TypeVar("T")

_FORMS = ("package", "path", "build", "image")
_VERSION = re.compile(r"v?\d+(\.\d+)*([.-]?[a-zA-Z]+[0-9.]*)*")
_COMMIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/@-]{0,254}")


def resolve(
    component: spec.Component,
    asked: str,
    side: Side,
    *,
    cache: Path,
    image_ok: bool = False,
    progress: Progress = lambda _: None,
    pip_options: Sequence[str] = (),
) -> Revision:
    """The revision `asked` of a component, ready to run; installed or built where it must be.

    `image_ok`: the provider runs containers. Raises `UsageError` for a name that is no revision of
    this component, `MissingTool` where git or pip is missing, `MeasurementFailed` when a build or
    an installation fails.
    """
    form, name = _form(component, asked)
    if form == "image":
        return _image(component, asked, name, side, image_ok)
    commit = ""
    if form == "path":
        executable, label = _path(name), Path(name).name
    elif form == "package":
        package = _offered(component.revisions.package, component, form)
        version = _matching(_VERSION, name, asked)
        executable = install(package, version, cache, progress, options=pip_options)
        label = name
    else:
        source = _offered(component.revisions.build, component, form)
        executable, commit = build(source, _matching(_COMMIT, name, asked), cache, progress)
        label = commit[:12]
    return Revision(
        side=side,
        asked=asked,
        label=label,
        source=form,
        executable=str(executable),
        digest=_digest(executable),
        version=_version(component, executable),
        commit=commit,
    )


def _form(component: spec.Component, asked: str) -> tuple[str, str]:
    prefix, _, rest = asked.partition(":")
    if prefix in _FORMS and rest:
        return prefix, rest
    if "/" in asked and Path(asked).expanduser().is_file():
        return "path", asked
    ways = component.revisions
    if ways.package and (not ways.build or _VERSION.fullmatch(asked)):
        return "package", asked
    if ways.build:
        return "build", asked
    if ways.image:
        return "image", fill_text(ways.image.reference, {"revision": asked})
    raise UsageError(
        f"{component.component}: there is no file {asked}, and its versions come from nowhere else",
        next_step=f"write path:FILE, or name a package in components/{component.component}.yaml",
    )


def _offered(source: T | None, component: spec.Component, form: str) -> T:
    if source is None:
        raise UsageError(
            f"components/{component.component}.yaml has no `revisions.{form}`",
            next_step="write path:FILE, or add it to the component file",
        )
    return source


def _matching(pattern: re.Pattern[str], name: str, asked: str) -> str:
    if not pattern.fullmatch(name) or ".." in name:
        raise UsageError(
            f"{asked!r} is not the name of a revision",
            next_step="write a version (3.7.15), path:FILE, build:COMMIT or image:REF",
        )
    return name


def _image(
    component: spec.Component, asked: str, name: str, side: Side, image_ok: bool
) -> Revision:
    reference = _matching(_IMAGE, name, asked)
    if not image_ok:
        raise UsageError(
            f"{asked} is a container image; this provider runs programs",
            next_step=f"name a version or path:FILE of {component.component}, or another provider",
        )
    return Revision(side=side, asked=asked, label=name, source="image", image=reference)


def _path(name: str) -> Path:
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise UsageError(f"there is no file {name}", next_step="path:FILE names a program")
    if not path.stat().st_mode & 0o111:
        raise UsageError(f"{name} is not executable", next_step=f"chmod +x {name}")
    return path


def _digest(executable: Path) -> str:
    with executable.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(component: spec.Component, executable: Path) -> str:
    """What the program says of itself: the first line that it prints; empty when it fails."""
    command = [fill_text(part, {"executable": str(executable)}) for part in component.version]
    if not command:
        return ""
    try:
        printed = shell.run(command, timeout=20, scrubbed=True)
    except (LoadstoneError, OSError):
        return ""
    lines = (printed.stdout.strip() or printed.stderr.strip()).splitlines()
    return " ".join(lines[0].split()) if lines else ""
