"""The claim of a measuring job about a component, as far as it may be true and counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.flows.bot.asked_here import ComponentRequest
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.model import Note, Run
from loadstone.model.bot import SKIPS, DispatchEvent, MergeGroupEvent
from loadstone.report.common.plain import plain
from loadstone.store.untrusted.measured_claims import ClaimedComponent

# What only the measuring job can know. As with its numbers, nobody can tell whether it is true.
_ITS_WORD = ("same-program", "minutes-per-run", "minutes-per-pull-request", "minutes-per-day")
_BY_FILES = ("documentation-only", "paths-untouched")
_WORD = re.compile(r"[A-Za-z0-9_:.+-]{1,80}")  # a digest, a moment, the name of a component


@dataclass(frozen=True, kw_only=True)
class CheckedClaim:
    """The claim of a job about a component, as far as it counts; see `ClaimedComponent`."""

    minutes: float = 0.0
    budget: float | None = None
    skip: Note | None = None
    failed: Note | None = None


def claimed(
    context: BotContext, run: MeasuredRun, each: ComponentRequest, found: FetchedArtifacts
) -> CheckedClaim:
    """The claim of a job about a component, as far as it may be true and counts."""
    said = found.said.components.get(each.folder) or ClaimedComponent()
    return CheckedClaim(
        minutes=_counted(context, said.minutes, found),
        budget=said.budget,
        skip=_skip(said, by_files=run.facts.changed is None),
        failed=Note.of("measuring-failed", said=plain(said.failed)) if said.failed else None,
    )


def believed(skip: Note, run: MeasuredRun) -> Note:
    """A claim that nothing had to be measured, as it is said.

    It takes less than inventing numbers, and leaves nothing that could be looked at. So of a fork
    it counts where somebody who may has asked for the measuring, and has seen what runs there.
    """
    if isinstance(run.event, DispatchEvent):
        return skip
    fork = run.pull is not None and run.pull.fork
    if skip.code in _BY_FILES and (fork or isinstance(run.event, MergeGroupEvent)):
        return Note.of("files-unconfirmed", files=skip.data["files"])
    if skip.code == "same-program" and fork:
        return Note(code="same-program-unconfirmed", data=skip.data)
    return skip


def cost(
    context: BotContext, claim: CheckedClaim, runs: Sequence[Run], found: FetchedArtifacts
) -> float:
    """The minutes of a measuring: what the job says, but no less than its runs took."""
    seconds = sum(one.seconds for one in runs)
    return max(claim.minutes, _counted(context, seconds / 60, found))


def _counted(context: BotContext, minutes: float, found: FetchedArtifacts) -> float:
    """The minutes that count: what a job says, but no more than it may have been granted.

    Else one artifact could use up the day of everybody.
    """
    caps = context.config.minutes
    return min(minutes, caps.run * max(1, len(found.paths)), caps.pull_request)


def _skip(claim: ClaimedComponent, *, by_files: bool) -> Note | None:
    """Why a component was left out, where that may be true; its data are numbers and words."""
    codes = (*_ITS_WORD, *(_BY_FILES if by_files else ()))
    if claim.skip is None or claim.skip.code not in codes:
        return None
    data = {name: claim.skip.data.get(name) for name in SKIPS[claim.skip.code]}
    known = {
        name: value
        for name, value in data.items()
        if value is not None and (not isinstance(value, str) or _WORD.fullmatch(value))
    }
    return Note(code=claim.skip.code, data=known) if len(known) == len(data) else None
