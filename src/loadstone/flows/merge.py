"""Shards joined to one record and judged: the flow of `loadstone merge`.

    DIR… ─► session.json and runs of each ─► one plan ─► comparison ─► report

The verdict is that of one run: the judge sees all runs together, with one α over all cases. Pairs
are within a machine, as every case was measured on one. Machines may differ; what was measured,
and by which release of Loadstone, may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.flows import joined_shards, output_directory, profile_copies
from loadstone.flows.judge import judged, warned
from loadstone.flows.knowledge import false_alarms, noise
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.flows.shard_records import ShardRecord, read, require_one_run
from loadstone.model import Look, Plan, Record, Run, Shard, ShardPart
from loadstone.plan.shards import cases_of, part
from loadstone.stats.audit.rates import warning as audited
from loadstone.stats.comparison.coupling import cores
from loadstone.stats.comparison.history import History
from loadstone.store.protocol import Store
from loadstone.store.rounds import RoundLog
from loadstone.system.lock import claimed


def run(folders: Sequence[Path], out: Path, *, baselines: Store) -> Record:
    """Join the shards in `folders`, judge them as one run, and write every file into `out`.

    A folder may hold the directories of several. A shard that is missing, or broke off, is said,
    and makes what is left no pass. Raises `InvalidFile` with all for which they are not of one run.
    """
    found = read(folders)
    with claimed(out):
        record = joined(found)
        output_directory.fresh(out, resume=False)
        log = RoundLog.create(out / output_directory.ROUNDS, record.plan)
        for run_ in record.runs:
            log.append(run_)
        output_directory.begin(replace(record, runs=(), judgement=None, finished=""), out)
        for each in found:
            profile_copies.copy(each.record.runs, each.folder, out)
        history = noise.before(record, baselines)
        taken = looks(record.plan, found, history)
        record = judged(record, history=history, looks=taken, files=out)
        audit = false_alarms.load(record, baselines)
        record = warned(record, [audited(audit)] if audit else [])
        output_directory.write(record, out)
    return record


def joined(found: Sequence[ShardRecord]) -> Record:
    """Join records to that of the whole plan, not judged yet. Raises `InvalidFile`."""
    require_one_run(found)
    there = {each.shard.number: each for each in found}
    first = there[min(there)]
    plan = replace(first.record.plan, shard=None)
    parts = [_part(plan, number, first.shard.of, there) for number in _numbers(first.shard)]
    return Record(
        plan=plan,
        environment=joined_shards.environment([each.record.environment for each in found]),
        runs=_runs([there[number] for number in sorted(there)]),
        started=min(each.record.started for each in found),
        finished=max(each.finished or each.started for each in parts),
        shards=parts,
    )


def looks(plan: Plan, found: Sequence[ShardRecord], history: History | None) -> list[Look]:
    """The looks that the shards took, made anew from their runs as when a session is resumed."""
    taken = []
    for each in found:
        mine = part(each.record.plan)
        if mine.cases:
            usable = cores(each.record.environment.facts)
            schedule = SequentialSchedule(mine, history=history, cores=usable)
            schedule(each.record.runs)
            taken.append(schedule.looks)
    return joined_shards.looks(plan, taken)


def _numbers(shard: Shard) -> range:
    return range(1, shard.of + 1)


def _part(plan: Plan, number: int, of: int, there: dict[int, ShardRecord]) -> ShardPart:
    shard = Shard(number=number, of=of)
    cases = cases_of(plan, shard)
    if number not in there:
        return ShardPart(shard=shard, cases=cases)
    record = there[number].record
    return ShardPart(
        shard=shard,
        cases=cases,
        environment=record.environment,
        started=record.started,
        finished=record.finished,
    )


def _runs(found: Sequence[ShardRecord]) -> list[Run]:
    """The runs of all, one shard's after the other's: `order` stays the order on a machine."""
    runs: list[Run] = []
    for each in found:
        before = len(runs)
        runs += [replace(one, order=before + one.order) for one in each.record.runs]
    return runs
