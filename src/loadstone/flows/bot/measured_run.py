"""The measured run of a delivery: what it measured, for whom, and which files say how.

GitHub says which run it is, and whose head its commit is. What the artifact says of that is a hint:
it chooses among the pull requests that have this head, and may name a base that Git confirms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.bot.ask import EventFacts
from loadstone.bot.asked_by_command import bisects, otherwise
from loadstone.bot.dispatch_title import dispatched
from loadstone.errors import GithubFailed
from loadstone.flows.bot import git_facts
from loadstone.flows.bot.context import BotContext
from loadstone.github import pulls
from loadstone.github.client import Client
from loadstone.model.bot import (
    BotEvent,
    BranchPush,
    DispatchEvent,
    MergeGroupEvent,
    PullRequest,
    PullRequestAction,
    PullRequestEvent,
    WorkflowRunEvent,
)
from loadstone.store.untrusted.measured_claims import ClaimedJob

# GitHub's own branch of a merge queue, whose name says upon which commit it was made.
_QUEUED = re.compile(r"gh-readonly-queue/.+/pr-[0-9]+-([0-9a-f]{40})")
_FILES = 500  # of a pull request that are asked for, a request for a hundred


@dataclass(frozen=True, kw_only=True)
class MeasuredRun:
    """A run as it is delivered. `base`: the commit of the files that say how it was measured.

    `pull`: as it is now, its head maybe another by now; None where there is none. `ahead`: commits
    that its base branch has and the head has not.
    """

    event: BotEvent
    sha: str
    base: str
    facts: EventFacts
    pull: PullRequest | None = None
    ahead: int = 0

    @property
    def commanded(self) -> bool:
        """Whether a command asked for something else than the configuration does."""
        return isinstance(self.event, DispatchEvent) and otherwise(self.event)

    @property
    def bisects(self) -> bool:
        """Whether a command asked for the first commit that is slower, and for no comparison."""
        return isinstance(self.event, DispatchEvent) and bisects(self.event)

    @property
    def number(self) -> int:
        return self.pull.number if self.pull else 0


def of_run(
    context: BotContext, client: Client, run: WorkflowRunEvent, said: ClaimedJob
) -> MeasuredRun | None:
    """The run as it is delivered; None where nobody waits for it. Raises `GithubFailed`."""
    made = _KINDS.get(run.event)
    return made(context, client, run, said) if made else None


def _pull_request(
    context: BotContext, client: Client, run: WorkflowRunEvent, said: ClaimedJob
) -> MeasuredRun | None:
    if not run.head_repository:
        return None  # a fork that is gone
    found = pulls.locate(
        client, sha=run.head_sha, repository=run.head_repository, branch=run.head_branch
    )
    pull = found.pull(said.number) or next(iter(found.moved), None)
    if pull is None:
        return None
    event = PullRequestEvent(
        action=PullRequestAction.SYNCHRONIZE, pull=replace(pull, head_sha=run.head_sha)
    )
    return _of_pull(context, client, event, pull, run.head_sha)


def _of_pull(
    context: BotContext, client: Client, event: BotEvent, pull: PullRequest, sha: str
) -> MeasuredRun:
    parted = _parted(client, pull.base_sha, sha)
    merge_base = parted.sha if parted else ""
    changed = _changed(client, pull) if pull.head_sha == sha else None
    return MeasuredRun(
        event=event,
        sha=sha,
        base=merge_base or pull.base_sha,
        facts=EventFacts(
            now=context.now, changed=changed, merge_base=merge_base, sha=context.run.sha
        ),
        pull=pull,
        ahead=parted.behind if parted else 0,
    )


def _dispatch(
    context: BotContext, client: Client, run: WorkflowRunEvent, _said: ClaimedJob
) -> MeasuredRun | None:
    event = dispatched(run)
    if event is None:
        return None
    pull = pulls.read_pull(client, int(event.inputs["number"]))
    return _of_pull(context, client, event, pull, event.inputs["head"])


def _merge_group(
    context: BotContext, client: Client, run: WorkflowRunEvent, said: ClaimedJob
) -> MeasuredRun | None:
    queued = _QUEUED.fullmatch(run.head_branch)
    base = _confirmed(client, queued[1] if queued else said.base, run.head_sha)
    event = MergeGroupEvent(
        head_sha=run.head_sha, head_ref=run.head_branch, base_sha=base, base_ref=""
    )
    return _of_commit(context, client, event, run, base)


def _push(
    context: BotContext, client: Client, run: WorkflowRunEvent, said: ClaimedJob
) -> MeasuredRun | None:
    repository = context.run.event.get("repository")
    default = repository.get("default_branch") if isinstance(repository, dict) else ""
    base = _confirmed(client, said.base, run.head_sha)
    event = BranchPush(
        branch=run.head_branch,
        before=base or "0" * 40,
        sha=run.head_sha,
        default=run.head_branch == default,
    )
    return _of_commit(context, client, event, run, base)


def _of_commit(
    context: BotContext, client: Client, event: BotEvent, run: WorkflowRunEvent, base: str
) -> MeasuredRun:
    """Of a commit that is no pull request's; its files are of where the base left our branch.

    An ancestor of the head may be of the very change that is to be merged. Without an artifact no
    base is known yet, and what is checked out is of the same branch.
    """
    changed = _between(context, client, base, run.head_sha) if base else None
    tip = git_facts.commit_of(context.repository, "HEAD")
    parted = _parted(client, tip, base) if base else None
    return MeasuredRun(
        event=event,
        sha=run.head_sha,
        base=parted.sha if parted else tip,
        facts=EventFacts(now=context.now, changed=changed, sha=context.run.sha),
    )


def _confirmed(client: Client, base: str, head: str) -> str:
    """The base that an artifact names, where it is an ancestor of what was measured.

    Not that itself: between the two nothing would have changed, which passes without numbers.
    """
    parted = _parted(client, base, head) if base and base != head else None
    return base if parted is not None and parted.sha == base else ""


def _parted(client: Client, base: str, head: str) -> pulls.MergeBase | None:
    try:
        return pulls.merge_base(client, base=base, head=head)
    except GithubFailed as failed:
        if failed.status != 404:
            raise
        return None


def _between(context: BotContext, client: Client, base: str, head: str) -> Sequence[str] | None:
    """The files that differ: as the checkout has it, else as GitHub does."""
    known = git_facts.changed_files(context.repository, base, head)
    if known is not None:
        return known
    found = pulls.compared_files(client, base=base, head=head)
    return found.names if found.complete else None


def _changed(client: Client, pull: PullRequest) -> Sequence[str] | None:
    found = pulls.changed_files(client, pull.number, most=_FILES)
    return found.names if found.complete else None


_Made = Callable[[BotContext, Client, WorkflowRunEvent, ClaimedJob], MeasuredRun | None]
_KINDS: Mapping[str, _Made] = {
    "pull_request": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
    "workflow_dispatch": _dispatch,
}
