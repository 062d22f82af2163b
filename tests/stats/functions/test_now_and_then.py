"""Work that comes now and then is no change, however surely it came where it came."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import fisher_exact

from loadstone.stats.functions.now_and_then import less_sure

SURE = 1e-9  # what the samples alone say


def judged(
    *rows: tuple[list[float], list[float]], profiles: list[int] | None = None
) -> list[float]:
    """The p-values of rows of base and head, all of which samples alone are sure of."""
    base, head = (np.array([row[side] for row in rows], dtype=float) for side in (0, 1))
    known = np.isfinite(base + head)
    numbers = np.array(profiles or [0] * len(rows), dtype=np.int64)
    sides = np.nan_to_num(base), np.nan_to_num(head)
    return list(less_sure(np.full(len(rows), SURE), *sides, known, numbers))


STEADY = ([50.0, 40.0, 60.0], [55.0, 45.0, 50.0])
SELDOM = ([50.0, 0.0, 0.0], [0.0, 70.0, 40.0])
NEW = ([0.0, 0.0, 0.0], [50.0, 40.0, 60.0])


def test_where_all_work_comes_in_every_run_samples_are_believed():
    assert judged(STEADY, NEW, STEADY) == [SURE] * 3


def test_where_some_work_comes_now_and_then_a_new_function_may_be_such():
    found = judged(NEW, SELDOM, STEADY, STEADY)
    assert found[0] == pytest.approx(SURE + 2 / 20 / 4)  # of 20 ways to have three of six runs
    assert found[1] == pytest.approx(1.0)
    assert found[2:] == [SURE, SURE]


def test_six_rounds_tell_a_new_function_though_work_comes_now_and_then():
    rows = [(base * 2, head * 2) for base, head in (NEW, SELDOM, STEADY, STEADY)]
    assert judged(*rows)[0] < 0.001


def test_profiles_do_not_tell_of_one_another():
    assert judged(NEW, SELDOM, profiles=[0, 1])[0] == SURE


def test_a_trace_of_what_the_other_side_has_in_every_run_is_no_run_that_has_it():
    """As of functions that a commit made forty times as dear."""
    traced = ([0.0, 0.0, 1.0], [90.0, 98.0, 85.0])
    few = ([2.0, 0.0, 0.0], [15.0, 17.0, 12.0])
    assert judged(traced, few, NEW, STEADY) == [SURE] * 4


@pytest.mark.parametrize(
    "row",
    [
        ([4.0, 0.0, 3.0], [5.0, 6.0, 2.0]),  # few samples miss a run by chance
        ([50.0, 0.0, 30.0], [60.0, 0.0, 40.0]),  # a sampler that met another moment in a round
        ([50.0, float("nan"), 30.0], [60.0, float("nan"), 40.0]),  # a round that is not there
    ],
)
def test_what_is_missing_for_another_reason_does_not_come_now_and_then(row):
    assert judged(row, NEW) == [SURE, SURE]


def test_a_row_is_judged_by_its_runs_as_fishers_exact_test_does():
    """Where one is missing though the other side has it, and is there in another round."""
    sides = [list(map(float, each)) for each in product((0, 30), repeat=4)]
    for base, head in product(sides, sides):
        pairs = list(zip(base, head, strict=True))
        lone = [(any(base), (0.0, 30.0)), (any(head), (30.0, 0.0))]
        if not any(there and pair in pairs for there, pair in lone):
            continue
        counts = [[sum(map(bool, side)), 4 - sum(map(bool, side))] for side in (base, head)]
        expected = fisher_exact(counts).pvalue
        assert judged((base, head))[0] == pytest.approx(max(expected, SURE))
