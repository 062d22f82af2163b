"""Shards joined to one record and judged: the flow of `loadstone merge`.

    DIR… ─► session.json and runs of each ─► one plan ─► comparison ─► report

The verdict is that of one run: the judge sees all runs together, with one α over all cases. Pairs
are within a machine, as every case was measured on one. Machines may differ; what was measured,
and by which release of Loadstone, may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.errors import InvalidFile, LoadstoneError, Problem, UsageError
from loadstone.flows import joined_shards, output_directory, profile_copies
from loadstone.flows.judge import judged, warned
from loadstone.flows.knowledge import false_alarms, noise
from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.model import Look, Plan, Record, Run, Shard, ShardPart
from loadstone.plan.shards import cases_of, part
from loadstone.stats.audit.rates import warning as audited
from loadstone.stats.comparison.coupling import cores
from loadstone.stats.comparison.history import History
from loadstone.store.protocol import Store
from loadstone.store.rounds import RoundLog, fingerprint
from loadstone.system.lock import claimed

_NEXT = "merge the directories that the shards of one run wrote: one for each, of the same plan"


@dataclass(frozen=True, kw_only=True)
class ShardRecord:
    """A shard's record, and the directory that it is from."""

    folder: Path
    record: Record
    shard: Shard


def run(folders: Sequence[Path], out: Path, *, baselines: Store) -> Record:
    """Join the shards in `folders`, judge them as one run, and write every file into `out`.

    A folder may hold the directories of several. A shard that is missing, or broke off, is said,
    and makes what is left no pass. Raises `InvalidFile` with all for which they are not of one run.
    """
    found = _read([each for folder in folders for each in _directories(folder)])
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
    problems = list(_problems(found))
    if problems:
        raise InvalidFile(problems, next_step=_NEXT)
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


def _directories(folder: Path) -> list[Path]:
    """The directories of shards: this one, or those in it, as artifacts are downloaded."""
    if (folder / output_directory.SESSION).exists():
        return [folder]
    inside = sorted(each.parent for each in folder.glob(f"*/{output_directory.SESSION}"))
    if not inside:
        raise UsageError(
            f"{folder} is not what a shard wrote: it has no {output_directory.SESSION}",
            next_step="give the directories that `loadstone run --shard K/N --out DIR` wrote",
        )
    return inside


def _read(folders: Sequence[Path]) -> list[ShardRecord]:
    """The records of all folders. Raises `InvalidFile` with what is wrong with any of them."""
    found: list[ShardRecord] = []
    problems: list[Problem] = []
    for folder in folders:
        try:
            record = output_directory.load(folder)
        except InvalidFile as error:
            problems += error.problems
            continue
        except LoadstoneError as error:
            problems.append(Problem(where=str(folder), what=error.message))
            continue
        if record.plan.shard is None:
            problems.append(Problem(where=str(folder), what="a whole run, and no shard of one"))
        else:
            found.append(ShardRecord(folder=folder, record=record, shard=record.plan.shard))
    if problems:
        raise InvalidFile(problems, next_step=_NEXT)
    return found


def _problems(found: Sequence[ShardRecord]) -> Iterator[Problem]:
    """All for which these are not the shards of one run."""
    first = found[0]
    times = Counter(each.shard.number for each in found)
    for each in found:
        where = str(each.folder)
        yield from (Problem(where=where, what=what) for what in _unlike(each.record, first.record))
        if times[each.shard.number] > 1:
            same = [str(one.folder) for one in found if one.shard.number == each.shard.number]
            yield Problem(where=where, what=f"shard {each.shard} is there {len(same)} times")
        if not 1 <= each.shard.number <= each.shard.of:
            yield Problem(where=where, what=f"there is no shard {each.shard}")
            continue
        foreign = {run.case for run in each.record.runs} - {*cases_of(each.record.plan, each.shard)}
        if foreign:
            what = f"has runs of {len(foreign)} cases that are not those of shard {each.shard}"
            yield Problem(where=where, what=what)


_WORDS = {
    "base": "the program of the base",
    "head": "the program of the head",
    "cases": "the cases or what they measure",
    "policy": "α, looks or goal",
    "generator": "the load generator",
}


def _unlike(record: Record, first: Record) -> Iterator[str]:
    """In what a shard is not of the same run as the first: what is measured, how, and by what."""
    mine, theirs = fingerprint(record.plan), fingerprint(first.plan)
    mine["shard"], theirs["shard"] = (
        str(one.plan.shard and one.plan.shard.of) for one in (record, first)
    )
    for name in sorted(mine.keys() | theirs):
        if mine.get(name) != theirs.get(name):
            what = "the number of shards" if name == "shard" else _WORDS.get(name, f"the {name}")
            yield f"{what} is not that of shard {first.plan.shard}"
    here, there = record.environment, first.environment
    if here.harness != there.harness:
        yield f"measured by Loadstone {here.harness}, shard {first.plan.shard} by {there.harness}"
    if here.provider != there.provider:
        yield f"measured with {here.provider}, shard {first.plan.shard} with {there.provider}"


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
