"""Shapes: the scaling exponent of each side, whether it changed, and whether cost is linear.

The cases of one scenario that differ in one numeric axis are a series of sizes. In each round that
measured all of them on a side, least squares of log cost on log size give one exponent (cost grows
like size to that power). A round is one observation: its cases share the machine of that hour, so
what scatters is the exponent from round to round. Head minus base within a round cancels what both
sides share.

An exponent also rises when small sizes become cheaper, and to call that a regression would be a
false alarm about an improvement: a changed one is a regression only if the cost at the largest size
rose too, by more than margin and minimum. A power law is a description; nothing is extrapolated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import expm1, log1p

import numpy as np

from loadstone.model import (
    CasePlan,
    Direction,
    Interval,
    Linearity,
    Measurement,
    Metric,
    Note,
    Scalar,
    Shape,
    Side,
    Verdict,
)
from loadstone.stats.common.means import FEWEST, Mean, estimate, mean
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.samples import Floats, collect
from loadstone.stats.scaling.linearity import linearity
from loadstone.stats.scaling.shape_samples import FLOOR, ShapeSample, samples
from loadstone.stats.scaling.size_sweeps import centers, sweeps

MARGIN = 0.05  # a smaller change of an exponent is none
NOTHING: Collection[tuple[str, str]] = frozenset()


@np.errstate(all="ignore")
def shapes(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    *,
    alpha: float = 0.05,
    changed: Collection[tuple[str, str]] = NOTHING,
    following: float = 0.05,
) -> list[Shape]:
    """Compare the shape of every metric over every sweep.

    `changed` names rows (case, metric) that are known to have changed. Shapes with such a row are
    held to `following` together, the others to `alpha` together (Benjamini and Hochberg each).
    """
    rows = list(samples(collect(measured, plans), sweeps(plans), changed))
    held = {
        kind: _held([row for row in rows if row.follows is kind], level)
        for kind, level in ((True, following), (False, alpha))
    }
    return [_decided(row, *held[row.follows]) for row in rows]


def _held(rows: Sequence[ShapeSample], level: float) -> tuple[float, Mapping[str, float]]:
    """What p is held against, and the numbers behind it."""
    tests = np.array([row.p for row in rows], dtype=float)
    return cutoff(tests, level), {"level": level, "tests": int(np.isfinite(tests).sum())}


def _decided(row: ShapeSample, held: float, numbers: Mapping[str, float]) -> Shape:
    sizes = np.array(row.sweep.sizes)
    base, head = (mean(row.slopes[side], FLOOR) for side in Side)
    verdict = _verdict(row, held)
    lines = {side: linearity(sizes, row.values[side]) for side in Side}
    bent = _bent(row.metric, row.sweep.axis, lines[Side.BASE], lines[Side.HEAD])
    tested = np.isfinite(row.p)
    return Shape(
        scenario=row.sweep.scenario,
        axis=row.sweep.axis,
        fixed=row.sweep.fixed,
        sizes=row.sweep.sizes,
        cases=row.sweep.cases,
        metric=row.metric,
        verdict=verdict,
        base=estimate(base),
        head=estimate(head),
        difference=estimate(row.difference),
        largest=_relative(row.largest),
        base_line=lines[Side.BASE],
        head_line=lines[Side.HEAD],
        follows=row.follows,
        p=row.p if tested else None,
        threshold=held if tested else None,
        warnings=[*_warnings(row, verdict, base, head, held), *bent],
        explain={**_explained(row, sizes), **numbers},
    )


def _verdict(row: ShapeSample, held: float) -> Verdict:
    """A changed exponent of a cost is worse when it rose, of a rate when it fell."""
    change = row.difference
    if change is None:
        return Verdict.INCONCLUSIVE if row.paired else Verdict.INVALID
    if _flagged(row, held):
        if not _matters(row):
            return Verdict.UNCHANGED
        worse = (change.estimate > 0) == (row.metric.direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    inside = change.low90 > -MARGIN and change.high90 < MARGIN
    return Verdict.UNCHANGED if inside else Verdict.INCONCLUSIVE


def _flagged(row: ShapeSample, held: float) -> bool:
    return row.difference is not None and row.p <= held and abs(row.difference.estimate) >= MARGIN


def _matters(row: ShapeSample) -> bool:
    """Whether the largest size moved the way its exponent did, and by more than the margin.

    An exponent also rises when small sizes become cheaper, which is nothing to alarm about.
    """
    if row.difference is None or row.largest is None:
        return False
    ratio = row.largest.estimate
    base, head = (np.nanmedian(row.values[side][-1]) for side in Side)
    same_way = ratio * row.difference.estimate > 0
    big = abs(ratio) >= log1p(row.metric.margin) and abs(head - base) >= row.metric.minimum
    return bool(same_way and big)


def _warnings(
    row: ShapeSample, verdict: Verdict, base: Mean | None, head: Mean | None, held: float
) -> list[Note]:
    axis, found = row.sweep.axis, []
    if row.paired < FEWEST:
        found.append(Note(code="few-runs", data={"runs": row.paired, "needed": FEWEST}))
    if base and head and head.low > 1 and verdict is Verdict.REGRESSION:
        data: dict[str, Scalar] = {"axis": axis, "base": base.estimate, "head": head.estimate}
        found.append(Note(code="superlinear", data=data))
    if _flagged(row, held) and verdict is Verdict.UNCHANGED and row.largest:
        change = expm1(min(row.largest.estimate, 300.0))
        data = {"axis": axis, "size": row.sweep.sizes[-1], "change": change}
        found.append(Note(code="small-sizes", data=data))
    return found


def _bent(metric: Metric, axis: str, base: Linearity | None, head: Linearity | None) -> list[Note]:
    """A resource that was a straight line in size, and surely is none any more."""
    if metric.group != "resource" or not (base and head and base.bend and head.bend):
        return []
    apart = head.bend.low > base.bend.high or head.bend.high < base.bend.low
    if base.straight is True and head.straight is False and apart:
        return [Note(code="bent", data={"axis": axis, "bend": head.bend.estimate})]
    return []


def _relative(ratio: Mean | None) -> Interval | None:
    if ratio is None:
        return None
    ends = (expm1(min(end, 300.0)) for end in (ratio.estimate, ratio.low, ratio.high))
    return Interval(**dict(zip(("estimate", "low", "high"), ends, strict=True)))


def _explained(row: ShapeSample, sizes: Floats) -> dict[str, object]:
    """Exponents by round, and the point through which each side's fitted line goes."""
    middles = {side.value: centers(sizes, row.values[side]) for side in Side}
    either = np.asarray(np.isfinite(np.stack([row.slopes[side] for side in Side])).any(axis=0))
    return {
        "rounds": [
            number for number, known in zip(row.rounds, either.tolist(), strict=True) if known
        ],
        **{side.value: _plain(row.slopes[side][either]) for side in Side},
        "size": middles["base"][0],
        "cost": {side: cost for side, (_, cost) in middles.items()},
    }


def _plain(values: Floats) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
