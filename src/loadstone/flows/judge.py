"""The judging of records, measured now or earlier: a judgement and profile diffs are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.errors import MeasurementFailed, UnsafeGate, UsageError
from loadstone.flows.joined_shards import whole
from loadstone.flows.knowledge import false_alarms, noise
from loadstone.flows.profile_diffs import WARNINGS as PROFILE_WARNINGS
from loadstone.flows.profile_diffs import diffs as profiles
from loadstone.flows.schedules import extension
from loadstone.flows.schedules.sequential import judged as judgement_of
from loadstone.model import Look, Note, ProfileDiff, Record, Scalar, Side
from loadstone.report.common.commands import BASELINE, again
from loadstone.report.common.sentences import in_full
from loadstone.report.comparison.first_round import missing, so_far
from loadstone.stats.across_days.judge import across
from loadstone.stats.audit.demotion import apply
from loadstone.stats.comparison.coupling import cores
from loadstone.stats.comparison.history import History
from loadstone.stats.designs.judge import designed
from loadstone.stats.designs.profiling import profiling
from loadstone.stats.scaling.judge import scaled
from loadstone.store.comparability import differences
from loadstone.store.protocol import Store


def judged(
    record: Record,
    *,
    history: History | None = None,
    looks: Sequence[Look] = (),
    files: Path | None = None,
    anew: bool = False,
    baselines: Store | None = None,
) -> Record:
    """Judge a record, and compare its profiles where `files` holds them.

    A record that has a judgement keeps it, unless it is to be judged `anew`. Without a `history`,
    the records under `baselines` tell what was known of the noise when it was measured.

    Raises `UsageError` for the runs of a search for redlines, which compare nothing.
    """
    _require_comparison(record)
    if record.judgement is not None and not anew:
        return record
    _require_rounds(record)
    if record.judgement is not None:
        looks = looks or record.judgement.looks  # what was seen when stays what it was
    if history is None and baselines is not None:
        history = noise.before(record, baselines)
    judgement = judgement_of(
        record.plan,
        record.runs,
        history=history,
        looks=looks,
        cores=cores(record.environment.facts),
    )
    judgement = scaled(judgement, record.plan.cases, record.runs)
    judgement = designed(judgement, record.plan.cases, record.runs)
    judgement = profiling(judgement, record.plan.cases, record.runs)
    diffs, warnings = _told(record) if files is None else profiles(record.runs, files, record.plan)
    judgement = replace(judgement, warnings=[*judgement.warnings, *warnings])
    record = replace(record, judgement=judgement, profiles=diffs)
    record = warned(record, extension.warnings(looks, record.plan.policy.alpha))
    return whole(record)


def _require_comparison(record: Record) -> None:
    if record.plan.search is not None:
        raise UsageError(
            "these are the runs of a search for redlines, not of a comparison",
            next_step="loadstone report DIRECTORY shows what was found",
        )
    if record.plan.shard is not None:
        raise UsageError(
            f"this is shard {record.plan.shard} alone, which nothing can be said from",
            next_step="loadstone merge DIR… joins the directories of all shards and judges them",
        )


def _require_rounds(record: Record) -> None:
    """Raise for a record whose rounds cannot be judged: of two days, or too few yet."""
    if record.judgement is not None and any(w.code == BASELINE for w in record.judgement.warnings):
        raise UsageError(
            "this is a comparison with another day, whose rounds are never paired",
            next_step=f"judge it from what was measured: {again(record)}",
        )
    if record.judgement is None and not comparable(record):
        raise MeasurementFailed(
            so_far(record),
            next_step="look again when every case has been measured on both sides",
        )


def comparable(record: Record) -> bool:
    """Whether there is anything to compare: of a session that goes on, from its first round on.

    Of one that has ended, the judge says what is missing.
    """
    return bool(record.finished) or not missing(record)


def _told(record: Record) -> tuple[Sequence[ProfileDiff], Sequence[Note]]:
    """The profile diffs of a record, which stay true where their files are gone."""
    warnings = record.judgement.warnings if record.judgement is not None else ()
    return record.profiles, [warn for warn in warnings if warn.code in PROFILE_WARNINGS]


def against(
    record: Record, baseline: Record, *, gate: bool, baselines: Store | None = None
) -> Record:
    """Judge head of a run against head of a baseline, as a gate only where they are comparable.

    Rounds of different days are never paired, so the comparison is the wider one; how wide, the
    records of the same series under `baselines` say.

    Raises `UnsafeGate` with all that differs when it must not gate.
    """
    differing = differences(record, baseline)
    if gate and differing:
        raise UnsafeGate(
            "the baseline cannot gate: " + "; ".join(map(in_full, differing)),
            next_step="compare without --gate to see it as context, or save a baseline here",
        )
    tau = None if baselines is None else noise.drift(record, baselines)
    plans, policy = record.plan.cases, record.plan.policy
    judgement = across(record.runs, baseline.runs, plans, policy, tau=tau)
    base = replace(baseline.plan.head, side=Side.BASE)
    plan = replace(record.plan, base=base, commits=None)  # those are from the other base
    then = [replace(run, side=Side.BASE) for run in baseline.runs if run.side is Side.HEAD]
    today = [run for run in record.runs if run.side is Side.HEAD]
    joined = replace(record, plan=plan, runs=[*then, *today], judgement=judgement, profiles=())
    return warned(joined, differing)


def told(record: Record, asked: Mapping[str, Scalar]) -> Record:
    """Note in a comparison with another day how it was asked for, for `report.common.commands`."""
    return warned(record, [Note(code=BASELINE, data=asked)])


def demoted(record: Record, baselines: Store) -> Record:
    """Take the gate from what alarms too often here, as the audit of the record's series says."""
    audit = false_alarms.load(record, baselines)
    if audit is None:
        return record
    cases = apply(audit.demotions, record.plan.cases)
    return replace(record, plan=replace(record.plan, cases=cases))


def warned(record: Record, warnings: Sequence[Note]) -> Record:
    """Put these warnings before those of the record's judgement."""
    judgement = record.judgement
    if judgement is None or not warnings:
        return record
    return replace(record, judgement=replace(judgement, warnings=[*warnings, *judgement.warnings]))
