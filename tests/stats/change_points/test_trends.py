"""A series from end to end: how many records it takes, and how often a flat one shows anything."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
from numpy.random import default_rng

from loadstone.model.series import Point
from loadstone.stats.change_points.splits import SPLIT
from loadstone.stats.change_points.trends import delay, needed, trend
from tests.stats.helpers import most
from tests.stats.sessions import METRICS as ALL
from tests.stats.sessions import plans, session

METRICS = ALL[:1]


def stops(count):
    return [Point(revision=f"r{n}", program=f"r{n}", started="", key="") for n in range(count)]


@pytest.mark.parametrize("rows", [1, 12, 100])
def test_the_records_that_are_needed_are_the_fewest_that_can_tell(rows):
    share = 0.05 / rows
    count = needed(share)
    assert 2 / comb(count, count // 2) <= SPLIT * share
    assert count == 6 or 2 / comb(count - 1, (count - 1) // 2) > SPLIT * share


def test_the_longer_a_series_the_sooner_a_change_is_found():
    late = [delay(records, 0.05 / 40) for records in (8, 12, 20, 50, 200)]
    assert late == sorted(late, reverse=True)
    assert late[-1] == 3


def test_a_step_is_found_as_soon_as_it_is_promised_in_most_series():
    """40 series of one row with a large step: with the promised records, most find it."""
    found = 0
    for number in range(40):
        rng = default_rng(number)
        count = needed(0.05)
        later = count // 2
        taken = [
            session(
                number * 100 + n,
                cases=("one",),
                metrics=METRICS,
                machine=0.02,
                noise=0.01,
                change={("one", ""): 1.0} if n >= count - later else {},
            ).runs
            for n in range(count)
        ]
        found += bool(trend(stops(count), taken, plans(("one",), METRICS), rng).changes)
    assert found > 20


@pytest.mark.study
def test_flat_suites_rarely_show_a_gated_change_point(studies):
    """Suites of 4 cases × 3 metrics over 16 records: 5 %, within three standard errors."""
    number_of = 300 if studies else 10
    alarms = 0
    for number in range(number_of):
        taken = [session(1000 * number + n, machine=0.1, rounds=4).runs for n in range(16)]
        alarms += bool(trend(stops(16), taken, plans(), default_rng(number)).changes)
    assert alarms <= most(number_of)


def test_rows_that_only_report_do_not_take_the_level_of_those_that_gate():
    quiet = [
        replace(plan, metrics=[replace(each, gated=each.name == "cpu") for each in plan.metrics])
        for plan in plans()
    ]
    taken = [session(n, machine=0.0).runs for n in range(4)]
    lacking = trend(stops(4), taken, quiet, default_rng(0)).lacking
    assert lacking < trend(stops(4), taken, plans(), default_rng(0)).lacking


def test_a_row_that_is_not_read_as_measured_is_told_as_a_change():
    taken = [session(n, machine=0.3).runs for n in range(11)]
    rows = trend(stops(11), taken, plans(), default_rng(0)).rows
    values = np.array([row.values for row in rows if not row.case], dtype=float)
    assert np.median(values, axis=1) == pytest.approx([0, 0, 0], abs=1e-12)
