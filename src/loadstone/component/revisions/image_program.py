"""Programs of container images, copied out: from a Docker daemon, or from a saved archive.

Where a provider runs containers, the reference alone is the revision, or what an archive holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from loadstone.component import cache as caches
from loadstone.component.revisions import image_layers, pod_image
from loadstone.component.revisions.docker_daemon import docker, inspected
from loadstone.component.revisions.resolved_program import with_program
from loadstone.component.revisions.revision_request import (
    ProgramRequest,
    RevisionRequest,
    offered,
)
from loadstone.errors import UsageError
from loadstone.model import Revision
from loadstone.system import processes, temporary

_REFERENCE = re.compile(r"[a-z0-9][A-Za-z0-9._:/@-]{0,254}")
_PULL_WITHIN = 900.0  # s


def find(request: RevisionRequest) -> Revision:
    """Find an image: by its reference where containers run, else its digest and that it is there.

    Raises `UsageError` for what refers to no image, or where the component file does not say which
    program of it is meant; `MissingTool` without Docker.
    """
    component, asked, name = request.component, request.asked, request.name
    archive = saved(name)
    if archive is not None and request.image_ok:
        return pod_image.of_archive(request, archive)
    if archive is None and (not _REFERENCE.fullmatch(name) or ".." in name):
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} refers to no container image",
            next_step="write image:REGISTRY/NAME:TAG, path:FILE, or a version",
        )
    found = Revision(side=request.side, asked=asked, label=name, source="image", image=name)
    if request.image_ok:
        return found
    source = component.revisions.image
    if source is None or not source.executable:
        raise UsageError(
            f"{asked} is a container image; this provider runs programs",
            next_step=f"name a version or path:FILE of {component.component}, another provider, or"
            " the program's path in the image as `revisions.image.executable`",
        )
    if archive is not None:
        with image_layers.saved(archive) as image:
            origin = f"{archive} {image.digest}"
        return replace(found, label=archive.name, image="", origin=origin)
    return replace(found, origin=f"{name} {_pulled(docker(request.tools), request)}")


def saved(name: str) -> Path | None:
    """The archive or folder of an image that is meant by a name, None for a reference."""
    try:
        path = Path(name).expanduser().absolute()
        return path if "/" in name and path.exists() else None
    except (OSError, ValueError, RuntimeError):  # no name of a file at all
        return None


def make(request: ProgramRequest) -> Revision:
    """Copy the program out of an image that was found, once per digest."""
    found = request.found
    if not found.origin:
        return found  # where containers run
    source = offered(request.component.revisions.image, request.component, "image")
    where, _, digest = found.origin.rpartition(" ")
    name = Path(source.executable).name
    inside = hashlib.sha256(source.executable.encode()).hexdigest()[:8]
    entry = f"{digest.rpartition(':')[2][:32]}-{inside}"
    place = request.cache / "images" / request.component.component / entry
    with caches.making(place):
        if not place.is_dir():
            request.progress(f"copying {source.executable} out of {where}")
            with (
                temporary.directory() as scratch,
                _archive(where, scratch, request) as archive,
                caches.filling(place, where) as folder,
                image_layers.saved(archive) as image,
            ):
                image_layers.copy_out(image, source.executable, folder / name)
        caches.use(place)
    return with_program(request.component, found, place / name)


@contextmanager
def _archive(where: str, scratch: Path, request: ProgramRequest) -> Iterator[Path]:
    """The image as an archive: it is one, or the daemon saves it as one."""
    if not request.found.image:
        yield Path(where)
        return
    archive = scratch / "image.tar"
    program = docker(request.tools)
    processes.run([str(program), "image", "save", "-o", str(archive), where], timeout=_PULL_WITHIN)
    yield archive


def _pulled(program: Path, request: RevisionRequest) -> str:
    """The digest of an image, which the daemon gets where it lacks it."""
    found = _inspected(program, request.name)
    if found is None:
        request.progress(f"pulling {request.name}")
        try:
            order = [str(program), "image", "pull", "--quiet", request.name]
            processes.run(order, timeout=_PULL_WITHIN)
        except processes.CommandFailed as error:
            said = (error.output.strip().splitlines() or ["no answer"])[-1]
            raise UsageError(
                f"there is no getting the image {request.name}: {said}",
                next_step=f"`docker pull {request.name}` has to work",
            ) from error
        found = _inspected(program, request.name)
    if found is None:
        raise UsageError(f"the daemon does not know {request.name}, which it has just pulled")
    return found


def _inspected(program: Path, name: str) -> str | None:
    """The digest in the registry, or of an image that was in none its id; None: it is not here."""
    image = inspected(program, name)
    if image is None:
        return None
    published = [each.rpartition("@")[2] for each in image.get("RepoDigests") or []]
    return str((published or [image["Id"]])[0])
