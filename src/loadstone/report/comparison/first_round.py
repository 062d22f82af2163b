"""The first round of a session: how far it is."""

from __future__ import annotations

from loadstone.model import Record, Side
from loadstone.report.common import units
from loadstone.report.common.plain import plain


def missing(record: Record) -> int:
    """Runs of the first round that are not in yet, over all cases and both sides."""
    done = {(run.case, run.side) for run in record.runs}
    return sum((each.case.name, side) not in done for each in record.plan.cases for side in Side)


def so_far(record: Record) -> str:
    """How far the first round is, in a sentence without its full stop."""
    of = len(record.plan.cases) * len(Side)
    done = of - missing(record)
    told = f"{done} of {units.count(of, 'run')} so far"
    if record.runs:
        last = record.runs[-1]
        told += f", the last was {last.side} in {plain(last.case)}"
    return f"the first round is not complete yet: {told}"
