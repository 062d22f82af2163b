"""The sentences of the report on two providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from loadstone.model.similar import Likeness, Similarity, SimilarRow
from loadstone.report.common import units

WORDS = {
    Likeness.SAME: "the same in every run",
    Likeness.AGREES: "agrees",
    Likeness.DIFFERS: "differs",
    Likeness.OPEN: "not settled",
    Likeness.MISSING: "too few runs count",
}


def title(found: Similarity) -> str:
    """What was measured, where."""
    first, second = found.providers
    return f"{found.plan.component} {found.plan.base.label} on {first} and on {second}"


def headline(found: Similarity) -> str:
    """How many rows came out how."""
    counted = Counter(row.likeness for row in found.rows)
    parts = [f"{counted[each]} {_SHORT[each]}" for each in Likeness if counted[each]]
    return f"Of {units.count(len(found.rows), 'row')}: {', '.join(parts)}."


_SHORT = {
    Likeness.SAME: "the same",
    Likeness.AGREES: "agreeing",
    Likeness.DIFFERS: "differing",
    Likeness.OPEN: "not settled",
    Likeness.MISSING: "without enough runs",
}


def about() -> str:
    """What the words mean."""
    return (
        "Agrees: the interval of the ratio lies within the metric's margin. Differs: it lies beyond"
        " it. Intervals cover the ratio with 95 %, each by itself."
    )


def says(row: SimilarRow) -> str:
    """What is known of a row, with the bound within which it is known."""
    word = WORDS[row.likeness]
    if row.likeness is Likeness.AGREES:
        return f"{word} within {_furthest(row)}"
    if row.likeness is Likeness.DIFFERS:
        return f"{word} by {_nearest(row)} at least"
    return word


def ratio(row: SimilarRow) -> str:
    """The ratio as a change from the first to the second, or the difference where there is none."""
    if row.ratio is not None:
        return units.change(row.ratio)
    if row.difference is not None:
        found = row.difference
        return units.difference(row.metric.unit, found.estimate, found.low, found.high)
    return "–"


def values(row: SimilarRow) -> tuple[str, str]:
    """The middle of each side, on one scale."""
    centers = [each.center if each else None for each in (row.first, row.second)]
    first, second = units.quantities(row.metric.unit, centers)
    return first, second


def footer(found: Similarity) -> Iterator[str]:
    """What it was measured with."""
    yield units.count(found.rounds, "round")
    for name, said in zip(found.providers, found.versions, strict=True):
        if said:
            yield f"{name}: {said}"
    for name, lost in zip(found.providers, found.failed, strict=True):
        if lost:
            yield f"{units.count(lost, 'run')} on {name} did not count"
    yield f"tier {found.plan.tier}"
    yield f"seed {found.plan.seed}"
    yield f"Loadstone {found.environment.harness}"


def _furthest(row: SimilarRow) -> str:
    if row.ratio is not None:
        return units.percent(max(abs(row.ratio.low), abs(row.ratio.high)))
    assert row.difference is not None  # noqa: S101  (it would not agree)
    far = max(abs(row.difference.low), abs(row.difference.high))
    return units.quantity(row.metric.unit, far)


def _nearest(row: SimilarRow) -> str:
    if row.ratio is not None:
        return units.percent(min(abs(row.ratio.low), abs(row.ratio.high)))
    assert row.difference is not None  # noqa: S101  (it would not differ)
    near = min(abs(row.difference.low), abs(row.difference.high))
    return units.quantity(row.metric.unit, near)
