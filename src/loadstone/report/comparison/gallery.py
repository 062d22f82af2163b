"""The pictures of a comparison as galleries: which are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from loadstone.report.common import metrics
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
T = TypeVar("T")
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
    return _gallery(
        "rounds",
        _by_metric(view),
        MOST_ROUNDS,
        lambda rows, name: rounds.picture(view.record, rows, name),
        title="Every round",
        about=(
            "A dot is one run, a thin line joins the two runs of one round. Below them lies the "
            "interval of the change; in the grey band, the margin, a change does not matter."
        ),
    )


def _by_metric(view: ComparisonView) -> list[list[ReportRow]]:
    """Rows by metric, metrics that changed first, and within each the cases likewise."""
    found: dict[str, list[ReportRow]] = {}
    for row in [*view.changed, *view.inconclusive, *view.unchanged, *view.invalid]:
        if row.case:
            found.setdefault(row.metric, []).append(row)
    return list(found.values())


def _exponents(view: ComparisonView) -> Gallery:
    """What changed, and of the metrics that gate those that grow: worth knowing in itself."""
    rows = [row for row in view.scaling.shapes if row.told or _grows(row)]
    return _gallery(
        "exponents",
        rows,
        MOST_EXPONENTS,
        lambda row, name: exponents.picture(view.record, row, name),
        title="Cost against size",
        about=(
            "A dot is one run, a line the power law fitted to a side: the steeper, the more a "
            "larger size costs. Both axes are logarithmic."
        ),
    )


def _grows(row: ShapeRow) -> bool:
    sides = (row.shape.base, row.shape.head)
    return row.shape.metric.gated and any(side and abs(side.estimate) >= FLAT for side in sides)


def _slopes(view: ComparisonView) -> Gallery:
    """What changed, and what grows on both sides; what does not grow is no picture."""
    rows = [row for row in view.scaling.growth if row.told or row.both]
    return _gallery(
        "slopes",
        rows,
        MOST_SLOPES,
        lambda row, name: slopes.picture(view.record, row, name),
        title="Growth in time",
        about=(
            "A thin line is one run, from where its window opened; a thick one rises as the side "
            "does in the mean of its runs."
        ),
    )


def _percentiles(view: ComparisonView) -> Gallery:
    return _gallery(
        "percentiles",
        _histograms(view),
        MOST_PERCENTILES,
        lambda histogram, name: percentiles.picture(view.record, *histogram, name),
        title="Latency by percentile",
        about=(
            "A thin line is one round, a thick one all rounds of a side together. "
            "Each step to the right leaves ten times fewer requests beyond it."
        ),
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
    return _gallery(
        "functions",
        view.profiles,
        MOST_FUNCTIONS,
        functions.picture,
        title="Where it changed",
        about=(
            "Profiles of both sides, function by function: what each does itself, per run. "
            "The line is the interval over the runs; grey bars could be noise."
        ),
        legend=False,
    )


def _drift(view: ComparisonView) -> Gallery:
    rows = [*view.changed, *view.inconclusive, *view.unchanged]
    planned = [metric for plan in view.record.plan.cases for metric in plan.metrics]
    titles = {row.comparison.metric.name: row.title for row in rows}
    titles |= {
        metric.name: metrics.title(metric) for metric in planned if metric.name not in titles
    }
    return _gallery(
        "drift",
        list(titles.items()),
        MOST_DRIFT,
        lambda metric, name: session_order.picture(view.record, *metric, name),
        title="Over the session",
        about=(
            "Runs in the order in which they ran, each against the median of its case and side. "
            "Drift moves both sides alike and cancels out."
        ),
    )


def _gallery(
    name: str,
    items: Sequence[T],
    most: int,
    draw: Callable[[T, str], Picture | None],
    *,
    title: str,
    about: str,
    legend: bool = True,
) -> Gallery:
    """The first `most` of what could be drawn, under names of their own; None is no picture."""
    drawn = [draw(item, f"{name}-{index}") for index, item in enumerate(items[:most])]
    return Gallery(
        name=name,
        title=title,
        about=about,
        pictures=[picture for picture in drawn if picture is not None],
        left_out=max(0, len(items) - most),
        legend=legend,
    )
