"""Functions of a whole report judged together: what is noise, and what would have been told."""

from __future__ import annotations

import numpy as np
import pytest

from loadstone.stats.functions.judge import LEVEL, CostSamples, judge


def samples(base, head, *, quantum=1.0, whole=None, growth=False) -> CostSamples:
    """Rows × rounds of costs in samples, all of one profile."""
    rows = len(base)
    return CostSamples(
        base=np.asarray(base, dtype=float),
        head=np.asarray(head, dtype=float),
        base_quantum=np.full(np.shape(base), float(quantum)),
        head_quantum=np.full(np.shape(head), float(quantum)),
        growth=np.full(rows, growth),
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


def test_a_few_samples_that_all_fell_on_one_side_are_told_however_they_lie_over_the_rounds():
    """As of a lock that is held and a sampler that met it more or less often: 40 are not 0."""
    draw = np.random.default_rng(8)
    met = draw.gamma(4.0, 10.0 / 4.0, (20, 4))
    base = np.vstack([[0.0, 0.0, 0.0, 0.0], draw.poisson(met)])
    head = np.vstack([[3.0, 5.0, 14.0, 18.0], draw.poisson(met)])
    found = judge(samples(base, head))
    assert found.flagged[0]
    assert not found.flagged[1:].any()
    assert 0 <= found.low[0] < 10 < found.high[0]


def test_what_was_counted_lends_no_scale_to_what_was_sampled():
    """Goroutines that differ by half from run to run say nothing of how a CPU profile scatters."""
    draw = np.random.default_rng(9)
    base, head = (draw.poisson(100.0, (20, 5)).astype(float) for _ in range(2))
    alone = judge(samples(base, head))
    wild = [draw.uniform(50, 150, (200, 5)) for _ in range(2)]
    quantum = np.vstack([np.ones((20, 5)), np.zeros((200, 5))])
    both = judge(
        CostSamples(
            base=np.vstack([base, wild[0]]),
            head=np.vstack([head, wild[1]]),
            base_quantum=quantum,
            head_quantum=quantum,
            growth=np.full(220, False),
            whole=np.full(220, 2000.0),
            profiles=np.repeat([0, 1], [20, 200]),
            sorts=np.zeros(220, dtype=np.int64),
        )
    )
    assert both.high[:20] - both.low[:20] == pytest.approx(alone.high - alone.low)


def test_a_growth_may_be_negative_and_is_judged_by_its_differences():
    base = np.array([[10.0, -5.0, 3.0, 7.0, -2.0]] + [[1.0, -1.0, 2.0, 0.0, 1.0]] * 9)
    head = base + np.where(np.arange(10) == 0, 200.0, 0.0)[:, None]
    found = judge(samples(base, head, growth=True, whole=100.0))
    assert found.flagged[0]
    assert not found.flagged[1:].any()
