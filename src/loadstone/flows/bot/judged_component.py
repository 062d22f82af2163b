"""The judging of one component by the privileged job: our plan, their numbers, our words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone import __version__
from loadstone.bot.acceptance import for_pull_request, of_configuration
from loadstone.bot.broken_runs import refused, without_result
from loadstone.bot.commit_status import gate
from loadstone.bot.minutes import foretold
from loadstone.bot.news import FailureNews, News, SkipNews, VerdictNews
from loadstone.errors import LoadstoneError
from loadstone.flows.artifact import ReceivedRecord, received
from loadstone.flows.bot import git_facts
from loadstone.flows.bot.asked_here import ComponentRequest
from loadstone.flows.bot.claimed_component import CheckedClaim, believed, claimed, cost
from loadstone.flows.bot.context import BotContext, progress
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.flows.judge import demoted
from loadstone.flows.knowledge import noise
from loadstone.flows.knowledge.ancestor_records import ancestor_record
from loadstone.flows.prepare import sketch
from loadstone.model import Note, Plan, Record, Revision, Side, Verdict
from loadstone.model.accepted import AcceptedChange
from loadstone.report.comment import Result, RunnerMinutes
from loadstone.report.common.sentences import sentence
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.latencies import percentiles
from loadstone.stats.comparison.set_aside import set_aside
from loadstone.store.untrusted.admitted_runs import unverified
from loadstone.store.untrusted.measured_claims import begun
from loadstone.store.untrusted.opened_artifact import opened

_CHANGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_RULES = 3  # refusals that are said


@dataclass(frozen=True, kw_only=True)
class JudgedComponent:
    """The news of a component, with its result where there is one, and what else to say of it."""

    label: str
    news: News
    minutes: float = 0.0
    result: Result | None = None
    notes: Sequence[Note] = ()


@dataclass(frozen=True, kw_only=True)
class KnownBefore:
    """The knowledge of our own records: noise, and whether any is of an ancestor."""

    plan: Plan
    history: History | None = None
    first: bool = True


def judged(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    found: FetchedArtifacts,
    files: Path,
) -> JudgedComponent:
    """Judge what is admitted of an artifact. `files`: an empty directory of ours."""
    claim = claimed(context, run, each, found)
    bare = JudgedComponent(label=each.ask.label, news=without_result(), minutes=claim.minutes)
    if claim.skip is not None:
        return replace(bare, news=SkipNews(reason=believed(claim.skip, run)), minutes=0.0)
    if claim.failed is not None:
        return replace(bare, news=FailureNews(reason=claim.failed, minutes=claim.minutes))
    known, got = first_rounds(context, run, each, found, claim, files)
    if got.record is None:
        return replace(bare, news=refused(rule(got.notes), minutes=claim.minutes))
    minutes = cost(context, claim, got.record.runs, found)
    return verdict(context, run, each, got.record, minutes=minutes, first=known.first)


def first_rounds(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    found: FetchedArtifacts,
    claim: CheckedClaim,
    files: Path,
) -> tuple[KnownBefore, ReceivedRecord]:
    """The rounds that are admitted of an artifact, judged by what was known before it."""
    known = _known(context, run, _plan(context, each, claim), each, found)
    got = received(
        found.paths, known.plan, files=files, history=known.history, under=f"{each.folder}/"
    )
    return known, got


def rule(notes: Sequence[Note]) -> str:
    """The rules by which something was refused, in words of ours."""
    return "; ".join(sentence(note) for note in notes[:_RULES])


def verdict(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    record: Record,
    *,
    minutes: float,
    before: float = 0.0,
    first: bool,
) -> JudgedComponent:
    """The verdict on a judged record. `before`: minutes that earlier measurings of it took."""
    judgement = record.judgement
    assert judgement is not None  # noqa: S101  (`received` judged it)
    changes = _accepted(context, run.number)
    accepted = set_aside(judgement, changes, component=each.ask.label, now=context.now)
    news = VerdictNews(
        conclusion=gate(accepted, certain=each.ask.certain),
        changed=any(row.verdict in _CHANGED for row in judgement.comparisons),
        minutes=round(before + minutes, 1),
        commanded=run.commanded,
    )
    spent = _spent(context, run.number)
    result = Result(
        record=record,
        latencies=percentiles(record.plan.cases, record.runs, judgement.comparisons),
        accepted=accepted.rows,
        cost=RunnerMinutes(
            minutes=before + minutes,
            spent=None if spent is None else spent + minutes,
            cap=context.config.minutes.pull_request if run.number else None,
        ),
        first=first,
    )
    return JudgedComponent(label=each.ask.label, news=news, minutes=minutes, result=result)


def _accepted(context: BotContext, number: int) -> Sequence[AcceptedChange]:
    """The accepted changes; where the store cannot be read, nothing of it is accepted."""
    try:
        return context.accepted(number)
    except LoadstoneError as error:
        progress(f"what was accepted is not known: {error.message}")
        return for_pull_request(of_configuration(context.config), number)


def _spent(context: BotContext, number: int) -> float | None:
    """The minutes that a pull request has used before; None where nobody knows."""
    try:
        return context.spent(number).pull_request if number else None
    except LoadstoneError:
        return None


def _plan(context: BotContext, each: ComponentRequest, claim: CheckedClaim) -> Plan:
    """The plan of the base's files, within the budget that was left when it was measured.

    That is what the job says, but no less than the first look takes, and no more than we grant.
    """
    request = each.request
    plan = sketch(request).plan
    ours = request.budget
    if claim.budget is not None and ours is not None:
        least = foretold(plan).least * 60
        ours = max(min(claim.budget, ours), min(least, ours))
    return replace(
        plan,
        base=revision(context, Side.BASE, request.base),
        head=revision(context, Side.HEAD, request.head),
        policy=replace(plan.policy, budget=ours),
    )


def revision(context: BotContext, side: Side, asked: str) -> Revision:
    """A revision that is not built; its commit is "" where it is none that is known here."""
    whole = len(asked) in (40, 64) and set(asked) <= set("0123456789abcdef")
    commit = asked if whole else git_facts.commit_of(context.repository, asked)
    label = commit[:12] or asked
    source = "build" if commit else ""
    return Revision(side=side, asked=asked, label=label, source=source, commit=commit)


def _known(
    context: BotContext,
    run: MeasuredRun,
    plan: Plan,
    each: ComponentRequest,
    found: FetchedArtifacts,
) -> KnownBefore:
    """What was known when it was measured; the artifact says on what kind of machine that was."""
    said = begun(opened(found.paths[0], under=f"{each.folder}/"))
    if said is None or not said.environment.key:
        return KnownBefore(plan=plan)
    environment = replace(unverified(plan, __version__), key=said.environment.key)
    record = Record(plan=plan, environment=environment, runs=(), started=said.started)
    try:
        store = context.store()
        record = demoted(record, store)
        history = noise.before(record, store)
        near = ancestor_record(record, store, context.repository, base=run.base, head=run.base)
    except LoadstoneError as error:
        progress(f"the baselines tell nothing: {error.message}")
        return KnownBefore(plan=plan)
    return KnownBefore(plan=record.plan, history=history, first=near.entry is None)
