"""Titles of dispatched runs: the command, commit and pull request that the workflow puts into them.

Only of a run that somebody dispatched is the title ours: `run-name` of the workflow makes it of the
inputs. Of any other it is the words of a stranger.
"""

from __future__ import annotations

import re

from loadstone.model.bot import DispatchEvent, WorkflowRunEvent

_TITLE = re.compile(
    r"(?P<command>/loadstone(?: .{1,1900})?) (?P<head>[0-9a-f]{40}|[0-9a-f]{64})"
    r" #(?P<number>[1-9][0-9]{0,8})(?: on \S+)?"
)


def dispatched(run: WorkflowRunEvent) -> DispatchEvent | None:
    """The dispatch that a run's title tells of; None for any other run, or another title."""
    said = _TITLE.fullmatch(run.title) if run.event == "workflow_dispatch" else None
    return None if said is None else DispatchEvent(inputs=said.groupdict(), ref=run.head_branch)
