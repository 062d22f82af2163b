"""The comment of a pull request once a command was obeyed: what waits, and what was stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from loadstone.bot.command_sections import after_command, judged_runs
from loadstone.bot.comment_memory import recall, remember
from loadstone.bot.lifecycle import KEY, published
from loadstone.errors import ArtifactExpired, ArtifactRefused
from loadstone.formats.configuration import Config, label_of
from loadstone.github import comments
from loadstone.github.client import Client
from loadstone.github.comments import CommentOutcome, Draft
from loadstone.github.own_comments import OwnComment
from loadstone.model.bot import CancelledState, CommentState, QueuedState
from loadstone.report.comment import Result, pull_request


def show(
    client: Client,
    config: Config,
    number: int,
    state: QueuedState | CancelledState,
    *,
    components: Sequence[str] = (),
    asked_by: str = "",
    results: Callable[[], Mapping[str, Result]],
) -> CommentOutcome:
    """Let the comment say what a command has changed, and keep what it said of results.

    `components`: those that are measured, all of the configuration where empty. Where a result that
    it shows can no longer be had, the comment stays as it is. Raises `GithubFailed`.
    """
    if config.comment == "never":
        return CommentOutcome.ABSENT
    named = [label_of(each) for each in components]
    measured = named or [label_of(each.name) for each in config.measured()]
    known: dict[str, Result] = {}

    def change(now: OwnComment | None) -> Draft | None:
        before = recall(now.data) if now else []
        sections = after_command(before, state, measured)
        if sections == before:
            return None
        if judged_runs(sections) and not known:
            with suppress(ArtifactExpired, ArtifactRefused):
                known.update(results())
        shown = {each.component for each in sections if judged_runs([each])}
        if not shown <= known.keys():
            return None
        said = CommentState(number=number, sections=sections)
        body = pull_request(said, known, asked_by=asked_by)
        effect = published(said, config.comment, body, remember(sections))
        if effect is None:
            return None
        return Draft(body=effect.body, data=effect.data, create=effect.create)

    return comments.update(client, number, KEY, change).outcome
