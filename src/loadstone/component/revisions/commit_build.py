"""Builds of commits: a component's own command among the files of the commit, cached."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.component import cache as caches
from loadstone.component.revisions import definition_files, references
from loadstone.component.revisions.checkout import check_out
from loadstone.component.revisions.references import FoundCommit
from loadstone.component.revisions.repositories import Repository, opened
from loadstone.errors import MeasurementFailed
from loadstone.model import Note
from loadstone.system import processes, temporary
from loadstone.system.git import without_secret

_BUILD_WITHIN = 1800.0  # s


class BuildFailed(MeasurementFailed):
    """A command that made no program; `lacking`: what the files that it was given were without."""

    def __init__(self, message: str, *, next_step: str, lacking: Sequence[Note]) -> None:
        super().__init__(message, next_step=next_step)
        self.lacking = lacking


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """A program that was built from a commit."""

    program: Path
    lacking: Sequence[Note] = ()  # parts that its files were without


def find(
    source: formats.BuildSource, revision: str, cache: Path, progress: Callable[[str], None]
) -> FoundCommit:
    """Find the commit that `revision` names; nothing is built.

    Raises `NoRevision` for one that the repository does not have, `UsageError` for a repository
    that is none, `MeasurementFailed` where a URL cannot be fetched.
    """
    references.require_name(revision)
    repository = opened(source.repository, cache, progress, revision=revision)
    return references.find(repository, revision)


def build(
    source: formats.BuildSource,
    name: str,
    commit: str,
    cache: Path,
    progress: Callable[[str], None],
) -> BuildResult:
    """Build the program of `commit`, which people know as `name`, once per commit.

    The command sees no secret of our environment. Raises `MeasurementFailed` when the commit
    cannot be checked out, the command fails or makes no program.
    """
    place = cache / "builds" / _key(source) / commit
    with caches.making(place):
        if not place.is_dir():
            repository = opened(source.repository, cache, progress, fetch=False)
            return _built(source, repository, name, commit, place, progress)
        caches.use(place)
    return BuildResult(program=place / Path(source.executable).name)


def _built(
    source: formats.BuildSource,
    repository: Repository,
    name: str,
    commit: str,
    place: Path,
    progress: Callable[[str], None],
) -> BuildResult:
    """What lacks files has a place of its own, so that it never stands in for what has all."""
    with temporary.directory() as scratch:
        tree = scratch / "tree"
        lacking = check_out(repository, commit, tree)
        if lacking:
            codes = "-".join(sorted(reason.code for reason in lacking))
            place = place.with_name(f"{commit}-{codes}")
        with caches.making(place) if lacking else nullcontext():
            if not place.is_dir():
                progress(f"building {name} ({commit[:12]})")
                _run(source, tree, name, commit, lacking)
                about = f"{Path(source.executable).name} {name} of {repository.shown}"
                _keep(tree, place, source, about)
            caches.use(place)
    return BuildResult(program=place / Path(source.executable).name, lacking=lacking)


def _run(
    source: formats.BuildSource, tree: Path, name: str, commit: str, lacking: Sequence[Note]
) -> None:
    try:
        processes.run(source.command, cwd=tree, timeout=_BUILD_WITHIN, scrubbed=True)
    except processes.CommandFailed as error:
        raise BuildFailed(
            f"building {name} failed: {error.message}",
            next_step=f"git worktree add TREE {commit[:12]}, and run the command in it",
            lacking=lacking,
        ) from error


def _keep(tree: Path, place: Path, source: formats.BuildSource, about: str) -> None:
    built = tree / source.executable
    if not built.is_file() or not built.stat().st_mode & 0o111:
        raise MeasurementFailed(
            f"`{processes.pretty(source.command)}` made no program {source.executable}",
            next_step="mend `revisions.build` in the component file",
        )
    with caches.filling(place, about) as folder:
        shutil.copy2(built, folder / built.name)
        if source.definitions:
            definition_files.write(source.definitions, tree, folder / definition_files.FILE)


def _key(source: formats.BuildSource) -> str:
    """One place per repository and command: another command makes another program."""
    parts = [without_secret(source.repository), *source.command, source.executable]
    if source.definitions:
        parts.append(msgspec.json.encode(source.definitions).decode())
    text = "\0".join(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
