from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from loadstone.stats.common.multiplicity import cutoff, cutoffs, shares

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
        cases, even = np.arange(values.size) % 3, np.ones(values.size)
        assert (cutoffs(values, cases, even, 0.05, even)[0] == whole).all()


def test_rows_that_go_the_way_of_a_changed_case_are_tested_among_themselves() -> None:
    p = np.array([1e-9, 1e-8, 0.008, 0.9] + [0.5] * 40)
    cases = np.array([0, 0, 0, 0] + [1] * 40)
    even = np.ones(44)
    worse, better = np.ones(44), np.array([1, 1, -1, 1] + [1] * 40)
    assert cutoff(p, 0.02) < 0.008 < cutoffs(p, cases, worse, 0.02, even)[0][2]
    assert cutoffs(p, cases, better, 0.02, even)[0][2] == cutoff(p, 0.02)


def test_missing_tests_do_not_count() -> None:
    p = np.array([0.01, np.nan, 0.5])
    assert cutoff(p, 0.05) == pytest.approx(cutoff(np.array([0.01, 0.5]), 0.05))
    assert cutoff(np.array([np.nan]), 0.05) == 0.05


def test_a_row_too_noisy_to_show_a_change_leaves_its_level_to_the_others() -> None:
    p, margin = np.array([0.2, 0.2, np.nan, 0.2]), np.full(4, 0.1)
    share = shares(p, margin, np.array([0.02, 0.06, 0.02, 5.0]), 0.02)
    assert share[0] > share[1] > share[3] > 0
    assert share[[0, 1, 3]].mean() == pytest.approx(1)
    # Where nothing is known of a row's noise it gets no less than the noisiest of the others.
    unknown = shares(p, margin, np.array([0.02, 0.06, 0.02, np.nan]), 0.02)
    assert np.isfinite(unknown).all()


@given(
    p=st.lists(st.floats(min_value=0, max_value=1), min_size=4, max_size=12),
    seed=st.integers(0, 100),
)
def test_no_share_makes_a_bar_lower_than_the_level(p, seed) -> None:
    random = np.random.default_rng(seed)
    values, cases = np.array(p), np.arange(len(p)) % 3
    share = shares(values, np.full(len(p), 0.1), random.exponential(0.05, len(p)), 0.03)
    held, _ = cutoffs(values, cases, np.ones(len(p)), 0.03, share)
    assert (held <= 0.03).all()
    assert (held > 0).all()
