"""A Mermaid chart of a cost over its sizes, beside a table: mail and phones do not draw it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from loadstone.model import CasePlan, Comparison, Judgement, Percentile, Shape
from loadstone.report.common import units
from loadstone.report.common.escape import Safe
from loadstone.report.common.metrics import title

MOST = 3  # charts in one comment
_SIZES = 40  # points of a line
_FEWEST = 3
_POINT = "p99"
_LINES = "'plotColorPalette': '#8c959f, #0969da'"  # grey, blue
_LOOK = f"%%{{init: {{'themeVariables': {{'xyChart': {{{_LINES}}}}}}}}}%%"
_WORDS = re.compile(r"[^\w .,%()-]+")


def of_shape(shape: Shape, judgement: Judgement) -> Safe:
    """Base and head over the sizes of a shape; "" where a size lacks a side."""
    known = {row.case: row for row in judgement.comparisons if row.metric == shape.metric}
    rows = [known.get(case) for case in shape.cases]
    sides = [_centers(rows, side) for side in ("base", "head")]
    return _chart(title(shape.metric), shape.axis, shape.sizes, shape.metric.unit, sides)


def of_latencies(found: Sequence[Percentile], plans: Sequence[CasePlan]) -> Safe:
    """The p99 of the first latency over the sizes of the one axis that differs; "" for others."""
    axis = _only_axis(plans)
    sizes = {plan.case.name: plan.case.axes[axis] for plan in plans} if axis else {}
    first = found[0].latency if found else ""
    points = {
        each.case: each
        for each in found
        if (each.latency, each.point) == (first, _POINT) and each.case in sizes
    }
    if len(points) < _FEWEST or len(points) < len(sizes):
        return Safe()
    cases = sorted(points, key=lambda case: float(sizes[case]))
    sides = [_centers([points[case] for case in cases], side) for side in ("base", "head")]
    return _chart(f"{_POINT} {first}", axis, [float(sizes[case]) for case in cases], "s", sides)


def _only_axis(plans: Sequence[CasePlan]) -> str:
    """The axis of numbers in which alone the cases of one scenario differ; "" for none."""
    if len({plan.case.scenario for plan in plans}) != 1:
        return ""
    axes = dict.fromkeys(axis for plan in plans for axis in plan.case.axes)
    differing = [axis for axis in axes if len({plan.case.axes.get(axis) for plan in plans}) > 1]
    numbers = all(
        isinstance(plan.case.axes.get(axis), int | float) for axis in differing for plan in plans
    )
    return differing[0] if len(differing) == 1 and numbers else ""


def _centers(rows: Sequence[Comparison | Percentile | None], side: str) -> list[float]:
    found = [getattr(row, side, None) for row in rows]
    return [summary.center if summary is not None else math.nan for summary in found]


def _chart(
    name: str, axis: str, sizes: Sequence[float], unit: str, sides: Sequence[Sequence[float]]
) -> Safe:
    values = [value for side in sides for value in side]
    if len(sizes) > _SIZES or not values or not all(map(math.isfinite, [*values, *sizes])):
        return Safe()
    scale = units.scale(unit, max(map(abs, values)))
    lines = [
        f"    line [{', '.join(_number(value / scale.factor) for value in side)}]" for side in sides
    ]
    labels = ", ".join(f'"{units.exact("1", size)}"' for size in sizes)
    return Safe(
        "\n".join(
            [
                "```mermaid",
                _LOOK,
                "xychart-beta",
                f'    title "{_quoted(name)}: base grey, head blue"',
                f'    x-axis "{_quoted(axis)}" [{labels}]',
                f'    y-axis "{_quoted(scale.symbol) or "count"}"',
                *lines,
                "```",
            ]
        )
    )


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _quoted(value: str) -> str:
    """Letters, digits and a few signs: nothing that means something to Mermaid."""
    return " ".join(_WORDS.sub(" ", value.replace("_", " ")).split())[:60]
