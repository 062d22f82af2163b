"""Functions of a whole report judged together: what is noise, and what would have been told."""

from __future__ import annotations

import numpy as np
import pytest

from loadstone.stats.functions.judge import LEVEL, CostSamples, judge


def samples(base, head, *, quantum=1.0, whole=None) -> CostSamples:
    """Rows × rounds of costs in samples, all of one profile."""
    rows = len(base)
    return CostSamples(
        base=np.asarray(base, dtype=float),
        head=np.asarray(head, dtype=float),
        quantum=np.full(rows, float(quantum)),
        whole=np.full(rows, float(whole or np.nansum(np.nanmean(base, axis=1)))),
        profiles=np.zeros(rows, dtype=np.int64),
        sorts=np.zeros(rows, dtype=np.int64),
    )


@pytest.mark.parametrize("rounds", [3, 4, 12])
def test_a_report_on_the_same_program_names_a_function_as_seldom_as_its_level_says(rounds):
    draw = np.random.default_rng(5)
    means = 2000.0 / np.arange(1, 81)
    flagged = 0
    for _ in range(200):
        sides = [draw.poisson(means[:, None], (80, rounds)) for _ in range(2)]
        flagged += bool(judge(samples(*sides)).flagged.any())
    assert flagged <= 2 * LEVEL * 200


def test_noise_of_runs_beyond_sampling_is_learnt_from_the_rounds():
    """Each run is 10 % off as a whole: five times the noise of sampling, in the large rows."""
    draw = np.random.default_rng(6)
    means = 20_000.0 / np.arange(1, 41)
    flagged = 0
    for _ in range(100):
        sides = [
            draw.poisson(means[:, None] * draw.normal(1, 0.1, (1, 6)).clip(0.5)) for _ in range(2)
        ]
        flagged += bool(judge(samples(*sides)).flagged.any())
    assert flagged <= 2 * LEVEL * 100


def test_the_interval_covers_and_the_detectable_change_is_detected():
    draw = np.random.default_rng(7)
    means = np.full(40, 200.0)
    covered = detected = tried = 0
    for _ in range(50):
        base = draw.poisson(means[:, None], (40, 6))
        size = judge(samples(base, draw.poisson(means[:, None], (40, 6)))).detectable[0]
        more = means + np.where(np.arange(40) == 0, size, 0.0)
        found = judge(samples(base, draw.poisson(more[:, None], (40, 6))))
        covered += int(((found.low <= 0) & (found.high >= 0))[1:].sum())
        detected += bool(found.flagged[0])
        tried += 1
    assert covered >= 0.94 * 39 * tried
    assert detected >= 0.6 * tried  # a power of 80 %, less what 50 tries scatter


def test_two_rounds_are_too_few_and_what_was_not_measured_is_no_change():
    found = judge(samples([[100.0, 100.0]], [[900.0, 900.0]]))
    assert not found.flagged.any()
    assert np.isnan(found.p).all()
    gaps = judge(samples([[100.0, np.nan, 100.0, 90.0]], [[900.0, 900.0, np.nan, 900.0]]))
    assert gaps.n[0] == 2


def test_what_is_too_small_to_matter_is_no_test():
    base = np.array([[1000.0] * 6, [1.0] * 6])
    head = np.array([[1000.0] * 6, [4.0] * 6])
    found = judge(samples(base, head, whole=1000.0))
    assert np.isnan(found.p[1])
    assert not found.flagged.any()
