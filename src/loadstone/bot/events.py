"""Events from what GitHub hands to a workflow: a name and a payload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loadstone.bot.payload import PayloadReader
from loadstone.model.bot import (
    BotEvent,
    BranchPush,
    CommentEvent,
    DispatchEvent,
    MergeGroupEvent,
    PullRequest,
    PullRequestAction,
    PullRequestEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
    WorkflowRunEvent,
)

_BRANCH, _TAG = "refs/heads/", "refs/tags/"
_RELEASE_ACTIONS = ("published", "created", "prereleased", "released")
_RUN_ACTIONS = ("requested", "in_progress", "completed")
_INPUT = 2000  # characters of one input


@dataclass(frozen=True, kw_only=True)
class UnusedEvent:
    """An event, or an activity of one, on which nothing is done."""

    name: str
    action: str = ""


def parse(name: str, payload: object) -> BotEvent | UnusedEvent:
    """The event of this name (`GITHUB_EVENT_NAME`) and payload (plain data of its JSON).

    Raises `InvalidFile` with all that is missing or wrong of what is needed.
    """
    read = PayloadReader(payload, f"the event `{name[:50]}`")
    made = _KINDS[name](read) if name in _KINDS else None
    if made is None:
        return UnusedEvent(name=name[:50], action=read.name("action", default=""))
    read.check()
    return made


def _pull_request(read: PayloadReader) -> BotEvent | None:
    try:
        action = PullRequestAction(read.name("action", default=""))
    except ValueError:
        return None
    return PullRequestEvent(
        action=action,
        pull=_pull(read),
        sender=read.name("sender.login", default=""),
        label=read.name("label.name", default=""),
    )


def _pull(read: PayloadReader) -> PullRequest:
    return PullRequest(
        number=read.number("pull_request.number"),
        head_sha=read.sha("pull_request.head.sha"),
        head_ref=read.name("pull_request.head.ref"),
        head_repository=read.repository("pull_request.head.repo.full_name", default=""),
        base_sha=read.sha("pull_request.base.sha"),
        base_ref=read.name("pull_request.base.ref"),
        base_repository=read.repository("pull_request.base.repo.full_name"),
        draft=read.yes("pull_request.draft"),
        open=read.name("pull_request.state", default="") == "open",
        labels=read.names("pull_request.labels", "name"),
        author=read.name("pull_request.user.login", default=""),
    )


def _comment(read: PayloadReader) -> BotEvent | None:
    """Only a comment that was just made: an old one that is edited must not command again."""
    if read.value("action") != "created":
        return None
    return CommentEvent(
        comment=read.number("comment.id"),
        number=read.number("issue.number"),
        on_pull_request=isinstance(read.value("issue.pull_request"), dict),
        body=read.text("comment.body"),
        author=read.name("comment.user.login"),
        bot=read.name("comment.user.type", default="") != "User",
        created=read.time("comment.created_at"),
        open=read.name("issue.state", default="") == "open",
    )


def _push(read: PayloadReader) -> BotEvent | None:
    ref = read.name("ref")
    if ref.startswith(_TAG):
        return TagPush(
            tag=ref.removeprefix(_TAG), sha=read.sha("after"), deleted=read.yes("deleted")
        )
    branch = ref.removeprefix(_BRANCH)
    return BranchPush(
        branch=branch,
        before=read.sha("before"),
        sha=read.sha("after"),
        default=branch == read.name("repository.default_branch"),
        deleted=read.yes("deleted"),
        forced=read.yes("forced"),
    )


def _release(read: PayloadReader) -> BotEvent | None:
    action = read.name("action", default="")
    if action not in _RELEASE_ACTIONS:
        return None
    return ReleaseEvent(
        release=read.number("release.id"),
        tag=read.name("release.tag_name"),
        target=read.name("release.target_commitish", default=""),
        draft=read.yes("release.draft"),
        prerelease=read.yes("release.prerelease"),
        action=action,
    )


def _merge_group(read: PayloadReader) -> BotEvent | None:
    if read.value("action") != "checks_requested":
        return None
    return MergeGroupEvent(
        head_sha=read.sha("merge_group.head_sha"),
        head_ref=read.name("merge_group.head_ref"),
        base_sha=read.sha("merge_group.base_sha"),
        base_ref=read.name("merge_group.base_ref"),
    )


def _schedule(read: PayloadReader) -> BotEvent | None:
    return ScheduleEvent(cron=read.name("schedule"))


def _dispatch(read: PayloadReader) -> BotEvent | None:
    said = read.value("inputs")
    inputs = said if isinstance(said, dict) else {}
    return DispatchEvent(
        inputs={str(key)[:100]: _input(value) for key, value in inputs.items()},
        ref=read.name("ref"),
        sender=read.name("sender.login", default=""),
    )


def _input(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:_INPUT] if isinstance(value, str | int | float) else ""


def _workflow_run(read: PayloadReader) -> BotEvent | None:
    activity = read.name("action", default="")
    if activity not in _RUN_ACTIONS:
        return None
    ended = activity == "completed"
    url = read.name("workflow_run.html_url", default="")
    return WorkflowRunEvent(
        run=read.number("workflow_run.id"),
        attempt=read.number("workflow_run.run_attempt", default=1),
        name=read.name("workflow_run.name", default=""),
        event=read.name("workflow_run.event"),
        conclusion=read.name("workflow_run.conclusion") if ended else "",
        head_sha=read.sha("workflow_run.head_sha"),
        head_branch=read.name("workflow_run.head_branch", default=""),
        head_repository=read.repository("workflow_run.head_repository.full_name", default=""),
        url=url if url.startswith(("https://", "http://")) else "",
        action=activity,
        title=read.name("workflow_run.display_title", default=""),
    )


_KINDS: Mapping[str, Callable[[PayloadReader], BotEvent | None]] = {
    "pull_request": _pull_request,
    "issue_comment": _comment,
    "push": _push,
    "release": _release,
    "merge_group": _merge_group,
    "schedule": _schedule,
    "workflow_dispatch": _dispatch,
    "workflow_run": _workflow_run,
}
