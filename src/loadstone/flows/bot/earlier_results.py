"""The last results of a pull request as what rounds can be added to: what would settle them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from loadstone.bot import commands
from loadstone.bot.command_sections import judged_runs, verdict_of
from loadstone.bot.commands import Command
from loadstone.bot.dispatch_title import dispatched
from loadstone.bot.minutes import foretold_more
from loadstone.bot.more_rounds import MoreRounds
from loadstone.bot.rerun import EarlierResult
from loadstone.bot.safe_words import MOST_ROUNDS
from loadstone.errors import UsageError
from loadstone.flows.artifact import LOST
from loadstone.flows.schedules.extension import extension
from loadstone.model import Record, Verdict
from loadstone.model.bot import CommentSection, WorkflowRunEvent
from loadstone.report.comment import Result

_UNSETTLED = (Verdict.INCONCLUSIVE, Verdict.INVALID)
_FEWEST = 2  # rounds, of which a case has any verdict at all

Read = Callable[[int], WorkflowRunEvent]
Judge = Callable[[WorkflowRunEvent], Mapping[str, Result]]


def earlier_results(
    sections: Sequence[CommentSection], *, sha: str, read: Read, judge: Judge, minutes: float
) -> list[EarlierResult]:
    """The results that the verdicts on a commit are of. `minutes`: that a run may take.

    A result of which something was lost is none that anything could be added to.
    """
    said = [each for each in sections if (of := verdict_of(each.state)) and of.sha == sha]
    found = []
    for run, attempt in judged_runs(said):
        event = replace(read(run), attempt=attempt)
        here = [each for each in said if (each.run, each.attempt) == (run, attempt)]
        found.append(_result(event, sha, here, judge(event), minutes))
    return [each for each in found if each.more or each.settled]


def _result(
    event: WorkflowRunEvent,
    sha: str,
    said: Sequence[CommentSection],
    results: Mapping[str, Result],
    minutes: float,
) -> EarlierResult:
    command = _command(event)
    known = {each.component: results[each.component] for each in said if each.component in results}
    whole = {label: each.record for label, each in known.items() if not _lost(each.record)}
    more = {label: _more(event, record, minutes) for label, record in whole.items()}
    return EarlierResult(
        run=event.run,
        attempt=event.attempt,
        sha=sha,
        event=command.options.get("event", "comment") if command else "pull_request",
        command=command,
        more={label: each for label, each in more.items() if each is not None},
        settled={label: _all(event, whole[label]) for label, each in more.items() if each is None},
    )


def _command(event: WorkflowRunEvent) -> Command | None:
    said = dispatched(event)
    found = commands.parse(said.inputs["command"], own=True) if said else None
    return found if isinstance(found, Command) else None


def _lost(record: Record) -> bool:
    warnings = record.judgement.warnings if record.judgement else ()
    return any(each.code in LOST for each in warnings)


def _all(event: WorkflowRunEvent, record: Record) -> MoreRounds:
    """A round of all cases."""
    return MoreRounds(
        run=event.run,
        attempt=event.attempt,
        done=max(run.round for run in record.runs),
        rounds=1,
        cases=range(1, len(record.plan.cases) + 1),
    )


def _more(event: WorkflowRunEvent, record: Record, minutes: float) -> MoreRounds | None:
    """What would settle a record, as far as a run may take; None where nothing has to be."""
    judgement, plan = record.judgement, record.plan
    assert judgement is not None  # noqa: S101  (a result is judged)
    try:
        asked = extension(judgement, plan, record.runs, rounds=None, globs=(), only=set(_UNSETTLED))
    except UsageError:
        return None
    names = set(asked.cases)
    places = [n for n, each in enumerate(plan.cases, start=1) if each.case.name in names]
    one = MoreRounds(run=event.run, attempt=event.attempt, done=asked.done, rounds=1, cases=places)
    most = int(minutes / foretold_more(plan, one).least) if minutes else MOST_ROUNDS
    return replace(one, rounds=max(_FEWEST, min(asked.rounds, MOST_ROUNDS, most)))
