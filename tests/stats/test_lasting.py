"""What lasts through a session is not taken for a change, as far as it can be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from loadstone.model import Design, Metric, Policy, Verdict
from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import RowIndex
from loadstone.stats.common.samples import Samples, collect
from loadstone.stats.comparison.autocorrelation import correlation, widening
from loadstone.stats.comparison.bias import USUAL, biases
from loadstone.stats.comparison.judge import judge
from loadstone.stats.comparison.learning import model
from loadstone.stats.comparison.overdispersion import overdispersion
from loadstone.stats.comparison.placement import MOST, common_shift, reaches, with_shift
from tests.stats.helpers import metric, pairs, plan

ONES = np.ones(1)


def scale(rows: int, size: float = 0.001) -> ScalePrior:
    return ScalePrior(
        center=np.full(rows, np.log(size)),
        spread=np.full(rows, 0.2),
        floor=np.full(rows, 1e-5),
        nu=np.full(rows, 4.0),
    )


def tight(change: float, rounds: int = 12, seed: int = 1) -> np.ndarray:
    return change + 0.001 * np.random.default_rng(seed).standard_normal((1, rounds))


@pytest.mark.parametrize("change", [0.003, 0.008, -0.015])
def test_a_change_within_the_usual_bias_is_no_finding_however_many_rounds(change) -> None:
    sure = estimate(tight(change), scale(1)).p
    assert sure < 1e-4
    assert estimate(tight(change), scale(1), bias=np.array([USUAL])).p > 0.01


def test_a_change_far_beyond_the_bias_is_found() -> None:
    assert estimate(tight(0.03), scale(1), bias=np.array([USUAL])).p < 1e-6


def test_a_noisy_row_hardly_feels_the_bias() -> None:
    noisy = np.array([[0.3, 0.5, 0.2, 0.45, 0.33, 0.41]])
    with_, without = (
        estimate(noisy, scale(1, 0.1), bias=bias).p for bias in (np.array([USUAL]), None)
    )
    assert with_ == pytest.approx(without, rel=0.2)


def test_an_interval_says_what_differed_in_this_session() -> None:
    one, other = (estimate(tight(0.01), scale(1), bias=bias) for bias in (None, ONES * USUAL))
    assert one.quantile(0.975) == other.quantile(0.975)


def test_who_asks_for_a_small_margin_gets_a_small_bias() -> None:
    assert biases(_rows(metric(margin=0.2)))[0] == USUAL
    assert biases(_rows(metric(margin=0.006)))[0] == pytest.approx(0.002, rel=0.01)


def test_what_no_layout_moves_has_a_smaller_bias_and_so_have_mixed_pairs() -> None:
    amount = _rows(metric(margin=0.01, unit="By"))
    assert biases(amount)[0] == pytest.approx(0.001, rel=0.01)
    mixed = _rows(metric(margin=0.01), design=Design.MIXED)
    assert biases(mixed)[0] == pytest.approx(0.002, rel=0.01)


def _rows(one: Metric, design: Design = Design.SOLO) -> Samples:
    return collect([], [replace(plan(one), design=design)])


def test_a_bias_that_earlier_sessions_show_is_learnt_and_no_finding() -> None:
    past = [_session(number, bias=0.03) for number in range(12)]
    history = model(collect(each, PLANS) for each in past)
    assert history.bias["cpu"] > 0.015
    quiet = model(collect(_session(number, bias=0.0), PLANS) for number in range(12))
    assert quiet.bias["cpu"] == pytest.approx(USUAL / 2, rel=0.1)
    alarms = [_alarm(_session(number, bias=0.03), history) for number in range(50, 60)]
    assert sum(alarms) <= 1


CASES = [f"case-{number}" for number in range(6)]
PLANS = [plan(metric("cpu", margin=0.05), case=case) for case in CASES]


def _session(number: int, *, bias: float, rounds: int = 6):
    random = np.random.default_rng([3, number])
    found = []
    for case in CASES:
        off = np.exp(random.normal(0, bias) if bias else 0.0)
        base, head = np.exp(0.004 * random.standard_normal((2, rounds)))
        found += pairs(base.tolist(), (off * head).tolist(), case=case, name="cpu")
    return found


def _alarm(measured, history) -> bool:
    return judge(measured, PLANS, history=history).verdict is Verdict.REGRESSION


def rows_of(cases: int, metrics: int) -> RowIndex:
    return RowIndex(
        cases=np.repeat(np.arange(cases), metrics), metrics=np.tile(np.arange(metrics), cases)
    )


def p_of(z):
    return 2 * ndtr(-np.abs(z))


def phi(z: np.ndarray, cases: int) -> float:
    rows = rows_of(cases, z.size // cases)
    return overdispersion(p_of(z), z, rows, np.ones(z.size))


def test_rows_that_scatter_as_they_say_are_taken_at_their_word() -> None:
    z = np.random.default_rng(4).standard_normal(96)
    assert 1 <= phi(z, 12) < 1.05
    assert phi(z, 12) < phi(1.5 * z, 12) < 1.2


def test_a_change_of_every_case_is_not_taken_for_scatter() -> None:
    z = np.random.default_rng(5).standard_normal(96)
    assert phi(z + 4, 12) < 1.06


def test_a_few_changed_cases_do_not_widen_the_others_much() -> None:
    z = np.random.default_rng(6).standard_normal(96)
    z[:24] += 5
    assert phi(z, 12) < 1.12


def test_nothing_known_widens_nothing_much() -> None:
    none = overdispersion(np.full(3, np.nan), np.zeros(3), rows_of(3, 1), np.ones(3))
    assert 1 <= none < 1.07


def walk(rho: float, rows: int, rounds: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    found = random.standard_normal((rows, rounds))
    for column in range(1, rounds):
        found[:, column] = rho * found[:, column - 1] + (1 - rho**2) ** 0.5 * found[:, column]
    return 0.05 * found


@pytest.mark.parametrize("rounds", [4, 8, 12])
def test_pairs_that_resemble_the_one_before_are_noticed(rounds) -> None:
    strangers, alike = (
        correlation(found, estimate(found, scale(300, 0.05)), np.ones(300))
        for found in (walk(0.0, 300, rounds, 1), walk(0.4, 300, rounds, 2))
    )
    assert strangers < 0.08
    assert 0.1 < alike < 0.5


def test_errors_of_related_pairs_are_wider_by_what_theory_says() -> None:
    random = walk(0.4, 40_000, 6, 3)
    seen = random.mean(axis=1).std() / np.sqrt(random.var(axis=1, ddof=1).mean() / 6)
    assert widening(0.4, np.array([6.0]))[0] == pytest.approx(seen, rel=0.02)
    assert (widening(0.0, np.array([2.0, 6.0])) == 1).all()


def test_one_row_alone_tells_next_to_nothing_of_correlation() -> None:
    found = walk(0.9, 1, 5, 4)
    assert correlation(found, estimate(found, scale(1, 0.05)), ONES) < 0.3


def test_a_small_change_of_all_metrics_opens_its_case() -> None:
    random = np.random.default_rng(11)
    names = [f"metric-{number}" for number in range(10)]
    plans = [plan(*[metric(n, margin=0.05) for n in names], case=case) for case in CASES]
    measured = []
    for case in CASES:
        for name in names:
            base, head = np.exp(0.05 * random.standard_normal((2, 12)))
            change = 1.06 if case == CASES[0] else 1.0
            measured += pairs(base.tolist(), (change * head).tolist(), case=case, name=name)
    found = judge(measured, plans, Policy())
    flagged = [row for row in found.comparisons if row.verdict is Verdict.REGRESSION]
    assert len(flagged) >= 3
    assert {row.case for row in flagged} == {CASES[0]}


TIGHT = np.full(12, 0.01)


def test_what_all_cases_moved_by_is_their_common_shift() -> None:
    moved = 0.04 + 0.01 * np.random.default_rng(7).standard_normal(12)
    assert common_shift(moved, TIGHT) == pytest.approx(0.04, abs=0.008)
    assert common_shift(-moved, TIGHT) == common_shift(moved, TIGHT)


@pytest.mark.parametrize("changed", [1, 3, 5])
def test_a_change_of_some_cases_is_no_common_shift(changed) -> None:
    moved = 0.01 * np.random.default_rng(8).standard_normal(12)
    moved[:changed] += 0.3
    assert common_shift(moved, TIGHT) < 0.012


def test_cases_that_move_apart_or_are_few_share_nothing() -> None:
    assert common_shift(np.array([0.04, -0.04] * 6), TIGHT) == 0
    assert common_shift(np.full(3, 0.04), TIGHT[:3]) == 0
    assert common_shift(np.full(12, np.nan), TIGHT) == 0
    assert common_shift(np.full(12, 0.004), TIGHT) == pytest.approx(0.0, abs=0.003)


def test_a_shift_weakens_the_test_and_leaves_the_interval() -> None:
    found = estimate(tight(0.03), scale(1))
    shifted = with_shift(found, np.array([0.02]))
    assert found.p[0] < 1e-6
    assert shifted.p[0] == pytest.approx(2 * ndtr(-1.5), rel=0.05)
    assert shifted.quantile(0.975) == found.quantile(0.975)
    assert with_shift(found, np.zeros(1)).p == pytest.approx(found.p)


def test_no_more_than_a_placement_is_allowed_for() -> None:
    assert reaches(0.5, ONES * USUAL)[0] == MOST * USUAL
    assert reaches(0.01, ONES * USUAL)[0] == 0.01


@pytest.mark.parametrize(("change", "verdict"), [(0.03, False), (0.12, True), (-0.12, True)])
def test_every_case_a_little_off_is_a_placement_and_far_off_a_change(change, verdict) -> None:
    random = np.random.default_rng(12)
    measured = []
    plans = [plan(metric("cpu", margin=0.05), metric("p50", margin=0.05), case=c) for c in CASES]
    for case in CASES:
        for name in ("cpu", "p50"):
            base, head = np.exp(0.01 * random.standard_normal((2, 8)))
            measured += pairs(base.tolist(), (np.exp(change) * head).tolist(), case=case, name=name)
    found = judge(measured, plans, Policy(looks=(8,)))
    flags = [row.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT) for row in found.comparisons]
    assert any(flags) is verdict
