"""Errors for a revision that a repository does not have, with how to get it."""

from __future__ import annotations

import difflib
import re

from loadstone.component.revisions.repositories import Repository
from loadstone.errors import UsageError

_STEM = re.compile(r"(?:(?!@\{)[^~^:])+")  # what is before ~1, ^, @{…} and :path
_PULL = re.compile(r"(?:refs/)?(pull/\d+/(?:head|merge))")
_NEAR = 4  # names that are offered instead


class NoRevision(UsageError):
    """A name that a repository, which can be read, does not know."""


def split(name: str) -> tuple[str, str]:
    """A name without what leads on from it, and that: `main~2` is `main` and `~2`."""
    stem = _STEM.match(name)
    return (stem[0], name[stem.end() :]) if stem else ("", name)


def missing(repository: Repository, name: str, said: str) -> NoRevision:
    """The error for a revision that a repository has not: what Git `said`, and what to do."""
    detail = f": {said}" if said else ""
    return NoRevision(
        f"{repository.shown} has no revision {name}{detail}", next_step=_next(repository, name)
    )


def _next(repository: Repository, name: str) -> str:
    steps = []
    near = _near(repository, split(name)[0])
    if near:
        steps.append(f"near it are: {', '.join(near)}")
    if repository.shallow:
        steps.append(
            "this clone is shallow, it was made without its history: `git fetch --unshallow --tags"
            " origin '+refs/heads/*:refs/remotes/origin/*'` gets the rest"
            " (in a workflow, `fetch-depth: 0` of the checkout)"
        )
    pull = _PULL.match(name)
    if pull and not repository.mirror:
        steps.append(f"`git fetch origin {pull[1]}:refs/{pull[1]}` gets it")
    return "; ".join(steps) or ("name a branch, a tag or a commit that is in it (git fetch first?)")


def _near(repository: Repository, stem: str) -> list[str]:
    """Branches and tags whose names are much like it."""
    form = "--format=%(refname:lstrip=2)"
    known = repository.ask("for-each-ref", form, "refs/heads", "refs/tags", "refs/remotes") or ""
    return difflib.get_close_matches(stem, known.splitlines(), n=_NEAR, cutoff=0.7)
