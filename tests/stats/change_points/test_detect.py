"""Change points after merges: p-values that know a split was chosen, and where they point."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Direction, Verdict
from loadstone.stats.change_points.detect import RecordMeans, SeriesSession, points, shifts
from tests.stats.helpers import metric, most
from tests.stats.sessions import CASES, METRICS, plans, session


def series(values, direction=Direction.LOWER, margin=0.05):
    table = np.atleast_2d(np.asarray(values, dtype=float))
    return RecordMeans(
        cases=[f"case-{n}" for n in range(len(table))],
        metrics=[metric(direction=direction, margin=margin)] * len(table),
        revisions=[f"r{n}" for n in range(table.shape[1])],
        values=table,
    )


def noisy(rng, n=40, *, at=None, by=0.0, sd=0.05):
    values = sd * rng.standard_t(4, n)
    if at is not None:
        values[at:] += by
    return values


def test_a_shift_is_found_with_the_revisions_it_lies_between():
    rng = np.random.default_rng(1)
    (found,) = shifts(series(noisy(rng, at=25, by=0.3)), rng)
    assert (found.good, found.bad, found.verdict) == ("r24", "r25", Verdict.REGRESSION)
    assert found.change.low < np.expm1(0.3) < found.change.high
    assert found.p <= found.threshold
    assert (found.before, found.after) == (25, 15)


def test_more_is_better_where_the_metric_says_so():
    rng = np.random.default_rng(2)
    (found,) = shifts(series(noisy(rng, at=20, by=0.4), Direction.HIGHER), rng)
    assert found.verdict is Verdict.IMPROVEMENT


def test_two_shifts_are_told_apart():
    rng = np.random.default_rng(3)
    values = noisy(rng, 60, sd=0.03)
    values[20:] += 0.3
    values[40:] -= 0.2
    found = shifts(series(values), rng)
    assert [one.bad for one in found] == ["r20", "r40"]
    assert [one.verdict for one in found] == [Verdict.REGRESSION, Verdict.IMPROVEMENT]


def test_two_shifts_the_same_way_do_not_pass_for_resemblance():
    """Neighbours on three levels look alike, and still no noise made the levels."""
    rng = np.random.default_rng(11)
    values = noisy(rng, 27, sd=0.03)
    values[5:] -= 0.35
    values[12:] -= 0.3
    assert [one.bad for one in shifts(series(values), rng)] == ["r5", "r12"]


def test_a_shift_that_is_taken_back_is_found_though_both_ends_are_alike():
    rng = np.random.default_rng(12)
    values = noisy(rng, 30)
    values[10:20] += 0.5
    assert [one.bad for one in shifts(series(values), rng)] == ["r10", "r20"]


def test_a_wild_record_beside_a_shift_does_not_move_it():
    rng = np.random.default_rng(13)
    values = noisy(rng, 40, at=20, by=0.4)
    values[14] += 5
    assert [one.bad for one in shifts(series(values), rng)] == ["r20"]


def test_places_count_all_records_even_those_without_a_value():
    rng = np.random.default_rng(14)
    values = noisy(rng, 40, at=20, by=0.5)
    values[[3, 4, 19]] = np.nan
    (found,) = shifts(series(values), rng)
    assert found.places[:2] == (18, 20)
    assert (found.good, found.bad) == ("r18", "r20")


def test_one_wild_record_is_no_shift():
    rng = np.random.default_rng(4)
    values = noisy(rng)
    values[20] += 3
    assert shifts(series(values), rng) == []


def test_a_shift_smaller_than_a_third_of_the_margin_is_left_out():
    rng = np.random.default_rng(5)
    values = noisy(rng, at=20, by=0.02, sd=0.001)
    assert shifts(series(values, margin=0.1), rng) == []
    assert len(shifts(series(values, margin=0.05), rng)) == 1


@pytest.mark.parametrize("values", [[], [1.0] * 5, [1.0] * 50, [np.nan] * 50])
def test_short_constant_and_empty_series_show_nothing(values):
    assert shifts(series([values]), np.random.default_rng(6)) == []


@pytest.mark.study
def test_flat_series_rarely_show_anything(studies):
    """Flat series of 50 records with heavy tails: at most 5 % and three standard errors."""
    rng, number = np.random.default_rng(7), 400 if studies else 60
    found = sum(bool(shifts(series(noisy(rng, 50), margin=0), rng)) for _ in range(number))
    assert found <= most(number)


@pytest.mark.study
def test_flat_series_whose_neighbours_are_alike_rarely_show_anything(studies):
    """Series of 80 records with a correlation of 0.3 between neighbours."""
    rng, number = np.random.default_rng(41), 300 if studies else 40
    found = 0
    for _ in range(number):
        values = noisy(rng, 80)
        for at in range(1, 80):
            values[at] = 0.3 * values[at - 1] + 0.954 * values[at]
        found += bool(shifts(series(values, margin=0), rng))
    assert found <= most(number)


@pytest.mark.study
def test_many_flat_rows_rarely_show_anything_together(studies):
    """Suites of 20 rows."""
    rng, number = np.random.default_rng(8), 120 if studies else 10
    suites = [series([noisy(rng, 30) for _ in range(20)], margin=0) for _ in range(number)]
    found = sum(bool(shifts(suite, rng)) for suite in suites)
    assert found <= most(number)


@pytest.mark.study
def test_the_range_of_revisions_holds_the_change(studies):
    """Shifts of two standard deviations: 95 % within three standard errors, of those found."""
    rng, number = np.random.default_rng(9), 300 if studies else 40
    held = count = 0
    for _ in range(number):
        values = rng.normal(0, 0.05, 40)
        values[22:] += 0.1
        for found in shifts(series(values), rng)[:1]:
            count += 1
            held += int(found.earliest[1:]) < 22 <= int(found.latest[1:])
    assert count > 0.85 * number
    assert count - held <= most(count)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.sampled_from([-20.0, 3.0]))
def test_the_unit_does_not_matter(seed, offset):
    values = noisy(np.random.default_rng(seed), at=20, by=0.2)
    one = shifts(series(values), np.random.default_rng(0))
    two = shifts(series(values + offset), np.random.default_rng(0))
    assert [(a.bad, a.verdict) for a in one] == [(b.bad, b.verdict) for b in two]


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_a_mirrored_series_has_the_opposite_verdicts(seed):
    values = noisy(np.random.default_rng(seed), at=20, by=0.2)
    swap = {Verdict.REGRESSION: Verdict.IMPROVEMENT, Verdict.IMPROVEMENT: Verdict.REGRESSION}
    one = shifts(series(values), np.random.default_rng(0))
    two = shifts(series(-values), np.random.default_rng(0))
    assert [(a.bad, swap[a.verdict]) for a in one] == [(b.bad, b.verdict) for b in two]


def test_points_of_records_and_of_records_beside_a_frozen_revision():
    records = [
        SeriesSession(
            revision=f"r{n}",
            runs=session(
                n, machine=0.3, noise=0.01, change={("two", "cpu"): 0.3} if n >= 10 else {}
            ).runs,
        )
        for n in range(20)
    ]
    plain = points(records, plans())
    assert plain.values.shape == (len(CASES) * len(METRICS), 20)
    anchored = points(records, plans(), anchored=True)
    assert np.ptp(anchored.values) < np.ptp(plain.values)
    (found,) = shifts(anchored, np.random.default_rng(10))
    assert (found.case, found.metric.name, found.bad) == ("two", "cpu", "r10")
