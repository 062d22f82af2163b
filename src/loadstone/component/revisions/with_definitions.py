"""The definitions that go with a program: of its commit, or of the Go module it was built from.

A build leaves them beside its program; those of an image that was built of a commit are read from
that. Any other Go program says itself of which version of its module it was built, wherever it
comes from; an image does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions import definition_files, go_module, go_program, pull_requests
from loadstone.component.revisions.checkout import check_out
from loadstone.component.revisions.repositories import opened
from loadstone.component.revisions.revision_request import ProgramRequest
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import GoBuild, Revision
from loadstone.system import processes, temporary
from loadstone.system.git import without_secret


def with_definitions(found: Revision, request: ProgramRequest) -> Revision:
    """A revision with its definitions; without, where its file asks for none.

    Raises `UsageError` where they cannot be told, `MissingTool` without Go where that is needed.
    """
    ways = request.component.revisions
    built, module = ways.build and ways.build.definitions, ways.go and ways.go.definitions
    if not (found.executable or found.image) or not (built or module):
        return found
    if found.source == "build" and ways.build and built:
        if found.executable:
            kept = Path(found.executable).with_name(definition_files.FILE)
        else:
            kept = _of_commit(ways.build, built, request)
        return replace(found, definitions=str(kept))
    version = _version(found, ways.go)
    if ways.go is None or not module or not version:
        raise _unknown(found, ways)
    return replace(found, definitions=str(_of_module(ways.go, module, version, request)))


def _version(found: Revision, source: formats.GoSource | None) -> str:
    """The version of the module that a program is of, "" where nothing tells it.

    A version of `revisions.image` is the one of that name: one release, in two forms.
    """
    if source is None or found.source == "build":
        return ""
    if not found.executable:
        version = f"v{found.asked.removeprefix('v')}"
        return version if found.source == "image" and go_module.is_published(version) else ""
    if found.source == "go":
        return found.origin.rpartition("@")[2]
    return _said(found.go, source.module) if found.go else ""


def _said(built: GoBuild, module: str) -> str:
    version = built.version if built.module == module else built.modules.get(module, "")
    if module in built.replaced:
        other, _, at = built.replaced[module].partition(" ")
        version = at if other == module else ""
    return version if go_module.is_published(version) else ""


def _of_commit(
    source: formats.BuildSource, wanted: formats.Definitions, request: ProgramRequest
) -> Path:
    """The file of the definitions in a commit whose image was built, read once."""
    found = request.found
    said = [without_secret(source.repository), wanted]
    key = hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:12]
    place = request.cache / "definitions" / f"{request.component.component}-{key}" / found.commit
    with caches.making(place):
        if not place.is_dir():
            about = f"definitions of {request.name} ({found.commit[:12]})"
            request.progress(f"reading {about}")
            near = pull_requests.holding(source, request.cache, found.commit)
            repository = opened(near.repository, request.cache, request.progress, fetch=False)
            with temporary.directory() as scratch:
                check_out(repository, found.commit, scratch / "tree")
                with caches.filling(place, about) as folder:
                    target = folder / definition_files.FILE
                    definition_files.write(wanted, scratch / "tree", target)
        caches.use(place)
    return place / definition_files.FILE


def _of_module(
    source: formats.GoSource, wanted: formats.Definitions, version: str, request: ProgramRequest
) -> Path:
    """The file of the definitions in a version of a module, read once."""
    names = go_module.names(version)
    filled = formats.Definitions(
        paths=[fill_text(each, names) for each in wanted.paths], labels=wanted.labels
    )
    key = hashlib.sha256(msgspec.json.encode([source.module, filled])).hexdigest()[:12]
    name = source.module.rpartition("/")[2]
    place = request.cache / "definitions" / f"{name}-{key}" / version
    with caches.making(place):
        if not place.is_dir():
            about = f"definitions of {source.module} {version}"
            request.progress(f"reading {about}")
            root = _folder(source, version, request)
            with caches.filling(place, about) as folder:
                definition_files.write(filled, root, folder / definition_files.FILE)
        caches.use(place)
    return place / definition_files.FILE


def _folder(source: formats.GoSource, version: str, request: ProgramRequest) -> Path:
    """Where Go keeps the files of a module."""
    go = go_program.tool(source, request.tools)
    command: Sequence[str] = ("mod", "download", "-json", f"{source.module}@{version}")
    with temporary.directory() as scratch:
        try:
            said = go.run(*command, cwd=scratch).stdout
        except processes.CommandFailed as error:
            raise MeasurementFailed(
                f"Go does not get the definitions of {source.module} {version}:"
                f" {error.output.strip()}",
                next_step=f"`go {' '.join(command)}` has to work",
            ) from error
    return Path(json.loads(said)["Dir"])


def _unknown(found: Revision, ways: formats.Revisions) -> UsageError:
    what = f"which definitions of kinds go with {found.asked} is not known"
    if not found.executable:
        return UsageError(f"{what}: an image does not say it", next_step=_step_of_image(ways))
    if found.source == "build" or ways.go is None:
        step = "name a commit (build:main)"
        lacking = None if ways.build and ways.build.definitions else "build"
    else:
        what += f": it does not say of which version of {ways.go.module} it was built"
        step = "name a version (go:1.2.3), or a commit (build:main)"
        lacking = None if ways.go.definitions else "go"
    return UsageError(
        what, next_step=f"add `definitions` to `revisions.{lacking}`" if lacking else step
    )


def _step_of_image(ways: formats.Revisions) -> str:
    named = [
        "a version of `revisions.image` (1.2.3)"
        if ways.image and ways.go and ways.go.definitions
        else "",
        "a commit (build:main)" if ways.build and ways.build.dockerfile else "",
    ]
    known = " or ".join(each for each in named if each)
    apart = (
        "have them in the cluster beforehand or in `kubernetes`, and measure with a component file"
        " whose `revisions` has no `definitions`"
    )
    return f"name {known}; or {apart}" if known else apart
