"""Likeness: agreement has to be shown, difference too, and what is neither stays open."""

from __future__ import annotations

import numpy as np
import pytest

from loadstone.model import Case, CasePlan, Direction, Metric, Run, Side
from loadstone.model.similar import Likeness, SimilarRow
from loadstone.stats.similar import similar
from tests.report.similarities import similarity


def test_each_kind_of_row_is_told_from_the_others() -> None:
    found = {row.metric.name: row.likeness for row in similarity().rows}
    assert found == {
        "ready_p50": Likeness.DIFFERS,
        "cpu": Likeness.AGREES,
        "rss_peak": Likeness.OPEN,
        "requests": Likeness.SAME,
        "errors": Likeness.AGREES,
        "lost": Likeness.DIFFERS,
        "never": Likeness.MISSING,
    }


def test_two_rounds_say_nothing() -> None:
    assert {row.likeness for row in similarity(rounds=2).rows} == {Likeness.MISSING}


def one_row(first: list[float], second: list[float], margin: float = 0.05) -> SimilarRow:
    metric = Metric(name="m", unit="s", direction=Direction.LOWER, margin=margin)
    plans = [CasePlan(case=Case(scenario="s"), metrics=[metric])]
    runs = [
        Run(
            case="s",
            side=side,
            round=number,
            order=number,
            started="",
            seconds=1.0,
            values={"m": value},
        )
        for side, values in ((Side.BASE, first), (Side.HEAD, second))
        for number, value in enumerate(values, start=1)
    ]
    (row,) = similar(runs, plans)
    return row


@pytest.mark.parametrize(("shift", "most"), [(0.05, 0.025), (-0.05, 0.025)])
def test_who_differs_by_the_margin_is_said_to_agree_in_no_more_than_one_of_forty(
    shift: float, most: float
) -> None:
    """At the edge of the margin agreement is claimed with the chance that the interval leaves."""
    rng = np.random.default_rng(1)
    tries, agreed = 400, 0
    for _ in range(tries):
        first = np.exp(rng.normal(0, 0.01, 6))
        second = np.exp(rng.normal(0, 0.01, 6)) * (1 + shift)
        agreed += one_row(list(first), list(second)).likeness is Likeness.AGREES
    assert agreed / tries < most + 3 * (most / tries) ** 0.5


def test_the_interval_covers_the_ratio_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    tries, covered = 400, 0
    for _ in range(tries):
        first = np.exp(rng.normal(0, 0.05, 6))
        row = one_row(list(first), list(first * np.exp(rng.normal(np.log(1.2), 0.05, 6))))
        assert row.ratio is not None
        covered += row.ratio.low <= 0.2 <= row.ratio.high
    assert 0.92 < covered / tries < 0.98


def test_runs_that_do_not_count_are_no_pairs() -> None:
    row = one_row([1.0, 1.0, 1.0, 1.0], [1.01, 1.0, 0.99])
    assert row.n == 3
