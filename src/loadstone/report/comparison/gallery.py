"""The pictures of a comparison as galleries: which are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loadstone.report.common.metrics import title
from loadstone.report.common.rows import ReportRow, ShapeRow
from loadstone.report.comparison.view import ComparisonView
from loadstone.report.pictures import (
    Gallery,
    Picture,
    exponents,
    functions,
    percentiles,
    rounds,
    session_order,
    slopes,
)

MOST_ROUNDS = 16
MOST_PERCENTILES = 12
MOST_DRIFT = 6
MOST_FUNCTIONS = 6
MOST_EXPONENTS = 6
MOST_SLOPES = 6
FLAT = 0.1  # an exponent below it is no picture


def galleries(view: ComparisonView) -> tuple[Gallery, ...]:
    """Every kind that has something to show."""
    kinds = (
        _rounds(view),
        _exponents(view),
        _slopes(view),
        _percentiles(view),
        _functions(view),
        _drift(view),
    )
    return tuple(kind for kind in kinds if kind.pictures)


def _rounds(view: ComparisonView) -> Gallery:
    metrics = _by_metric(view)
    drawn = [
        rounds.picture(view.record, rows, f"rounds-{index}")
        for index, rows in enumerate(metrics[:MOST_ROUNDS])
    ]
    return Gallery(
        name="rounds",
        title="Every round",
        about=(
            "A dot is one run, a thin line joins the two runs of one round. Below them lies the "
            "interval of the change; in the grey band, the margin, a change does not matter."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(metrics) - MOST_ROUNDS),
    )


def _by_metric(view: ComparisonView) -> list[list[ReportRow]]:
    """Rows by metric, metrics that changed first, and within each the cases likewise."""
    metrics: dict[str, list[ReportRow]] = {}
    for row in [*view.changed, *view.inconclusive, *view.unchanged, *view.invalid]:
        if row.case:
            metrics.setdefault(row.metric, []).append(row)
    return list(metrics.values())


def _exponents(view: ComparisonView) -> Gallery:
    """What changed, and of the metrics that gate those that grow: worth knowing in itself."""
    rows = [row for row in view.scaling.shapes if row.told or _grows(row)]
    drawn = [
        exponents.picture(view.record, row, f"exponents-{index}")
        for index, row in enumerate(rows[:MOST_EXPONENTS])
    ]
    return Gallery(
        name="exponents",
        title="Cost against size",
        about=(
            "A dot is one run, a line the power law fitted to a side: the steeper, the more a "
            "larger size costs. Both axes are logarithmic."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(rows) - MOST_EXPONENTS),
    )


def _grows(row: ShapeRow) -> bool:
    sides = (row.shape.base, row.shape.head)
    return row.shape.metric.gated and any(side and abs(side.estimate) >= FLAT for side in sides)


def _slopes(view: ComparisonView) -> Gallery:
    """What changed, and what grows on both sides; what does not grow is no picture."""
    rows = [row for row in view.scaling.growth if row.told or row.both]
    drawn = [
        slopes.picture(view.record, row, f"slopes-{index}")
        for index, row in enumerate(rows[:MOST_SLOPES])
    ]
    return Gallery(
        name="slopes",
        title="Growth in time",
        about=(
            "A thin line is one run, from where its window opened; a thick one rises as the side "
            "does in the mean of its runs."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(rows) - MOST_SLOPES),
    )


def _percentiles(view: ComparisonView) -> Gallery:
    asked = _histograms(view)
    drawn = [
        percentiles.picture(view.record, case, short, kind, f"percentiles-{index}")
        for index, (case, short, kind) in enumerate(asked[:MOST_PERCENTILES])
    ]
    return Gallery(
        name="percentiles",
        title="Latency by percentile",
        about=(
            "A thin line is one round, a thick one all rounds of a side together. "
            "Each step to the right leaves ten times fewer requests beyond it."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(asked) - MOST_PERCENTILES),
    )


def _histograms(view: ComparisonView) -> list[tuple[str, str, str]]:
    """Case, its short name, and the name of a histogram that its runs have."""
    kinds: dict[str, set[str]] = {}
    for run in view.record.runs:
        kinds.setdefault(run.case, set()).update(run.histograms)
    names = [
        (plan.case.name, setup.short)
        for plan, setup in zip(view.record.plan.cases, view.setups, strict=True)
    ]
    return [(case, short, kind) for case, short in names for kind in sorted(kinds.get(case, ()))]


def _functions(view: ComparisonView) -> Gallery:
    drawn = [
        functions.picture(table, f"functions-{index}")
        for index, table in enumerate(view.profiles[:MOST_FUNCTIONS])
    ]
    return Gallery(
        name="functions",
        title="Where it changed",
        about=(
            "Profiles of both sides, function by function: what each does itself, per run. "
            "The line is the interval over the runs; grey bars could be noise."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(view.profiles) - MOST_FUNCTIONS),
        legend=False,
    )


def _drift(view: ComparisonView) -> Gallery:
    rows = [*view.changed, *view.inconclusive, *view.unchanged]
    planned = [metric for plan in view.record.plan.cases for metric in plan.metrics]
    titles = {row.comparison.metric.name: row.title for row in rows}
    titles |= {metric.name: title(metric) for metric in planned if metric.name not in titles}
    metrics = list(titles)
    drawn = [
        session_order.picture(view.record, metric, titles[metric], f"drift-{index}")
        for index, metric in enumerate(metrics[:MOST_DRIFT])
    ]
    return Gallery(
        name="drift",
        title="Over the session",
        about=(
            "Runs in the order in which they ran, each against the median of its case and side. "
            "Drift moves both sides alike and cancels out."
        ),
        pictures=_there(drawn),
        left_out=max(0, len(metrics) - MOST_DRIFT),
    )


def _there(drawn: Iterable[Picture | None]) -> Sequence[Picture]:
    return [picture for picture in drawn if picture is not None]
