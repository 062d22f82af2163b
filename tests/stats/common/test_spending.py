from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from loadstone.stats.common.spending import levels, spent

LOOKS = (4, 6, 8, 10, 12)


def test_all_alpha_is_spent_at_the_last_look_and_none_before_the_first() -> None:
    assert spent(0.05, 12, 12) == pytest.approx(0.05)
    assert spent(0.05, 0, 12) == 0
    assert spent(0.05, 99, 12) == pytest.approx(0.05)


def test_one_look_leaves_all_of_alpha_to_it() -> None:
    assert levels([12], 12, 0.05) == pytest.approx([0.05], rel=1e-3)


def test_two_looks_cross_as_often_as_a_bivariate_normal_says() -> None:
    first, second = levels((6, 12), 12, 0.05)
    bars = [-ndtri(level / 2) for level in (first, second)]
    joint = stats.multivariate_normal(cov=np.array([[1, 0.5**0.5], [0.5**0.5, 1]]))
    stay = joint.cdf(bars, lower_limit=[-bar for bar in bars])
    assert 1 - stay == pytest.approx(0.05, rel=2e-3)
    assert first == pytest.approx(spent(0.05, 6, 12), rel=1e-3)


def test_looking_five_times_at_walks_crosses_a_boundary_no_more_often_than_alpha() -> None:
    random = np.random.default_rng(8)
    walks = np.cumsum(random.standard_normal((60_000, 12)), axis=1)
    bars = [-ndtri(level / 2) for level in levels(LOOKS, 12, 0.05)]
    crossed = np.zeros(len(walks), dtype=bool)
    for look, bar in zip(LOOKS, bars, strict=True):
        crossed |= np.abs(walks[:, look - 1]) / look**0.5 > bar
    assert crossed.mean() == pytest.approx(0.05, abs=0.004)


def test_a_family_of_tests_gets_less_than_one_test_would_suggest() -> None:
    one, many = levels(LOOKS, 12, 0.05), levels(LOOKS, 12, 0.05, tests=100)
    assert many[0] == pytest.approx(one[0], rel=1e-3)
    assert many[-1] < one[-1]
