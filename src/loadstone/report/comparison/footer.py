"""The footer of a report: how much was measured, where, how long, and by what."""

from __future__ import annotations

from datetime import datetime

from loadstone.model import MORE, PLACES, Record
from loadstone.report.common import units
from loadstone.report.common.paired_runs import alone
from loadstone.report.common.plain import plain
from loadstone.report.comparison.solo_and_mixed import lanes


def lines(record: Record) -> tuple[str, ...]:
    """Short facts, in the order of interest; what is not known is left out."""
    environment = record.environment
    told = (
        _rounds(record),
        _time(record),
        _alpha(record),
        lanes(record.judgement.lanes, record) if record.judgement else "",
        _where(record),
        f"seed {record.plan.seed}",
        f"Loadstone {plain(environment.harness)}",
        f"environment {plain(environment.key[:16])}" if environment.key else "",
    )
    return tuple(line for line in told if line)


def _where(record: Record) -> str:
    provider, tier = plain(record.environment.provider), plain(record.plan.tier)
    place = "" if record.plan.place == PLACES[0] else f" in {plain(record.plan.place)}"
    return f"provider {provider}{place}, tier {tier}"


def _rounds(record: Record) -> str:
    by_case: dict[str, set[int]] = {}
    for run in record.runs:
        by_case.setdefault(run.case, set()).add(run.round)
    if not by_case:
        return "no rounds"
    numbers = sorted(len(rounds) for rounds in by_case.values())
    low, high = numbers[0], numbers[-1]
    span = units.count(high, "round") if low == high else f"{low} to {units.count(high, 'round')}"
    invalid = sum(not run.valid for run in record.runs)
    parts = sum(run.valid and bool(run.invalid) for run in record.runs)
    left_out = f", {invalid} of them invalid" if invalid else ""
    left_out += f", {parts} in part" if parts else ""
    runs = units.count(len(record.runs), "run")
    solo = {(run.case, run.round) for each in by_case for run in alone(record, each)}
    left_out += f", {units.count(len(solo), 'solo pair')}" if solo else ""
    return f"{span} of {units.count(len(by_case), 'case')} ({runs}{left_out})"


def _time(record: Record) -> str:
    took = _between(record.started, record.finished)
    measured = f"{units.duration(sum(run.seconds for run in record.runs))} of measuring"
    looks = record.judgement.looks if record.judgement else ()
    if any(look.why == MORE for look in looks):  # hours may lie between
        return f"{measured} since {plain(record.started[:10])}"
    if took is None:
        return measured
    return f"{units.duration(took)} on {plain(record.started[:10])}"


def _between(started: str, finished: str) -> float | None:
    try:
        begin, end = datetime.fromisoformat(started), datetime.fromisoformat(finished)
        return (end - begin).total_seconds()
    except (ValueError, TypeError):
        return None


def _alpha(record: Record) -> str:
    judgement = record.judgement
    if judgement is None:
        return ""
    spent = f", {units.percent(judgement.spent)} spent" if judgement.spent else ""
    return f"α {units.percent(judgement.alpha)}{spent}"
