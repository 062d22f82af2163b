"""The number that a query's answer comes to, or the reason why there is none. Pure.

A query that nothing answers has no value. It is never 0 instead: that would look like work that was
saved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from loadstone.model import Note

ENOUGH = 2  # samples of a series in the window: growth lies between two of them


class QueryAnswer(msgspec.Struct, frozen=True):
    """The answer to a query: a scalar, or series each with a value or with samples."""

    kind: str  # scalar, string, vector or matrix
    result: Any
    warnings: list[str] = []


class AnsweredSeries(msgspec.Struct, frozen=True):
    """A series of an answer, with its value at a moment or its samples: [s since 1970, value]."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None  # None of a native histogram
    values: list[tuple[float, str]] = []


def series_of(answer: QueryAnswer) -> list[AnsweredSeries]:
    """The series of a vector or matrix; none of anything else, and of what is malformed."""
    if answer.kind not in ("vector", "matrix"):
        return []
    try:
        return msgspec.convert(answer.result, list[AnsweredSeries], strict=False)
    except msgspec.ValidationError:
        return []


def value_of(alias: str, answer: QueryAnswer) -> float | Note:
    """The number that a query is answered by, or why it has none."""
    if answer.warnings:
        return Note.of("query-warned", alias=alias, said=answer.warnings[0])
    if answer.kind == "scalar":
        return _number(alias, answer.result)
    series = series_of(answer)
    if not series:
        return Note.of("query-empty", alias=alias)
    if len(series) > 1:
        return Note.of("query-several", alias=alias, series=len(series), said=_labels(series[0]))
    return _number(alias, series[0].value)


def sparse(
    alias: str, asked: Mapping[str, Sequence[AnsweredSeries]], *, opened: float, closed: float
) -> Note | None:
    """A note where the window holds too few samples of what is asked for, or none at all.

    `asked`: the samples of the run by selector. One that nothing ever answered may be what a query
    does without, as with `or`; one that was answered earlier in the run may not. A query of whose
    selectors none is answered has no value, whatever it is made of: a server that does not scrape
    the component would answer it alike.
    """
    most = {
        selector: max(len(_within(each, opened, closed)) for each in series)
        for selector, series in asked.items()
        if series
    }
    lacking = min(most, key=lambda selector: most[selector], default=None)
    if lacking is None:
        return Note.of("query-empty", alias=alias)
    if most[lacking] >= ENOUGH:
        return None
    window = round(closed - opened, 3)
    return Note.of(
        "query-sparse", alias=alias, selector=lacking, samples=most[lacking], window=window
    )


def _within(series: AnsweredSeries, opened: float, closed: float) -> list[float]:
    return [moment for moment, _ in series.values if opened <= moment <= closed]


def _number(alias: str, point: Any) -> float | Note:
    """The value of [moment, "value"]."""
    try:
        value = float(point[1])
    except (TypeError, ValueError, IndexError):
        return Note.of("query-not-a-number", alias=alias, said="a histogram, or no value at all")
    if not math.isfinite(value):
        return Note.of("query-not-a-number", alias=alias, said=str(point[1]))
    return value


def _labels(series: AnsweredSeries) -> str:
    name = series.metric.get("__name__", "")
    others = (f'{key}="{each}"' for key, each in series.metric.items() if key != "__name__")
    return f"{name}{{{','.join(others)}}}"
