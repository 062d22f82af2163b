"""The source of a revision, read from its name: a release, a file, a commit or an image."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from loadstone import formats
from loadstone.component.revisions import commit_build, versions
from loadstone.component.revisions.missing import NoRevision
from loadstone.errors import UsageError
from loadstone.formats.fill import fill_text

Progress = Callable[[str], None]


def form_of(
    component: formats.Component,
    asked: str,
    cache: Path,
    progress: Progress,
    *,
    forms: Collection[str],
    image_ok: bool = False,
) -> tuple[str, str]:
    """The source of a component's revision `asked`, one of `forms`, and its name there.

    `image_ok`: a version is one of its images. Raises `UsageError` where it can come from nowhere.
    """
    prefix, _, rest = asked.partition(":")
    if prefix in forms and rest:
        return prefix, rest
    if "/" in asked and _is_file(asked):
        return "path", asked
    ways = component.revisions
    offered = {"package": ways.package, "download": ways.download, "go": ways.go}
    released = [form for form, source in offered.items() if source is not None]
    if released and (not ways.build or _is_version(ways.build, asked, cache, progress)):
        return released[0], asked
    images = image_ok and ways.image is not None and ways.build is not None
    if ways.build and not (images and _is_version(ways.build, asked, cache, progress)):
        return "build", asked
    if ways.image:
        return "image", fill_text(ways.image.reference, {"revision": asked})
    raise UsageError(
        f"{component.component}: there is no file {asked}, and its versions come from nowhere else",
        next_step="write path:FILE, or say in `revisions` of its file where they come from",
    )


def _is_file(name: str) -> bool:
    try:
        return Path(name).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # no name of a file at all
        return False


def _is_version(source: formats.BuildSource, asked: str, cache: Path, progress: Progress) -> bool:
    """Whether a name is a release's version and not a commit, where it could be either.

    `3.7.15` is a version. `1234567` and `1.2.3+k3s1` may be commits or tags: if Git knows them.
    """
    if versions.release(asked):
        return True
    if versions.version(asked) is None:
        return False
    try:
        commit_build.find(source, asked, cache, progress)
    except NoRevision:
        return True
    return False
