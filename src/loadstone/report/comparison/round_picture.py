"""The rounds of a row as a picture of characters: a dot for each, and the interval below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import expm1, isfinite, log1p

from loadstone.model import Comparison
from loadstone.report.common import units

WIDTH = 61  # columns of the picture; odd, so that no change has a column of its own


def picture(found: Comparison) -> Iterator[str]:
    """Every round's change as a dot on one line each, and the interval of the change below.

    The scale is of log-ratios, so that twice and half are equally far from no change. `░` is what
    lies within the margin.
    """
    ratios = [ratio for ratio in found.explain.get("ratios", ()) if ratio is not None]
    interval = found.change
    if not ratios or interval is None:
        return
    ends = [_ratio(interval.low), _ratio(interval.high)]
    margin = found.explain.get("margin") or log1p(found.metric.margin)
    reach = max(*(abs(each) for each in (*ratios, *ends) if isfinite(each)), margin, 1e-6) * 1.05
    left, right = (units.percent(expm1(sign * reach), signed=True) for sign in (-1, 1))
    gap = WIDTH - len(left) - len(right) - 1
    yield f"       {left}{'0':^{gap + 1}}{right}"
    for number, ratio in zip(found.explain.get("rounds", ()), ratios, strict=False):
        yield f"{number:>5}  {_line(reach, margin, {_column(ratio, reach): '●'})}"
    low, center, high = (
        _column(end, reach) for end in (ends[0], _ratio(interval.estimate), ends[1])
    )
    marks = dict.fromkeys(range(low, high + 1), "─") | {low: "├", high: "┤", center: "◆"}
    yield f"{'all':>5}  {_line(reach, margin, marks)}"


def _line(reach: float, margin: float, marks: Mapping[int, str]) -> str:
    inside = range(_column(-margin, reach), _column(margin, reach) + 1)
    middle = _column(0.0, reach)
    ground = ("│" if at == middle else "░" if at in inside else " " for at in range(WIDTH))
    return "".join(marks.get(at, sign) for at, sign in enumerate(ground)).rstrip()


def _column(ratio: float, reach: float) -> int:
    bounded = min(max(ratio / reach, -1.0), 1.0)
    return round((bounded + 1) / 2 * (WIDTH - 1))


def _ratio(change: float) -> float:
    """A relative change as a log-ratio, as far as it has one."""
    return log1p(max(change, -0.999999))
