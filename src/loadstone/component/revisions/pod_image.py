"""Images that pods run and no registry has: built of a commit, or loaded from an archive.

They are made in this machine's Docker, from which a provider puts them on its nodes. Each has a
name of its own, whatever it was called elsewhere, in a domain that nobody can have.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from loadstone import formats
from loadstone.component.revisions import image_layers
from loadstone.component.revisions.checkout import check_out
from loadstone.component.revisions.commit_build import BuildFailed
from loadstone.component.revisions.docker_daemon import docker, identity
from loadstone.component.revisions.repositories import opened
from loadstone.component.revisions.revision_request import ProgramRequest, RevisionRequest
from loadstone.errors import MeasurementFailed
from loadstone.model import Revision
from loadstone.system import processes, temporary
from loadstone.system.git import without_secret

PLACE = "loadstone.invalid"  # RFC 6761: no registry is ever there
MADE_HERE = ("build", "archive")  # sources of images that no node can pull
_BUILD_WITHIN = 1800.0  # s
_LOAD_WITHIN = 900.0  # s


def of_commit(component: formats.Component, source: formats.BuildSource, commit: str) -> str:
    """The name of the image that is built of a commit."""
    text = f"{without_secret(source.repository)}\0{source.dockerfile}"
    key = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{PLACE}/{component.component}:{commit[:12]}-{key}"


def of_archive(request: RevisionRequest, archive: Path) -> Revision:
    """The revision that is an image in an archive; it is not loaded yet."""
    with image_layers.saved(archive) as image:
        digest = image.digest
    name = f"{PLACE}/{request.component.component}:{digest.rpartition(':')[2][:16]}"
    return Revision(
        side=request.side,
        asked=request.asked,
        label=archive.name,
        source="archive",
        origin=f"{archive} {digest}",
        image=name,
    )


def build(source: formats.BuildSource, request: ProgramRequest) -> Revision:
    """Build the image of a commit, unless it is there.

    Raises `MissingTool` without a daemon, `MeasurementFailed` where the commit cannot be checked
    out or its Dockerfile fails.
    """
    found, program = request.found, docker(request.tools)
    if there := identity(program, found.image):
        return _identified(found, there)
    repository = opened(source.repository, request.cache, request.progress, fetch=False)
    with temporary.directory() as scratch:
        tree = scratch / "tree"
        lacking = check_out(repository, found.commit, tree)
        codes = "".join(f"-{code}" for code in sorted(each.code for each in lacking))
        image = found.image + codes  # what lacks files never stands in for what has all
        request.progress(f"building the image of {request.name} ({found.commit[:12]})")
        order = ["build", "--quiet", "--tag", image, "--file", str(tree / source.dockerfile)]
        try:
            processes.run([str(program), *order, str(tree)], timeout=_BUILD_WITHIN)
        except processes.CommandFailed as error:
            raise BuildFailed(
                f"building the image of {request.name} failed: {error.message}",
                next_step=f"git worktree add TREE {found.commit[:12]}, and in it"
                f" `docker build --file {source.dockerfile} .`",
                lacking=lacking,
            ) from error
    notes = [replace(each, data={**each.data, "revision": request.name}) for each in lacking]
    noted = replace(found, image=image, notes=[*found.notes, *notes])
    return _identified(noted, identity(program, image))


def load(request: ProgramRequest) -> Revision:
    """Load the image of an archive, unless it is there.

    Raises `MissingTool` without a daemon, `MeasurementFailed` where it cannot be loaded.
    """
    found, program = request.found, docker(request.tools)
    if there := identity(program, found.image):
        return _identified(found, there)
    archive = found.origin.rpartition(" ")[0]
    request.progress(f"loading {archive}")
    try:
        order = [str(program), "image", "load", "--input", archive]
        said = processes.run(order, timeout=_LOAD_WITHIN).stdout
        processes.run([str(program), "image", "tag", _loaded(said, archive), found.image])
    except processes.CommandFailed as error:
        raise MeasurementFailed(
            f"{archive} cannot be loaded: {error.output.strip()}",
            next_step=f"`docker image load --input {archive}` has to work",
        ) from error
    return _identified(found, identity(program, found.image))


def _loaded(said: str, archive: str) -> str:
    """One of the names of the image that `docker image load` says it has loaded, or its digest.

    Raises `MeasurementFailed` where it says none.
    """
    lines = [line for line in said.splitlines() if line.startswith("Loaded image")]
    if not lines:
        raise MeasurementFailed(
            f"{archive} holds no image that Docker loads", next_step="docker save IMAGE"
        )
    return lines[0].partition(": ")[2].strip()


def _identified(found: Revision, identity: str) -> Revision:
    """The revision with the digest of its image's configuration."""
    return replace(found, digest=identity.removeprefix("sha256:"))
