from __future__ import annotations

import numpy as np
import pytest

from loadstone.stats.common import prior
from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import RowIndex
from loadstone.stats.comparison.pair_weights import trust
from loadstone.stats.comparison.shrinkage import moderate

CASES, METRICS, ROUNDS = 12, 6, 6
ROWS = RowIndex(
    cases=np.repeat(np.arange(CASES), METRICS), metrics=np.tile(np.arange(METRICS), CASES)
)
SIZE = CASES * METRICS


def scale(size: int = SIZE) -> ScalePrior:
    return ScalePrior(
        center=np.full(size, np.log(0.05)),
        spread=np.full(size, 0.3),
        floor=np.full(size, 5e-4),
        nu=np.full(size, 4.0),
    )


def normal(seed: int, related: float = 0.0) -> np.ndarray:
    """Normal log-ratios; `related` is the correlation between the metrics of a pair."""
    random = np.random.default_rng(seed)
    common = random.standard_normal((CASES, 1, ROUNDS))
    own = random.standard_normal((CASES, METRICS, ROUNDS))
    mixed = np.sqrt(related) * common + np.sqrt(1 - related) * own
    return np.asarray(0.05 * mixed.reshape(SIZE, ROUNDS))


def width(seed: int) -> np.ndarray:
    """What makes normal pairs Student's with four degrees of freedom, per case and round."""
    return np.asarray(np.sqrt(4 / np.random.default_rng(seed).chisquare(4, (CASES, ROUNDS))))


def shared(seed: int) -> np.ndarray:
    return np.asarray(normal(seed) * np.repeat(width(seed + 1000), METRICS, axis=0))


def company(ratios: np.ndarray) -> float:
    return float(trust(ratios, scale(), ROWS).nu[0] - 4)


def test_a_pair_whose_other_metrics_are_far_off_is_trusted_less() -> None:
    ratios = shared(1)
    ratios[1:METRICS, 2] *= 20  # all metrics of the first case but the first
    pairs = trust(ratios, scale(), ROWS).pairs
    assert pairs[0, 2] < 0.5 * np.delete(pairs[0], 2).min()


def test_no_metric_helps_to_decide_how_far_its_own_pair_is_trusted() -> None:
    ratios = shared(2)
    other = ratios.copy()
    other[0] = other[0] + 0.5  # a change, in every round
    before, after = (trust(each, scale(), ROWS) for each in (ratios, other))
    assert after.pairs == pytest.approx(before.pairs, abs=1e-4)


def test_how_far_disturbances_are_shared_is_learnt() -> None:
    apart = np.mean([company(normal(seed)) for seed in range(8)])
    together = np.mean([company(shared(seed)) for seed in range(8)])
    assert apart < 1.2
    assert together > 2.5


def test_metrics_that_go_together_are_not_taken_for_disturbed() -> None:
    related = np.mean([company(normal(seed, related=0.7)) for seed in range(8)])
    assert related < 1.2


def test_a_row_alone_is_trusted_as_it_is() -> None:
    ratios = shared(3)[::METRICS]
    rows = RowIndex(cases=np.arange(CASES), metrics=np.zeros(CASES, dtype=np.int64))
    found = trust(ratios, scale(CASES), rows)
    assert (found.pairs == 1).all()
    assert (found.nu == 4).all()


def test_what_was_not_measured_is_not_trusted_and_hides_nothing() -> None:
    ratios = shared(4)
    ratios[:METRICS, 1] = np.nan
    ratios[7, 3] = np.nan
    pairs = trust(ratios, scale(), ROWS).pairs
    assert (pairs[np.isnan(ratios)] == 0).all()
    assert (pairs[np.isfinite(ratios)] > 0).all()


@pytest.mark.parametrize("make", [shared, lambda seed: normal(seed, related=0.7)])
def test_tests_reject_as_often_as_they_say_with_and_without_disturbances(make) -> None:
    p = np.concatenate(
        [moderate(make(seed), scale().floor, ROWS).estimates.p for seed in range(40)]
    )
    # Rows of a case are alike: the 2,880 tests are worth some 600 independent ones.
    assert abs((p < 0.05).mean() - 0.05) < 0.03
    assert (p < 0.001).mean() < 0.005


def test_trust_makes_estimates_sharper_where_disturbances_are_shared() -> None:
    """Against a Student-t of its own for each metric, on the same reports."""
    errors: dict[str, list[np.ndarray]] = {"together": [], "apart": []}
    for seed in range(25):
        ratios = shared(seed)
        own = moderate(ratios, scale().floor, ROWS).estimates
        errors["together"].append(own.location)
        alone = estimate(ratios, prior.scale_priors(ratios, scale().floor, ROWS))
        errors["apart"].append(alone.location)
    together, apart = (np.mean(np.square(errors[name])) for name in ("together", "apart"))
    assert together < 0.93 * apart
