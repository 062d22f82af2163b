"""Accepted changes set aside: the judgement as the gate reads it when somebody has accepted them.

Only what is surely worse can be set aside. What is inconclusive or invalid is not known, and stays
so whatever was accepted. A change alarms again once it is larger than what was accepted as surely
and as relevantly as any regression has to be: its interval clears the accepted size, and its
estimate does by more than the margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from math import log1p

from loadstone.model import Comparison, Direction, Judgement, ObjectiveResult, Side, Verdict
from loadstone.model.accepted import Acceptance, AcceptanceStatus, AcceptedChange, AcceptedRow
from loadstone.model.gate import MISSED
from loadstone.stats.comparison.judge import verdict

_HELD = AcceptanceStatus.HELD


def set_aside(
    judgement: Judgement, changes: Sequence[AcceptedChange], *, component: str, now: str
) -> Acceptance:
    """The judgement without what was accepted of a component and still holds, and all that was.

    `now` is RFC 3339 in UTC. Of several changes of one row, the one that holds counts.
    """
    mine = [each for each in changes if each.component in ("", component)]
    every = {row.case for row in judgement.comparisons}
    rows, accepted = _rows(judgement.comparisons, mine, now, every)
    suite, shared = _rows(judgement.suite, mine, now, every)
    found = [(one, _of_objective(one, mine, now)) for one in judgement.objectives]
    held = [one for one, known in found if known is None or known.status is not _HELD]
    bounds = [known for _, known in found if known is not None]
    if not any(each.status is _HELD for each in (*accepted, *shared, *bounds)):
        return Acceptance(judgement=judgement, rows=(*accepted, *shared, *bounds))
    gated = replace(
        judgement,
        comparisons=rows,
        suite=suite,
        objectives=held,
        verdict=verdict(rows, suite, held, judgement.policy),
    )
    return Acceptance(judgement=gated, rows=(*accepted, *shared, *bounds))


def _rows(
    rows: Sequence[Comparison], changes: Sequence[AcceptedChange], now: str, every: set[str]
) -> tuple[list[Comparison], list[AcceptedRow]]:
    """The rows, those that are accepted no longer gated, and what was accepted of them."""
    kept, accepted = [], []
    for row in rows:
        known = _of_row(row, changes, now, every)
        accepted += [known] if known is not None else []
        held = known is not None and known.status is _HELD
        kept.append(replace(row, metric=replace(row.metric, gated=False)) if held else row)
    return kept, accepted


def _of_row(
    row: Comparison, changes: Sequence[AcceptedChange], now: str, every: set[str]
) -> AcceptedRow | None:
    if row.verdict is not Verdict.REGRESSION or not row.metric.gated:
        return None
    cases = {row.case} if row.case else every
    found = [each for each in changes if each.metric == row.metric.name and _takes(each, cases)]
    made = [
        AcceptedRow(
            case=row.case, metric=row.metric.name, change=each, status=_status(row, each, now)
        )
        for each in found
    ]
    return _best(made)


def _of_objective(
    one: ObjectiveResult, changes: Sequence[AcceptedChange], now: str
) -> AcceptedRow | None:
    if one.verdict != MISSED or one.side is not Side.HEAD:
        return None
    made = [
        AcceptedRow(
            case=one.case,
            metric=one.metric.name,
            change=each,
            status=_status_of_objective(one, each, now),
            objective=True,
        )
        for each in changes
        if each.metric == one.metric.name and _takes(each, {one.case})
    ]
    return _best(made)


def _takes(change: AcceptedChange, cases: set[str]) -> bool:
    """Whether a change is of all these cases: a row over all of them is accepted as a whole."""
    return all(case == change.case or fnmatchcase(case, change.case) for case in cases)


def _best(made: Sequence[AcceptedRow]) -> AcceptedRow | None:
    order = list(AcceptanceStatus)
    return min(made, key=lambda each: order.index(each.status), default=None)


def _status(row: Comparison, change: AcceptedChange, now: str) -> AcceptanceStatus:
    if _expired(change, now):
        return AcceptanceStatus.EXPIRED
    return AcceptanceStatus.GROWN if _grown(row, change) else _HELD


def _grown(row: Comparison, change: AcceptedChange) -> bool:
    """Whether it is more than was accepted; what was accepted without a size is so at any."""
    if row.change is None or change.size is None:
        return change.size is not None or change.beyond is not None
    worse = -1.0 if row.metric.direction is Direction.HIGHER else 1.0
    near = row.change.high if worse < 0 else row.change.low
    accepted = worse * _log_ratio(change.size)
    surely = worse * _log_ratio(near) > accepted
    relevantly = worse * _log_ratio(row.change.estimate) > accepted + log1p(row.metric.margin)
    return surely and relevantly


def _status_of_objective(
    one: ObjectiveResult, change: AcceptedChange, now: str
) -> AcceptanceStatus:
    if _expired(change, now):
        return AcceptanceStatus.EXPIRED
    near = beyond(one, sure=True)
    if near is None or change.beyond is None:
        any_size = change.beyond is None and change.size is None
        return _HELD if any_size else AcceptanceStatus.GROWN
    estimate = beyond(one)
    further = estimate is not None and estimate > (1 + change.beyond) * (1 + one.metric.margin) - 1
    return AcceptanceStatus.GROWN if near > change.beyond and further else _HELD


def beyond(one: ObjectiveResult, *, sure: bool = False) -> float | None:
    """How far a value is beyond its objective, as a share of the bound; None where none is known.

    `sure`: by the end of its interval that is nearer to the bound.
    """
    bound = one.objective.at_most
    if bound is not None:
        value = one.low if sure else one.value
        return None if value is None or bound <= 0 else value / bound - 1
    bound = one.objective.at_least
    value = one.high if sure else one.value
    return None if value is None or not bound or value <= 0 else bound / value - 1


def _log_ratio(change: float) -> float:
    """Of a relative change; all of it gone is as far as one can count."""
    return log1p(max(change, -1 + 1e-12))


def _expired(change: AcceptedChange, now: str) -> bool:
    """A date that nobody can read has passed."""
    try:
        return datetime.fromisoformat(change.expires) <= datetime.fromisoformat(now)
    except (ValueError, TypeError):
        return True
