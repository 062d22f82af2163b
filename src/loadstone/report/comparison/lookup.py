"""The lookup of one row, one shape or one growth of a judgement, by what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from loadstone.errors import UsageError
from loadstone.model import Comparison, Growth, Record, Shape
from loadstone.report.common.plain import plain

T = TypeVar("T", Shape, Growth)
_SUITE = "suite"


def row(record: Record, case: str, metric: str) -> Comparison:
    """The row of a case (its name, a part of it that only one has, or `suite`) and a metric.

    Raises `UsageError` with what there is when nothing or more than one row fits.
    """
    judgement = record.judgement
    rows = [*judgement.comparisons, *judgement.suite] if judgement else []
    names = list(dict.fromkeys(each.case or _SUITE for each in rows))
    exact = [name for name in names if name == case]
    fitting = exact or [name for name in names if case in name and name != _SUITE]
    if len(fitting) != 1:
        raise UsageError(
            f"{'no' if not fitting else 'more than one'} case fits `{plain(case)}`",
            next_step="the cases are: " + ", ".join(plain(name) for name in fitting or names),
        )
    found = [each for each in rows if (each.case or _SUITE) == fitting[0]]
    for each in found:
        if each.metric.name == metric:
            return each
    known = ", ".join(plain(each.metric.name) for each in found)
    raise UsageError(f"no metric `{plain(metric)}` here", next_step=f"the metrics are: {known}")


def shape(record: Record, case: str, metric: str, axis: str) -> Shape:
    """The shape of a metric over an axis; `case` is its scenario, or a part of a case of it.

    Raises `UsageError` with what there is when nothing or more than one fits.
    """
    known = record.judgement.shapes if record.judgement else ()
    found = [
        each
        for each in known
        if (each.axis, each.metric.name) == (axis, metric)
        and any(case in name for name in each.cases)
    ]
    return _only(
        found,
        f"shape of `{plain(metric)}` over `{plain(axis)}` in `{plain(case)}`",
        [f"{each.cases[-1]} {each.metric.name} --over {each.axis}" for each in found or known],
    )


def growth(record: Record, case: str, series: str) -> Growth:
    """The growth of a series, or of the metric that is its slope. Raises `UsageError` likewise."""
    known = record.judgement.growth if record.judgement else ()
    found = [
        each for each in known if case in each.case and series in (each.series, each.metric.name)
    ]
    return _only(
        found,
        f"growth of `{plain(series)}` in `{plain(case)}`",
        [f"{each.case} {each.series} --growth" for each in found or known],
    )


def _only(found: Sequence[T], what: str, there: Sequence[str]) -> T:
    if len(found) == 1:
        return found[0]
    named = "; ".join(map(plain, there[:12])) or "nothing: see docs/how-to/sizes-and-growth.md"
    raise UsageError(
        f"{'no' if not found else 'more than one'} {what}", next_step=f"there is: {named}"
    )
