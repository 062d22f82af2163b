"""Repositories of a component's commits: one on this machine, or the mirror of a URL.

A mirror is ours and lies in the cache. It is always named to Git as the repository itself, so that
`fetch --prune` can never work on one that lies around the cache.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loadstone.component import cache as caches
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.system.git import Settings, ask, git, require, unasked, without_secret, words
from loadstone.system.processes import CommandFailed

_URL = re.compile(r"(https?|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+")
_WHOLE = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_LOCKS = ("*.lock", "refs/**/*.lock", "objects/*.lock", "objects/info/**/*.lock")
_EVERYTHING = "+refs/*:refs/*"
_ACCESS = r"^(http\..*|url\..*|credential\..*|lfs\.url|core\.sshcommand|submodule\..*\.url)$"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A Git repository on this machine, and how it is named to people."""

    path: Path
    shown: str
    mirror: bool = False  # it is our copy of a URL

    def git(self, *arguments: str) -> str:
        """The output of Git there. Raises `CommandFailed`."""
        return git(self.path, *arguments, bare=self.mirror)

    def fetch(self, *arguments: str, settings: Settings = ()) -> str:
        """The output of a Git command that goes to a server. Raises `CommandFailed`."""
        settings = [*unasked(self.path), *settings]
        return git(self.path, *arguments, bare=self.mirror, settings=settings)

    def access(self) -> Settings:
        """How to reach servers, where the repository's own configuration says that."""
        said = self.ask("config", "--local", "--includes", "--null", "--get-regexp", _ACCESS) or ""
        pairs = (entry.partition("\n") for entry in said.split("\0") if entry.strip())
        return [(name, value) for name, _, value in pairs]

    def ask(self, *arguments: str) -> str | None:
        """The output of Git there, None where it says no."""
        return ask(self.path, *arguments, bare=self.mirror)

    def file(self, name: str) -> Path:
        """The path of a file of the repository itself, such as `objects` or `shallow`."""
        return (self.path / self.git("rev-parse", "--git-path", name).rstrip("\n")).resolve()

    @property
    def common(self) -> Path:
        """The directory that all its worktrees share."""
        return (self.path / self.git("rev-parse", "--git-common-dir").rstrip("\n")).resolve()

    @property
    def shallow(self) -> bool:
        """Whether its history is cut off."""
        return self.ask("rev-parse", "--is-shallow-repository") == "true"


def opened(
    where: str,
    cache: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    revision: str = "",
    fetch: bool = True,
    near: Repository | None = None,
) -> Repository:
    """The repository of a path or URL; of a URL, a mirror brought up to date.

    Without `fetch`, or where it has the commit `revision`, a mirror is taken as it is. `near`: a
    clone of the same URL, which has most of it and knows how to reach it.
    Raises `UsageError` for a path without a repository, with Git's words, and `MeasurementFailed`
    where a URL cannot be fetched.
    """
    require()
    if _URL.fullmatch(where):
        return _mirrored(where, cache, progress, revision=revision, fetch=fetch, near=near)
    path = Path(where).expanduser()
    if not path.is_dir():
        raise UsageError(
            f"there is no repository {where}",
            next_step="`revisions.build.repository` is a directory (from where you are) or a URL",
        )
    found = Repository(path=path.resolve(), shown=where)
    try:
        found.git("rev-parse", "--git-dir")
    except CommandFailed as error:
        raise UsageError(f"Git does not read {where}: {words(error)}") from error
    return found


def at_hand(where: str, cache: Path) -> bool:
    """Whether a repository can be opened without the network: a path, or a URL that is mirrored."""
    return not _URL.fullmatch(where) or _place(where, cache).is_dir()


def _place(url: str, cache: Path) -> Path:
    """The directory of a mirror."""
    shown = without_secret(url)
    return cache / "repositories" / hashlib.sha256(shown.encode()).hexdigest()[:16]


def _mirrored(
    url: str,
    cache: Path,
    progress: Callable[[str], None],
    *,
    revision: str,
    fetch: bool,
    near: Repository | None,
) -> Repository:
    shown, place = without_secret(url), _place(url, cache)
    mirror = Repository(path=place.absolute(), shown=shown, mirror=True)
    with caches.making(place):
        if not place.is_dir() or mirror.ask("rev-parse", "--git-dir") is None:
            progress(f"cloning {shown}")
            _clone(url, shown, place, near)
        elif fetch and not _has(mirror, revision):
            _fetch(url, mirror, revision, near.access() if near else ())
        caches.use(place)
    return mirror


def _has(mirror: Repository, revision: str) -> bool:
    """Whether nothing newer could be meant: it is a whole hash, and the commit is here."""
    return bool(_WHOLE.fullmatch(revision)) and mirror.ask("cat-file", "-e", revision) is not None


def _clone(url: str, shown: str, place: Path, near: Repository | None) -> None:
    """A mirror, whole or not at all; no password stays in it."""
    made = place.parent / f".{place.name}-new"
    for left in (made, place):
        shutil.rmtree(left, ignore_errors=True)
    order = ["clone", "--quiet", "--mirror", "--template=", "--origin=origin"]
    settings = unasked(place.parent)
    if near is not None:
        settings = [*settings, *near.access()]
        if not near.shallow:  # its objects are copied, and not borrowed for long
            order += [f"--reference-if-able={near.common}", "--dissociate"]
    try:
        git(place.parent, *order, "--", url, str(made), settings=settings)
    except CommandFailed as error:
        shutil.rmtree(made, ignore_errors=True)
        raise _unreached(url, shown, error) from error
    git(made, "config", "remote.origin.url", shown, bare=True)
    (made / "description").write_text(f"{shown}\n", encoding="utf-8")
    made.rename(place)


def _fetch(url: str, mirror: Repository, revision: str, access: Settings) -> None:
    for pattern in _LOCKS:  # of a Git that was killed: nobody else works on a mirror of ours now
        for left in mirror.path.glob(pattern):
            left.unlink(missing_ok=True)
    try:
        order = ("fetch", "--quiet", "--prune", "--no-write-fetch-head", "--", url, _EVERYTHING)
        mirror.fetch(*order, settings=access)
        if revision.startswith(("HEAD", "@")):
            _follow(url, mirror)
    except CommandFailed as error:
        raise _unreached(url, mirror.shown, error) from error


def _follow(url: str, mirror: Repository) -> None:
    """Let HEAD name the branch that it names over there by now."""
    said = mirror.fetch("ls-remote", "--symref", "--", url, "HEAD")
    branch = re.match(r"ref: (refs/\S+)\tHEAD", said)
    if branch:
        mirror.git("symbolic-ref", "HEAD", branch[1])


def _unreached(url: str, shown: str, error: CommandFailed) -> MeasurementFailed:
    said = words(error).replace(url, shown)
    return MeasurementFailed(
        f"Git does not get {shown}: {said}",
        next_step=f"`git ls-remote {shown}` has to work without a question",
    )
