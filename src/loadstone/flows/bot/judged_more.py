"""The judging of rounds that were added to an earlier result: all of them together, anew.

The title of the run says which run it adds to; that one may add to another. Each left an artifact,
which is read as hostile and held to the same plan: the same commits, cases and release. Where the
last of them has nothing that can be added, what was found before stands, and why is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.bot.broken_runs import refused, without_result
from loadstone.bot.news import FailureNews
from loadstone.bot.rerun import added_to
from loadstone.errors import UsageError
from loadstone.flows.added_rounds import added, asked_of
from loadstone.flows.artifact import ReceivedRecord
from loadstone.flows.bot.asked_here import ComponentRequest, wanted
from loadstone.flows.bot.claimed_component import CheckedClaim, claimed, cost
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.earlier_attempts import AttemptReader
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.judged_component import (
    JudgedComponent,
    KnownBefore,
    first_rounds,
    judged,
    rule,
    verdict,
)
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.flows.bot.rounds_chain import AddedRun, chain_of
from loadstone.model import Note
from loadstone.model.bot import DispatchEvent
from loadstone.report.common.sentences import sentence
from loadstone.store.untrusted.measured_claims import begun
from loadstone.store.untrusted.opened_artifact import opened

Judge = Callable[[ComponentRequest, FetchedArtifacts, Path], JudgedComponent]


def judge_of(context: BotContext, run: MeasuredRun, attempts: AttemptReader) -> Judge:
    """The judge of the components of a run, be it one that adds to another."""

    def judge(each: ComponentRequest, found: FetchedArtifacts, files: Path) -> JudgedComponent:
        if each.ask.more is None:
            return judged(context, run, each, found, files)
        return judged_more(context, run, each, found, files, attempts)

    return judge


def judged_more(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    found: FetchedArtifacts,
    files: Path,
    attempts: AttemptReader,
) -> JudgedComponent:
    """Judge the rounds of a run with those that it adds to. Raises `GithubFailed`."""
    own = claimed(context, run, each, found)
    chain = chain_of(context, run, each, found, attempts)
    if isinstance(chain, FailureNews):
        return _without(chain, each, own)
    oldest = chain[0].found
    if not oldest.paths:
        return _without(oldest.lost or without_result(), each, own)
    first = _first(context, run, each)
    if first is None:
        nothing = refused("the configuration asks for nothing that can be added to")
        return _without(nothing, each, own)
    claim = claimed(context, run, first, oldest)
    known, got = first_rounds(context, run, first, oldest, claim, files)
    if got.record is None:
        return _without(refused(rule(got.notes)), each, own)
    spent, why = [cost(context, claim, got.record.runs, oldest)], ""
    record = got.record
    for one in chain[1:]:
        new, why = _joined(context, run, each, one, got, known, files, oldest)
        got = new or got
        there, record = len(record.runs), got.record or record
        said = claimed(context, run, each, one.found)
        spent.append(cost(context, said, record.runs[there:], one.found))
    *before, minutes = spent
    made = verdict(
        context, run, each, record, minutes=minutes, before=sum(before), first=known.first
    )
    notes = [Note.of("rounds-not-added", component=each.ask.label, said=why)] if why else []
    return replace(made, notes=notes)


def _without(news: FailureNews, each: ComponentRequest, own: CheckedClaim) -> JudgedComponent:
    """No result, at the cost that the run had all the same."""
    return JudgedComponent(
        label=each.ask.label, news=replace(news, minutes=own.minutes), minutes=own.minutes
    )


def _first(
    context: BotContext, run: MeasuredRun, each: ComponentRequest
) -> ComponentRequest | None:
    """What the oldest run was asked for: as much as the same words ask for, in its own budget."""
    if not isinstance(run.event, DispatchEvent):
        return None
    asks = wanted(context, added_to(run.event), run.facts).measurings
    return next((one for one in asks if one.ask.label == each.ask.label), None)


def _joined(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    one: AddedRun,
    got: ReceivedRecord,
    known: KnownBefore,
    files: Path,
    oldest: FetchedArtifacts,
) -> tuple[ReceivedRecord | None, str]:
    """The rounds with those of one more run; None and why where they are not added."""
    assert one.more is not None  # noqa: S101  (the first of a chain alone has none)
    assert got.record is not None  # noqa: S101  (as `judged_more` has it)
    if why := _unusable(context, run, each, one.found):
        return None, why
    if max(each.round for each in got.record.runs) < one.more.done:
        return None, "the rounds that its own go on after are gone"
    under = f"{each.folder}/"
    machines = _machines(one.found.paths, under) | _machines(oldest.paths, under)
    if len(machines) != 1 or "" in machines:
        return None, sentence(Note.of("other-machine"))
    try:
        asked = asked_of(known.plan, one.more)
    except UsageError as error:
        return None, error.message
    new = added(got, one.found.paths, asked, files=files, history=known.history, under=under)
    return (new, "") if new.record is not None else (None, rule(new.notes))


def _unusable(
    context: BotContext, run: MeasuredRun, each: ComponentRequest, found: FetchedArtifacts
) -> str:
    if not found.paths:
        return sentence((found.lost or without_result()).reason)
    claim = claimed(context, run, each, found)
    reason = claim.skip or claim.failed
    return sentence(reason) if reason is not None else ""


def _machines(paths: Sequence[Path], under: str) -> set[str]:
    """The kinds of machines that artifacts say they were measured on."""
    said = [begun(opened(path, under=under)) for path in paths]
    return {each.environment.key if each else "" for each in said}
