"""Pull requests as revisions: commits that a component's repository has under `refs/pull`.

A clone does not have them. So they are looked for where the clone came from, in a mirror of ours: a
user's repository is not written to. The mirror takes what it can from the clone beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.component.revisions import references
from loadstone.component.revisions.missing import NoRevision
from loadstone.component.revisions.references import FoundCommit
from loadstone.component.revisions.repositories import Repository, at_hand, opened
from loadstone.errors import UsageError

_PULL = re.compile(r"(?:refs/)?pull/(\d{1,9})/(head|merge)")
_NUMBER = re.compile(r"#?(\d{1,9})")
_WHOLE = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")

Progress = Callable[[str], None]


def merged(name: str, asked: str) -> str:
    """The ref of a pull request by its number, as GitHub would merge it. Raises `UsageError`."""
    number = _NUMBER.fullmatch(name)
    if number is None:
        raise UsageError(
            f"{asked!r} is not the name of a revision: {name!r} is no number of a pull request",
            next_step="write pr:123, or refs/pull/123/head for its own commit",
        )
    return f"refs/pull/{number[1]}/merge"


def find(
    source: formats.BuildSource, name: str, cache: Path, progress: Progress, *, fresh: bool = False
) -> FoundCommit:
    """Find the commit that `name` names in the repository, or of a pull request where it came from.

    `fresh`: what the repository itself has of a pull request may be old. Raises what
    `references.find` raises.
    """
    references.require_name(name)
    repository = opened(source.repository, cache, progress, revision=name)
    if not (fresh and _PULL.fullmatch(name)):
        try:
            return references.find(repository, name)
        except NoRevision:
            origin = _origin(repository)
            asked = _PULL.fullmatch(name) or (_WHOLE.fullmatch(name) and at_hand(origin, cache))
            if not asked or not origin:
                raise
    if origin := _origin(repository):
        repository = opened(origin, cache, progress, revision=name, near=repository)
    return _found(repository, name)


def holding(source: formats.BuildSource, cache: Path, *commits: str) -> formats.BuildSource:
    """The source, of the repository that has these commits: its own, or where that came from."""
    repository = opened(source.repository, cache, fetch=False)
    origin = _origin(repository)
    if all(_has(repository, each) for each in commits) or not origin or not at_hand(origin, cache):
        return source
    return msgspec.structs.replace(source, repository=origin)


def _found(repository: Repository, name: str) -> FoundCommit:
    pull = _PULL.fullmatch(name)
    try:
        return references.find(repository, f"refs/pull/{pull[1]}/{pull[2]}" if pull else name)
    except NoRevision as error:
        head = f"refs/pull/{pull[1]}/head" if pull and pull[2] == "merge" else ""
        if not head or repository.ask("rev-parse", "--verify", "--quiet", head) is None:
            raise
        raise NoRevision(
            f"{repository.shown} has no merge of pull request {pull[1] if pull else ''}:"
            " it is closed, or conflicts with its base",
            next_step=f"measure its own commit: build:{head}",
        ) from error


def _origin(repository: Repository) -> str:
    """Where a repository of this machine came from; "" for a mirror, and where nobody says."""
    url = "" if repository.mirror else repository.ask("config", "--get", "remote.origin.url")
    if not url:
        return ""
    return url.strip() if ":" in url else str((repository.path / url.strip()).resolve())


def _has(repository: Repository, commit: str) -> bool:
    return repository.ask("cat-file", "-e", f"{commit}^{{commit}}") is not None
