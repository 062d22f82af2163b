"""Builds a commit of a component in a git worktree of its own, into a cache by commit."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loadstone import shell, spec, workspace
from loadstone.errors import LoadstoneError, MeasurementFailed, UsageError
from loadstone.measure.packages import locked

_URL = re.compile(r"(https|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+")
_BUILD_WITHIN = 1800.0  # s


def build(
    source: spec.BuildSource, revision: str, cache: Path, progress: Callable[[str], None]
) -> tuple[Path, str]:
    """The program built from `revision`, and the commit that this is; built once per commit.

    The command sees no secret of our environment. Raises `UsageError` for a revision that the
    repository does not have, `MeasurementFailed` when the command fails or makes no program.
    """
    repository = _repository(source.repository, cache, progress)
    commit = _commit(repository, revision, source.repository)
    place = cache / "builds" / _key(source) / commit
    program = place / Path(source.executable).name
    with locked(place):
        if not place.is_dir():
            progress(f"building {revision} ({commit[:12]})")
            with workspace.directory() as scratch, _worktree(repository, commit, scratch) as tree:
                _run(source, tree, revision)
                _keep(tree / source.executable, place, source)
    return program, commit


def _run(source: spec.BuildSource, tree: Path, revision: str) -> None:
    try:
        shell.run(source.command, cwd=tree, timeout=_BUILD_WITHIN, scrubbed=True)
    except shell.CommandFailed as error:
        raise MeasurementFailed(
            f"building {revision} failed: {error.message}",
            next_step=f"git worktree add TREE {revision}, and run the command in it",
        ) from error


def _keep(built: Path, place: Path, source: spec.BuildSource) -> None:
    if not built.is_file() or not built.stat().st_mode & 0o111:
        raise MeasurementFailed(
            f"`{shell.pretty(source.command)}` made no program {source.executable}",
            next_step="mend `revisions.build` in the component file",
        )
    made = place.parent / f".{place.name}-made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    shutil.copy2(built, made / built.name)
    made.rename(place)


def _repository(where: str, cache: Path, progress: Callable[[str], None]) -> Path:
    """A local repository: `where` itself, or an up-to-date mirror of that URL."""
    if not _URL.fullmatch(where):
        path = Path(where).expanduser()
        if not path.is_dir():
            raise UsageError(f"there is no repository {where}")
        return path.resolve()
    mirror = cache / "repositories" / hashlib.sha256(where.encode()).hexdigest()[:16]
    with locked(mirror):
        if not mirror.is_dir():
            progress(f"cloning {where}")
            _git(cache, "clone", "--quiet", "--mirror", "--", where, str(mirror))
        else:
            _git(mirror, "fetch", "--quiet", "--prune", "origin")
    return mirror


def _commit(repository: Path, revision: str, shown: str) -> str:
    try:
        asked = f"{revision}^{{commit}}"
        found = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", asked)
    except shell.CommandFailed as error:
        raise UsageError(
            f"{shown} has no revision {revision}",
            next_step="name a branch, a tag or a commit that is in it (git fetch first?)",
        ) from error
    return found.strip()


@contextmanager
def _worktree(repository: Path, commit: str, scratch: Path) -> Iterator[Path]:
    tree = scratch / "tree"
    _git(repository, "worktree", "add", "--quiet", "--detach", str(tree), commit)
    try:
        yield tree
    finally:
        with suppress(LoadstoneError):
            _git(repository, "worktree", "remove", "--force", str(tree))


def _git(where: Path, *arguments: str) -> str:
    return shell.run(["git", "-C", str(where), *arguments], timeout=_BUILD_WITHIN).stdout


def _key(source: spec.BuildSource) -> str:
    """One place per repository and command: another command makes another program."""
    text = "\0".join([source.repository, *source.command, source.executable])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
