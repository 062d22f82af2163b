"""Cost against size and growth in time, worded: what is told, and the rest in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loadstone.model import Direction, Estimate, Growth, Judgement, Linearity, Shape, Verdict
from loadstone.report.common import units, words
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison.rows import title
from loadstone.report.comparison.view import GrowthRow, Scaling, ShapeRow

_CHANGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_ORDER = {Verdict.REGRESSION: 0, Verdict.IMPROVEMENT: 1, Verdict.UNCHANGED: 2}
_TELLING = frozenset({"bent"})  # warnings that are news by themselves
SUPERLINEAR, GROWING = "superlinear", "growing"


def scaling(judgement: Judgement, names: ShortNames) -> Scaling:
    """Shapes and growth of a judgement that have numbers, those that changed first."""
    shapes = [shape_row(each) for each in judgement.shapes if _known(each)]
    growth = [growth_row(each, names) for each in judgement.growth if each.difference]
    shapes.sort(key=lambda row: (not row.told, _ORDER.get(row.verdict, 3), not row.gated))
    growth.sort(key=lambda row: (not row.told, _ORDER.get(row.verdict, 3), not row.gated))
    return Scaling(
        shapes=tuple(shapes),
        growth=tuple(growth),
        sizes_line=_sizes_line(shapes),
        growth_line=_growth_line(growth),
        lead=tuple(_lead(row) for row in shapes if row.gated and row.told),
    )


def _known(shape: Shape) -> bool:
    return shape.difference is not None and shape.metric.direction is not Direction.NONE


def shape_row(shape: Shape) -> ShapeRow:
    """One metric over one axis."""
    gated = shape.follows and shape.metric.gated
    fixed = ", ".join(f"{plain(axis)}={plain(value)}" for axis, value in shape.fixed.items())
    steeper = any(warn.code == SUPERLINEAR for warn in shape.warnings)
    says = f"{SUPERLINEAR} since head" if steeper else shape.verdict.value
    return ShapeRow(
        scenario=plain(shape.scenario),
        sweep=f"{plain(shape.scenario)} over {plain(shape.axis)}"
        + (f" ({fixed})" if fixed else ""),
        axis=plain(shape.axis),
        fixed=fixed,
        sizes=sizes(shape),
        metric=plain(shape.metric.name),
        title=title(shape.metric),
        tone=words.TONES[shape.verdict],
        verdict=shape.verdict,
        says=_said(says, shape.verdict, gated=gated),
        base=exponent(shape.base),
        head=exponent(shape.head),
        base_range=interval(shape.base),
        head_range=interval(shape.head),
        change=exponent_change(shape.difference),
        largest=units.change(shape.largest),
        lines=_lines(shape),
        gated=gated,
        told=shape.verdict in _CHANGED or any(warn.code in _TELLING for warn in shape.warnings),
        notes=tuple(sentence(warn) for warn in shape.warnings if warn.code != SUPERLINEAR),
        shape=shape,
    )


def growth_row(growth: Growth, names: ShortNames) -> GrowthRow:
    """One series of one case."""
    unit = growth.metric.unit
    base, head = units.quantities(unit, [_estimate(growth.base), _estimate(growth.head)])
    gated = growth.row and growth.metric.gated
    worse = growth.verdict is Verdict.REGRESSION and growth.metric.direction is Direction.LOWER
    return GrowthRow(
        case=plain(growth.case),
        short=names.short(growth.case),
        series=plain(growth.series),
        title=title(growth.metric),
        tone=words.TONES[growth.verdict],
        verdict=growth.verdict,
        says=_said("grows faster" if worse else growth.verdict.value, growth.verdict, gated=gated),
        base=base,
        head=head,
        base_range=_ranged(unit, growth.base),
        head_range=_ranged(unit, growth.head),
        change=growth_change(growth),
        gated=gated,
        told=growth.verdict in _CHANGED,
        both=all(growth.growing.get(side) for side in ("base", "head")),
        notes=tuple(sentence(warn) for warn in growth.warnings if warn.code != GROWING),
        growth=growth,
    )


def sizes(shape: Shape) -> str:
    """`200 to 1,000 (3 sizes)`."""
    first, last = (units.exact("1", size) for size in (shape.sizes[0], shape.sizes[-1]))
    return f"{first} to {last} ({len(shape.sizes)} sizes)"


def exponent(found: Estimate | None) -> str:
    """`1.31`."""
    return units.UNKNOWN if found is None else units.figure(found.estimate, 2)


def interval(found: Estimate | None) -> str:
    """`[1.27, 1.35]`."""
    if found is None:
        return ""
    return f"[{units.figure(found.low, 2)}, {units.figure(found.high, 2)}]"


def exponent_change(found: Estimate | None) -> str:
    """`▲ +0.25 [+0.21, +0.29]`."""
    if found is None:
        return units.UNKNOWN
    shown = [units.figure(x, 2, signed=True) for x in (found.estimate, found.low, found.high)]
    way = units.arrow(found.estimate if shown[0] != units.figure(0.0, 2) else 0.0)
    return f"{way} {shown[0]} [{shown[1]}, {shown[2]}]"


def growth_change(growth: Growth) -> str:
    """`▲ +8.1 MiB/s [+7.9, +8.3]`."""
    found = growth.difference
    if found is None:
        return units.UNKNOWN
    step = units.difference(growth.metric.unit, found.estimate, found.low, found.high)
    return f"{units.arrow(found.estimate)} {step}"


def _said(says: str, verdict: Verdict, *, gated: bool) -> str:
    return f"{says} (not gated)" if verdict in _CHANGED and not gated else says


def _estimate(found: Estimate | None) -> float | None:
    return None if found is None else found.estimate


def _ranged(unit: str, found: Estimate | None) -> str:
    return units.ranged(unit, *((found.estimate, found.low, found.high) if found else (None,)))


def _lines(shape: Shape) -> str:
    """Whether a resource is a straight line in size, of both sides; "" where nobody asks."""
    if shape.metric.group != "resource" or any(warn.code in _TELLING for warn in shape.warnings):
        return ""
    base, head = (_line(line) for line in (shape.base_line, shape.head_line))
    if base == head:
        return f"a straight line in size: {base}" if base else ""
    return f"a straight line in size: {base or 'not known'} on the base, {head or 'not known'} now"


def _line(line: Linearity | None) -> str:
    if line is None or line.straight is None:
        return ""
    return "yes" if line.straight else f"no (R² {units.figure(line.r2, 3)})"


def _lead(row: ShapeRow) -> str:
    """For the headline: what grows how."""
    return f"{row.title} grows like {row.axis} to the power of {row.head}, not {row.base}"


def _sizes_line(rows: Sequence[ShapeRow]) -> str:
    """All shapes in a line: over what, how many changed, and the steepest."""
    if not rows:
        return ""
    over = ", ".join(dict.fromkeys(f"{row.axis} {row.sizes}" for row in rows))
    told = sum(row.told for row in rows)
    steepest = max(rows, key=lambda row: _estimate(row.shape.head) or 0.0)
    grows = f"steepest is {steepest.title}, {steepest.base} on the base and {steepest.head} now"
    number = units.count(len(rows), "exponent")
    what = f"{told} of {number} changed" if told else f"none of {number} changed"
    return f"Cost over {over}: {what}; {grows}."


def _growth_line(rows: Sequence[GrowthRow]) -> str:
    if not rows:
        return ""
    told = sum(row.told for row in rows)
    number = f"{len(rows):,} series"
    what = f"{told or 'none'} of {number} changed how fast they grow"
    return "Growth in time: " + "; ".join([what, *_both(rows)]) + "."


def _both(rows: Sequence[GrowthRow]) -> Iterator[str]:
    growing = [row for row in rows if row.both and not row.told]
    if growing:
        named = ", ".join(dict.fromkeys(row.title for row in growing))
        yield f"{len(growing):,} grow on both sides ({named})"
