"""Pull requests: found by the commit that was measured, and what they change.

An artifact's own word for its pull request is a hint and no more: the event of a workflow run that
a fork caused names none, and anybody can write a number into an artifact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from github.PullRequest import PullRequest as ApiPullRequest

from loadstone.errors import UsageError
from loadstone.github.client import PAGE, Client, quoted
from loadstone.github.refusals import in_words
from loadstone.model import Commit
from loadstone.model.bot import PullRequest

COMMITS = 1000  # between two, that are asked for
COMPARED = 300  # changed files of a comparison, the most that GitHub lists
FILES = 3000  # changed files, the most that GitHub lists


@dataclass(frozen=True, kw_only=True)
class PullLocation:
    """A measured commit's place among the pull requests that are open.

    `pulls`: those whose head it is, lowest number first; mostly one, and more where a branch is to
    go into several. `moved`: those of the same branch whose head is another by now.
    """

    pulls: Sequence[PullRequest]
    moved: Sequence[PullRequest]

    def pull(self, hint: int = 0) -> PullRequest | None:
        """The one that is meant: the hint where it is among them, else the first."""
        return next((one for one in self.pulls if one.number == hint), next(iter(self.pulls), None))


@dataclass(frozen=True, kw_only=True)
class ChangedFiles:
    """The files that a pull request changes, with the old names of those that it renames.

    `complete` is False where there are more than GitHub lists, or than were asked for.
    """

    names: Sequence[str]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class MergeBase:
    """Where a head left its base. `ahead`, `behind`: commits of the head, and of the base."""

    sha: str
    ahead: int
    behind: int


def locate(client: Client, *, sha: str, repository: str, branch: str) -> PullLocation:
    """The open pull requests of a commit: of its branch, in its repository. 1 request."""
    owner = repository.split("/", maxsplit=1)[0]
    with in_words(f"the pull request of {sha[:12]}"):
        found = client.repo.get_pulls(state="open", head=f"{owner}:{branch}")
        pulls = sorted((_pull(one) for one in found), key=lambda pull: pull.number)
    # An owner may have two forks with a branch of that name; only one was measured.
    own = [pull for pull in pulls if pull.head_repository.lower() == repository.lower()]
    return PullLocation(
        pulls=[pull for pull in own if pull.head_sha == sha],
        moved=[pull for pull in own if pull.head_sha != sha],
    )


def read_pull(client: Client, number: int) -> PullRequest:
    """One pull request, as it is now. 1 request."""
    with in_words(f"pull request #{number}"):
        return _pull(client.repo.get_pull(number))


def changed_files(client: Client, number: int, *, most: int = FILES) -> ChangedFiles:
    """The files that it changes, up to `most`. 1 request for a hundred of them."""
    names: dict[str, None] = {}
    entries = 0
    with in_words(f"the files of #{number}"):
        for page in client.pages(f"/pulls/{number}/files"):
            entries += len(page)
            for entry in page:
                names[str(entry["filename"])] = None
                if entry.get("previous_filename"):
                    names[str(entry["previous_filename"])] = None
            if entries >= min(most, FILES):
                return ChangedFiles(names=tuple(names), complete=False)
    return ChangedFiles(names=tuple(names), complete=True)


def merge_base(client: Client, *, base: str, head: str) -> MergeBase:
    """Where two commits parted, a fork's too. 1 request."""
    with in_words(f"the merge base of {base[:12]} and {head[:12]}"):
        path = f"/compare/{quoted(base)}...{quoted(head)}"
        found = client.ask("GET", path, query={"per_page": 1})
        return MergeBase(
            sha=str(found["merge_base_commit"]["sha"]),
            ahead=int(found["ahead_by"]),
            behind=int(found["behind_by"]),
        )


def compared_files(client: Client, *, base: str, head: str) -> ChangedFiles:
    """The files that differ between two commits, with old names, as far as GitHub lists them here.

    1 request.
    """
    names: dict[str, None] = {}
    with in_words(f"the files from {base[:12]} to {head[:12]}"):
        path = f"/compare/{quoted(base)}...{quoted(head)}"
        found = client.ask("GET", path, query={"per_page": 1}).get("files")
        for entry in found or ():
            names[str(entry["filename"])] = None
            if entry.get("previous_filename"):
                names[str(entry["previous_filename"])] = None
    return ChangedFiles(names=tuple(names), complete=found is not None and len(found) < COMPARED)


def first_parents(client: Client, *, base: str, head: str, most: int = COMMITS) -> list[Commit]:
    """The commits from one (left out) to another along first parents, the oldest first.

    A fork's too. 1 request for a hundred of all that lie between them. Raises `UsageError` where
    the one does not lead to the other, or there are more than `most` between them.
    """
    between: dict[str, tuple[str, str]] = {}
    with in_words(f"the commits from {base[:12]} to {head[:12]}"):
        path = f"/compare/{quoted(base)}...{quoted(head)}"
        for page in range(1, most // PAGE + 1):
            found = client.ask("GET", path, query={"per_page": PAGE, "page": page})
            _require_whole(found, base, head, most)
            between |= dict(map(_with_parent, found["commits"]))
            if len(found["commits"]) < PAGE:
                break
    commits: list[Commit] = []
    while head in between and len(commits) < len(between):
        parent, subject = between[head]
        commits.insert(0, Commit(hash=head, subject=subject))
        head = parent
    return commits


def _require_whole(found: Any, base: str, head: str, most: int) -> None:
    """Commits that lead elsewhere, or a part of them, would blame one that is not to blame."""
    parted, between = str(found["merge_base_commit"]["sha"]), int(found["total_commits"])
    if parted != base:
        raise UsageError(
            f"{base[:12]} is no ancestor of {head[:12]}",
            next_step=f"take the commit where they part: {parted[:12]}",
        )
    if between > most:
        raise UsageError(
            f"{between} commits lie between {base[:12]} and {head[:12]}, at most {most} may",
            next_step="name a base that is nearer",
        )


def _with_parent(found: Any) -> tuple[str, tuple[str, str]]:
    """A commit, its first parent, and its subject."""
    parents = [str(each["sha"]) for each in found["parents"]]
    subject = str(found["commit"]["message"]).partition("\n")[0]
    return str(found["sha"]), (parents[0] if parents else "", subject)


def _pull(found: ApiPullRequest) -> PullRequest:
    return PullRequest(
        number=found.number,
        head_sha=found.head.sha,
        head_ref=found.head.ref,
        head_repository=_name(found.head.repo),
        base_sha=found.base.sha,
        base_ref=found.base.ref,
        base_repository=_name(found.base.repo),
        draft=bool(found.draft),
        open=found.state == "open",
        labels=tuple(label.name for label in found.labels),
        author=found.user.login if found.user else "",
    )


def _name(repository: Any) -> str:
    return str(repository.full_name) if repository else ""  # a fork that is gone
