"""Events of the repository: what GitHub tells a workflow, as one union in GitHub's own words.

A `match` that forgets a kind is a type error. Times are RFC 3339 in UTC, a `sha` is a full commit
hash, a repository is `owner/name`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class PullRequestAction(StrEnum):
    """The activity of a pull request that the bot acts on."""

    OPENED = "opened"
    SYNCHRONIZE = "synchronize"  # pushed to
    REOPENED = "reopened"
    READY_FOR_REVIEW = "ready_for_review"
    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """A pull request as an event or the API tells it. Repositories are `owner/name`.

    `base_sha` is the tip of the base branch and not the merge base, which only Git knows.
    `head_repository` is "" where a fork is gone.
    """

    number: int
    head_sha: str
    head_ref: str
    head_repository: str
    base_sha: str
    base_ref: str
    base_repository: str
    draft: bool = False
    open: bool = True
    labels: Sequence[str] = ()
    author: str = ""

    @property
    def fork(self) -> bool:
        """Whether its code comes from another repository; of one that is gone, surely."""
        return self.head_repository.lower() != self.base_repository.lower()


@dataclass(frozen=True, kw_only=True)
class PullRequestEvent:
    """A pull request was opened, pushed to, labelled, …; `label`: the one put on or taken off."""

    action: PullRequestAction
    pull: PullRequest
    sender: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentEvent:
    """A comment was created on an issue, or on a pull request (`on_pull_request`)."""

    comment: int  # its id
    number: int
    on_pull_request: bool
    body: str
    author: str
    bot: bool  # whether a program wrote it
    created: str
    open: bool = True


@dataclass(frozen=True, kw_only=True)
class BranchPush:
    """A branch moved from `before` to `sha`; `default`: it is the repository's default branch."""

    branch: str
    before: str
    sha: str
    default: bool
    deleted: bool = False
    forced: bool = False


@dataclass(frozen=True, kw_only=True)
class TagPush:
    """A tag was pushed."""

    tag: str
    sha: str
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class ReleaseEvent:
    """A release was made or published; only a draft may still be changed where they are frozen."""

    release: int  # its id
    tag: str
    target: str  # what the tag was made of, a branch or commit
    draft: bool
    prerelease: bool
    action: str = "published"


@dataclass(frozen=True, kw_only=True)
class MergeGroupEvent:
    """A merge queue asks for the status of a merge that it may push: `head_sha` on `base_sha`."""

    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str


@dataclass(frozen=True, kw_only=True)
class ScheduleEvent:
    """The clock of a workflow."""

    cron: str


@dataclass(frozen=True, kw_only=True)
class DispatchEvent:
    """Somebody, or the bot itself, started the workflow with these inputs."""

    inputs: Mapping[str, str]
    ref: str
    sender: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkflowRunEvent:
    """A workflow run waits, was started or has ended (`action`, in GitHub's words).

    Whose pull request it is, is found by `head_sha`, never told. `event`: what had started it;
    `conclusion`: success, failure, cancelled, timed_out, …, "" before its end. `title`: as it is
    listed, the words of who started it.
    """

    run: int
    attempt: int
    name: str
    event: str
    conclusion: str
    head_sha: str
    head_branch: str
    head_repository: str
    url: str = ""
    action: str = "completed"
    title: str = ""


BotEvent = (
    PullRequestEvent
    | CommentEvent
    | BranchPush
    | TagPush
    | ReleaseEvent
    | MergeGroupEvent
    | ScheduleEvent
    | DispatchEvent
    | WorkflowRunEvent
)
