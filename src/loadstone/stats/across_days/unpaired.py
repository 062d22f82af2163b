"""Unpaired comparison: rows of two days, from a gap with its standard error to a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from loadstone.model import Comparison, Direction, Interval, Metric, Note, Policy, Verdict
from loadstone.stats.common.counts import EXACT
from loadstone.stats.common.samples import Floats, summary
from loadstone.stats.comparison.row_table import relative

UNPAIRED, RELATIVE, SUITE = "unpaired", "relative-to-suite", "suite-unpaired"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Change of one row since the baseline, as a log-ratio with its t test; NaN is unknown."""

    case: str
    metric: Metric
    method: str
    n: int  # runs, of the side with fewer
    location: float
    error: float  # standard error, sessions included
    freedom: float  # degrees of freedom
    p: float
    common: float = 0.0  # what the suite moved by, where the row is relative to it

    def reach(self, confidence: float) -> float:
        """Half the width of the two-sided interval."""
        return float(stdtrit(self.freedom, (1 + confidence) / 2)) * self.error


def comparison(
    gap: Gap, held: float, policy: Policy, sides: tuple[Floats, Floats] | None
) -> Comparison:
    """Comparison of a gap. `held`: what p is held against; `sides`: values of base and head."""
    base, head = (summary(side) for side in sides) if sides else (None, None)
    center = base.center if base else 0.0
    absolute = 2 * np.arcsinh(gap.metric.minimum / (2 * abs(center))) if center else 0.0
    margin = float(max(np.log1p(gap.metric.margin), absolute))
    known = bool(np.isfinite(gap.p))
    reach = gap.reach(0.95) if known else float("nan")
    finite = known and np.isfinite(gap.location)
    detectable = gap.reach(1 - held) + float(ndtri(policy.power)) * gap.error if finite else None
    return Comparison(
        case=gap.case,
        metric=gap.metric,
        verdict=_verdict(gap, held, margin, max(margin / 3, float(absolute)), sides),
        n=gap.n,
        base=base,
        head=head,
        change=Interval(
            estimate=relative(gap.location),
            low=relative(gap.location - reach),
            high=relative(gap.location + reach),
        )
        if finite
        else None,
        difference=head.center - base.center if base and head else None,
        detectable=relative(detectable) if detectable is not None else None,
        p=gap.p if known else None,
        threshold=held if known else None,
        method=gap.method,
        warnings=_warnings(gap, sides, known=known),
        explain={
            "location": gap.location,
            "error": gap.error,
            "df": gap.freedom,
            "common": gap.common,
            "cutoff": held,
            "margin": margin,
            "gated": gap.metric.gated,
        }
        if finite
        else {},
    )


def _verdict(
    gap: Gap, held: float, margin: float, least: float, sides: tuple[Floats, Floats] | None
) -> Verdict:
    if not np.isfinite(gap.p):
        return Verdict.INCONCLUSIVE if _measured(sides) else Verdict.INVALID
    if gap.method == EXACT:
        least = 0.0 if _apart(sides) >= gap.metric.minimum else np.inf
    direction = gap.metric.direction
    big = abs(gap.location) >= least and gap.location != 0
    if gap.p <= held and big and direction is not Direction.NONE:
        worse = (gap.location > 0) == (direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    same = gap.location == 0 and gap.error == 0
    inside = abs(gap.location) + gap.reach(0.90) < margin and not _dropped(gap, sides)
    return Verdict.UNCHANGED if same or inside else Verdict.INCONCLUSIVE


def _dropped(gap: Gap, sides: tuple[Floats, Floats] | None) -> int:
    """How many values have no logarithm, and are further from the other side than matters."""
    if sides is None or gap.method == EXACT:
        return 0
    found = 0
    for own, other in (sides, sides[::-1]):
        usual = float(np.median(other[np.isfinite(other)])) if np.isfinite(other).any() else 0.0
        matters = max(gap.metric.margin * abs(usual), gap.metric.minimum)
        found += int(((own <= 0) & (np.abs(own - usual) > matters)).sum())
    return found


def _measured(sides: tuple[Floats, Floats] | None) -> bool:
    return sides is not None and all(np.isfinite(side).any() for side in sides)


def _apart(sides: tuple[Floats, Floats] | None) -> float:
    return abs(float(np.nanmedian(sides[1]) - np.nanmedian(sides[0]))) if sides else 0.0


def _warnings(gap: Gap, sides: tuple[Floats, Floats] | None, *, known: bool) -> list[Note]:
    if not known:
        return [Note(code="no-logarithm", data={"left": gap.n, "pairs": gap.n})]
    if dropped := _dropped(gap, sides):
        return [Note(code="no-logarithm", data={"left": gap.n, "pairs": gap.n + dropped})]
    if gap.method == RELATIVE:
        return [Note(code="relative-to-suite", data={"suite": relative(gap.common)})]
    return []
