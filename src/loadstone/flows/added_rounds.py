"""Rounds that are measured apart from those they are added to, and joined with them later.

    plan, rounds that are missing ─► runs …  artifact ─► earlier runs + these ─► comparison

Who measures them has neither the earlier rounds nor a verdict, and judges nothing: what it leaves
is the log of its own rounds, which go on where the earlier ones end. Who joins them judges all of
them as `loadstone more` does, with the α of a session whose looks had been planned so.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from loadstone.bot.more_rounds import MoreRounds
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.artifact import ReceivedRecord, admission, kept_back, shared, written
from loadstone.flows.judge import judged
from loadstone.flows.prepare import now, prepare
from loadstone.flows.request import Request
from loadstone.flows.schedules import extension
from loadstone.flows.schedules.extension import Extension
from loadstone.flows.schedules.sequential import judged as judgement_of
from loadstone.flows.session import opened_log, session
from loadstone.measure.session import Measure, measure
from loadstone.model import Note, Plan, Record, Run
from loadstone.model.events import SessionPlanned, Watch, silent
from loadstone.plan.shards import cases_of
from loadstone.profiles.reading import problem
from loadstone.stats.comparison.coupling import cores
from loadstone.stats.comparison.history import History
from loadstone.store.untrusted.admitted_runs import Admission
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.system.lock import claimed

_EMPTY = "artifact-no-runs"  # of a shard, all of whose cases are settled


def run(
    request: Request, more: MoreRounds, *, watch: Watch = silent, measuring: Measure = measure
) -> Record:
    """Measure the rounds that are missing, into an output directory of their own.

    Raises the family of `LoadstoneError`, as `compare.run` does.
    """
    job = prepare(request, watch=watch)
    asked = asked_of(job.plan, more)
    plan = replace(job.plan, policy=extension.extended(job.plan.policy, (), asked))
    mine = _mine(plan, asked)
    cases = [each for each in plan.cases if each.case.name in mine.cases]
    watch(SessionPlanned(plan=replace(plan, cases=cases), notes=job.notes))
    with claimed(request.out):
        log = opened_log(request.out, plan, resume=False, watch=watch)
        with session(
            replace(job, plan=plan),
            log,
            config=request.config,
            demanding=cases,
            watch=watch,
            measuring=measuring,
        ) as begun:
            record = begun.record()
            if cases:
                due = partial(extension.due, plan, mine)
                record = begun.measure(record, due, profile_problem=problem)
            else:
                output_directory.begin(record, request.out)
                record = replace(record, finished=now())
        output_directory.keep(record, request.out)
    return record


def asked_of(plan: Plan, more: MoreRounds) -> Extension:
    """The cases by name. Raises `UsageError` for a place that the plan does not have."""
    if max(more.cases) > len(plan.cases):
        raise UsageError(
            f"there is no case {max(more.cases)} among {len(plan.cases)}",
            next_step="the files have changed since: measure anew with /loadstone run",
        )
    names = [plan.cases[place - 1].case.name for place in more.cases]
    return Extension(done=more.done, rounds=more.rounds, cases=names)


def _mine(plan: Plan, asked: Extension) -> Extension:
    """What is measured on this machine, where several share the cases."""
    if plan.shard is None:
        return asked
    here = set(cases_of(plan, plan.shard))
    return replace(asked, cases=[case for case in asked.cases if case in here])


def added(
    earlier: ReceivedRecord,
    paths: Sequence[Path],
    asked: Extension,
    *,
    files: Path,
    history: History | None = None,
    under: str = "",
) -> ReceivedRecord:
    """The earlier rounds with those of the artifacts, judged as one; see `artifact.received`.

    `files`: where the earlier profiles lie. Where nothing is admitted there is no record, and
    `notes` say why. Raises nothing for whatever the artifacts hold.
    """
    record = earlier.record
    assert record is not None  # noqa: S101  (nothing is added to nothing)
    before = record.judgement
    assert before is not None  # noqa: S101  (`received` judged it)
    if any(each.round > asked.done for each in record.runs):
        return ReceivedRecord(record=None, notes=[Note.of("runs-twice", runs=len(record.runs))])
    plan = replace(record.plan, policy=extension.extended(record.plan.policy, before.looks, asked))
    limits = shared(Limits(), len(paths))
    found = [admission(path, plan, limits=limits, under=under) for path in paths]
    notes = [note for each in found for note in each.notes if note.code != _EMPTY]
    new, refused = _new([run for each in found if each.record for run in each.record.runs], asked)
    if not new:
        return ReceivedRecord(record=None, notes=notes or [Note.of(_EMPTY)])
    written(_profiles(new, found), files)
    notes += [Note.of("runs-not-planned", runs=refused)] if refused else []
    notes += [Note.of("artifact-unfinished")] if extension.due(plan, asked, new) else []
    notes += [Note.of("artifact-not-whole")] if refused or not all(map(_whole, found)) else []
    runs = [*record.runs, *_after(record.runs, new)]
    usable = cores(record.environment.facts)
    last = judgement_of(plan, runs, history=history, looks=(), cores=usable)
    looks = [*before.looks, extension.begun(before, asked), extension.ended(last, asked)]
    whole = replace(record, plan=plan, runs=runs, judgement=None, finished=new[-1].started)
    whole = judged(whole, history=history, looks=looks, files=files)
    notes = [*earlier.notes, *notes]
    return ReceivedRecord(record=kept_back(whole, notes), notes=notes)


def _new(runs: Sequence[Run], asked: Extension) -> tuple[list[Run], int]:
    """The runs that were asked for, each once, and how many were not."""
    cases = set(asked.cases)
    seen: set[tuple[str, str, int]] = set()
    found: list[Run] = []
    for each in runs:
        key = (each.case, each.side.value, each.round)
        if each.case in cases and asked.done < each.round <= asked.last and key not in seen:
            seen.add(key)
            found.append(each)
    return found, len(runs) - len(found)


def _profiles(new: Sequence[Run], found: Sequence[Admission]) -> dict[str, bytes]:
    """The profiles of the new runs alone: others would lie where those of earlier rounds are."""
    named = {name for run in new for name in run.profiles.values()}
    there = ChainMap(*(dict(each.profiles) for each in found))  # of a run that is twice, the first
    return {name: there[name] for name in named}


def _whole(found: Admission) -> bool:
    return found.whole or {note.code for note in found.notes} == {_EMPTY}


def _after(there: Sequence[Run], new: Sequence[Run]) -> Iterator[Run]:
    """The new runs in an order that goes on after those that are there."""
    before = max((each.order for each in there), default=-1) + 1
    return (replace(each, order=before + each.order) for each in new)
