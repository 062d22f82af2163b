"""A shard that was measured, as its command says it: no verdict, and where it is joined."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.model import Record
from loadstone.report.common import units


@dataclass(frozen=True, kw_only=True)
class MeasuredShard:
    """What a shard has measured, for whoever reads JSON."""

    number: int
    of: int
    cases: int
    runs: int
    invalid: int
    seconds: float  # of measuring
    folder: str


def measured(record: Record, folder: str) -> MeasuredShard:
    """Sum up a shard's record. Raises `ValueError` for a record of a whole run."""
    shard = record.plan.shard
    if shard is None:
        raise ValueError("not a shard")
    return MeasuredShard(
        number=shard.number,
        of=shard.of,
        cases=len({run.case for run in record.runs}),
        runs=len(record.runs),
        invalid=sum(not run.valid for run in record.runs),
        seconds=sum(run.seconds for run in record.runs),
        folder=folder,
    )


def terminal(shard: MeasuredShard) -> str:
    """The summary in words."""
    invalid = f", {shard.invalid} of them invalid" if shard.invalid else ""
    cases, runs = units.count(shard.cases, "case"), units.count(shard.runs, "run")
    return (
        f"shard {shard.number} of {shard.of}: {cases} measured in {runs}{invalid}, "
        f"{units.duration(shard.seconds)}; nothing is judged yet\n"
        f"  next: loadstone merge {shard.folder} and the directories of the other shards"
    )
