from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate
from scipy.special import ndtr

from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.location import estimate, mode


def by_quadrature(pairs, center: float, spread: float, nu: float) -> float:
    """The two-sided p as the module's formula says it, by brute force."""
    log_scales = np.linspace(center - 12, center + 12, 1201)
    wing = np.expm1(np.linspace(0, 12, 1500)) * 1e-4
    places = np.concatenate([-wing[::-1], wing[1:]])
    density = np.zeros(places.size)
    for log_scale in log_scales:
        squared = ((pairs[:, None] - places) / np.exp(log_scale)) ** 2
        each = -(nu + 1) / 2 * np.log1p(squared / nu).sum(axis=0)
        prior = (1 + ((log_scale - center) / spread) ** 2 / 5) ** -3.0
        density += np.exp(each - len(pairs) * (log_scale - center)) * prior
    whole = integrate.trapezoid(density, places)
    below = integrate.trapezoid(density[places <= 0], places[places <= 0])
    return float(2 * min(below, whole - below) / whole)


def rows(pairs, *, spread: float = 0.3, nu: float = 4.0, center: float = 0.1):
    size = len(pairs)
    prior = ScalePrior(
        center=np.full(size, np.log(center)),
        spread=np.full(size, spread),
        floor=np.full(size, 5e-4),
        nu=np.full(size, nu),
    )
    return estimate(np.asarray(pairs, dtype=float), prior)


@pytest.mark.parametrize("nu", [4.0, 30.0])
@pytest.mark.parametrize("spread", [0.2, 0.6])
@pytest.mark.parametrize("n", [3, 4, 6, 12])
def test_p_is_the_integral_that_the_documentation_writes_down(n, spread, nu) -> None:
    random = np.random.default_rng([n, int(10 * spread)])
    pairs = random.standard_t(4, (3, n)) * 0.1 + 0.25
    found = rows(pairs, spread=spread, nu=nu)
    for row, p in enumerate(found.p):
        exact = by_quadrature(pairs[row], np.log(0.1), spread, nu)
        if exact > 1e-6:
            assert p == pytest.approx(exact, rel=0.05)


def test_intervals_cover_and_tests_reject_as_often_as_they_say() -> None:
    random = np.random.default_rng(4)
    size = 6000
    scale = 0.1 * np.exp(0.3 * random.standard_t(5, size))
    for n in (4, 8):
        found = rows(random.standard_t(4, (size, n)) * scale[:, None])
        covered = (found.quantile(0.025) < 0) & (found.quantile(0.975) > 0)
        assert covered.mean() == pytest.approx(0.95, abs=0.012)  # 4 standard errors
        assert (found.p < 0.01).mean() == pytest.approx(0.01, abs=0.005)


def test_normal_noise_of_known_scale_gives_the_z_test() -> None:
    pairs = np.array([[0.02, 0.05, 0.01, 0.04]])
    found = rows(pairs, spread=1e-3, nu=1e6, center=0.03)
    z = pairs.mean() / (0.03 / 2)
    assert found.p[0] == pytest.approx(2 * ndtr(-z), rel=0.02)


def test_a_wild_pair_hardly_counts() -> None:
    found = rows([[0.1, 0.11, 0.09, 0.1, 3.0]], center=0.02)
    assert found.weights[0, 4] < 0.01
    assert found.location[0] == pytest.approx(0.1, abs=0.01)


def test_missing_pairs_are_as_if_they_had_never_been() -> None:
    holes = rows([[0.1, np.nan, 0.2, 0.15, np.nan]])
    dense = rows([[0.1, 0.2, 0.15]])
    assert holes.p[0] == pytest.approx(dense.p[0])
    assert holes.location[0] == pytest.approx(dense.location[0])


def test_the_mode_solves_its_equations() -> None:
    pairs = np.array([[0.1, 0.3, 0.15, 0.22, 0.5]])
    one = np.ones(1)
    place, scale, weights = mode(pairs, np.log(0.1) * one, 4.0 * one, 1e-6 * one, 4.0 * one)
    z = (pairs[0] - place[0]) / scale[0]
    assert (weights[0] * z).sum() == pytest.approx(0, abs=1e-4)
    pull = (np.log(scale[0]) - np.log(0.1)) * 4.0
    assert (weights[0] * z**2).sum() - 4 == pytest.approx(pull, abs=1e-3)
