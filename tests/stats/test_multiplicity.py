from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from loadstone.stats.multiplicity import cutoff, cutoffs

tests = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=30)


@given(p=tests)
def test_the_cutoff_rejects_what_benjamini_and_hochberg_reject(p) -> None:
    values = np.array(p)
    adjusted = stats.false_discovery_control(values, method="bh")
    clear = np.abs(adjusted - 0.05) > 1e-9
    assert ((values <= cutoff(values, 0.05)) == (adjusted <= 0.05))[clear].all()


@given(p=tests)
def test_no_rejection_in_the_report_means_none_in_any_case(p) -> None:
    values = np.array(p)
    whole = cutoff(values, 0.05)
    if (values > whole).all():
        cases = np.arange(values.size) % 3
        assert (cutoffs(values, cases, np.ones(values.size), 0.05) == whole).all()


def test_rows_that_go_the_way_of_a_changed_case_are_tested_among_themselves() -> None:
    p = np.array([1e-9, 1e-8, 0.008, 0.9] + [0.5] * 40)
    cases = np.array([0, 0, 0, 0] + [1] * 40)
    worse, better = np.ones(44), np.array([1, 1, -1, 1] + [1] * 40)
    assert cutoff(p, 0.02) < 0.008 < cutoffs(p, cases, worse, 0.02)[2]
    assert cutoffs(p, cases, better, 0.02)[2] == cutoff(p, 0.02)


def test_missing_tests_do_not_count() -> None:
    p = np.array([0.01, np.nan, 0.5])
    assert cutoff(p, 0.05) == pytest.approx(cutoff(np.array([0.01, 0.5]), 0.05))
    assert cutoff(np.array([np.nan]), 0.05) == 0.05
