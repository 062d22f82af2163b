"""The tip that an address of a branch means: here, or in which remote."""

from __future__ import annotations

from pathlib import Path

from loadstone.errors import UsageError
from loadstone.store.blobs.address import LOCAL, BranchAddress
from loadstone.store.blobs.branch import Tip
from loadstone.store.blobs.local_branch import LocalBranch
from loadstone.store.blobs.remote_branch import RemoteBranch
from loadstone.system.git import ask, git, require

_USUAL = "origin"


def find(address: BranchAddress, directory: Path) -> Tip:
    """The tip of a branch, asked for from a directory. Raises `UsageError` where there is none.

    Without a remote in the address it is `origin`, or the only remote; the branch of the repository
    itself where that has no remote.
    """
    require()
    common = ask(directory, "rev-parse", "--git-common-dir")
    repository = None if common is None else directory
    remote = address.remote
    known = git(directory, "remote").split() if repository else []
    if remote and remote not in (*known, LOCAL):
        return _elsewhere(address, known, repository, directory)
    if common is None or repository is None:
        raise UsageError(
            f"{directory} is in no Git repository that could have {address.branch}",
            next_step=f"go to one, or name a URL or path: git:{address.branch}@URL",
        )
    chosen = remote or _usual(address, known)
    if chosen == LOCAL:
        return LocalBranch((directory / common).resolve(), address.branch)
    url, push_url = _located(repository, chosen)
    return RemoteBranch(url, address.branch, push_url=push_url, repository=repository)


def _usual(address: BranchAddress, known: list[str]) -> str:
    if not known:
        return LOCAL
    if _USUAL in known or len(known) == 1:
        return _USUAL if _USUAL in known else known[0]
    raise UsageError(
        f"which remote has {address.branch}?",
        next_step=f"write git:{address.branch}@REMOTE, with one of: {', '.join(known)}",
    )


def _elsewhere(
    address: BranchAddress, known: list[str], repository: Path | None, directory: Path
) -> Tip:
    """The branch of a URL or a path."""
    remote = address.remote
    if ":" not in remote and "/" not in remote:
        raise UsageError(
            f"there is no remote {remote} here",
            next_step=f"choose one of: {', '.join(known) or 'none is there'}; or a URL, or a path",
        )
    return RemoteBranch(_absolute(remote, directory), address.branch, repository=repository)


def _located(repository: Path, remote: str) -> tuple[str, str]:
    """The URLs by which a remote is read and written; the second may be empty."""
    url = (ask(repository, "config", "--get-all", f"remote.{remote}.url") or "").splitlines()
    push = (ask(repository, "config", "--get-all", f"remote.{remote}.pushurl") or "").splitlines()
    if not url:
        raise UsageError(f"the remote {remote} has no URL", next_step="see `git remote -v`")
    top = Path(ask(repository, "rev-parse", "--show-toplevel") or repository)
    return _absolute(url[0], top), _absolute(push[0], top) if push else ""


def _absolute(url: str, base: Path) -> str:
    """A URL as it is; a path from where it is meant."""
    is_url = "://" in url or ":" in url.partition("/")[0]
    return url if is_url else str((base / Path(url).expanduser()).resolve())
