"""The records of shards, as directories hold them, and whether they are of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadstone.errors import InvalidFile, LoadstoneError, Problem, UsageError
from loadstone.flows import output_directory
from loadstone.model import Record, Shard
from loadstone.plan.shards import cases_of
from loadstone.store.rounds import fingerprint

_NEXT = "merge the directories that the shards of one run wrote: one for each, of the same plan"


@dataclass(frozen=True, kw_only=True)
class ShardRecord:
    """A shard's record, and the directory that it is from."""

    folder: Path
    record: Record
    shard: Shard


def read(folders: Sequence[Path]) -> list[ShardRecord]:
    """The records of the shards in some folders, each that of a shard or one that holds several.

    Raises `InvalidFile` with what is wrong with any of them.
    """
    return _read([each for folder in folders for each in _directories(folder)])


def require_one_run(found: Sequence[ShardRecord]) -> None:
    """Raise `InvalidFile` with all for which these are not the shards of one run."""
    problems = list(_problems(found))
    if problems:
        raise InvalidFile(problems, next_step=_NEXT)


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
