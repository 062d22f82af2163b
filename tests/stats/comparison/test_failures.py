"""Failed runs as a row: what fails on one side alone is a finding, and nothing else is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Measurement, Note, Policy, Side, Verdict
from loadstone.stats.across_days.judge import across
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison import failures
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import codes
from tests.stats.sessions import CASES, known, session

EXITED = Note(code="exited", data={"text": "the component ended with status 3 during the run"})
LATE = Note(code="generator-bottleneck", data={"text": "late"}, voids=("latencies",))
TWELVE = tuple(f"case-{number}" for number in range(12))


def broken(record, falls, reason=EXITED):
    """The record with the runs for which `falls` is true failed."""
    return replace(
        record,
        runs=[replace(run, invalid=(reason,)) if falls(run) else run for run in record.runs],
    )


def judged(record, policy=None):
    plans = failures.planned(record.plan.cases, record.runs)
    measured = [*measurements(record.runs, plans), *failures.measured(record.runs, plans)]
    void: dict[str, list[Note]] = {}
    for run in record.runs:
        void.setdefault(run.case, []).extend(run.invalid)
    return judge(measured, plans, policy, invalid=void)


def rows(judgement):
    return {row.case: row for row in judgement.comparisons if failures.is_failed(row.metric)}


def of_head(*cases, rounds=range(100)):
    return lambda run: run.side is Side.HEAD and run.case in cases and run.round in rounds


def test_a_head_that_always_dies_in_five_of_twelve_cases_is_a_regression():
    record = broken(session(1, cases=TWELVE, rounds=4), of_head(*TWELVE[:5]))
    found = judged(record)
    assert found.verdict is Verdict.REGRESSION
    assert set(rows(found)) == set(TWELVE[:5])
    for row in rows(found).values():
        assert (row.verdict, row.metric.gated) == (Verdict.REGRESSION, True)
        assert (known(row.base).center, known(row.head).center, row.n) == (0, 4, 4)
        assert codes(row)[0] == "failed-runs"
    others = [row for row in found.comparisons if row.case in TWELVE[:5]]
    assert {row.verdict for row in others if not failures.is_failed(row.metric)} == {
        Verdict.INVALID
    }


@pytest.mark.parametrize(
    ("times", "rounds", "verdict"),
    [
        (5, 6, Verdict.REGRESSION),
        (7, 8, Verdict.REGRESSION),
        (8, 12, Verdict.REGRESSION),
        (1, 6, Verdict.INCONCLUSIVE),
        (2, 8, Verdict.INCONCLUSIVE),
    ],
)
def test_some_dead_heads_are_a_finding_as_soon_as_they_are_surely_no_chance(times, rounds, verdict):
    record = broken(session(2, rounds=rounds), of_head("two", rounds=range(1, times + 1)))
    found = rows(judged(record))
    assert set(found) == {"two"}
    assert found["two"].verdict is verdict


@pytest.mark.parametrize("both", [range(100), (1, 3), (2,)])
def test_what_fails_on_both_sides_alike_is_no_regression(both):
    record = broken(session(3, rounds=6), lambda run: run.case == "one" and run.round in both)
    found = judged(record)
    assert found.verdict in (Verdict.UNCHANGED, Verdict.INVALID)
    assert rows(found)["one"].verdict is Verdict.UNCHANGED


def test_a_case_without_a_pair_is_no_pass_even_if_both_sides_fail_alike():
    record = broken(session(3, rounds=6), lambda run: run.case == "one")
    assert judged(record).verdict is Verdict.INVALID


def test_a_base_that_dies_is_an_improvement_and_still_leaves_nothing_to_compare():
    record = broken(session(4, rounds=6), lambda run: run.case == "one" and run.side is Side.BASE)
    found = judged(record)
    assert rows(found)["one"].verdict is Verdict.IMPROVEMENT
    assert found.verdict is Verdict.INVALID


def test_a_head_that_never_failed_is_not_held_up_by_a_base_that_did_once():
    record = broken(
        session(5, rounds=6),
        lambda run: run.side is Side.BASE and (run.case, run.round) == ("one", 2),
    )
    found = judged(record, Policy(certain=True))
    assert rows(found)["one"].verdict is Verdict.UNCHANGED


def test_too_few_rounds_to_be_sure_of_a_dead_head_are_no_pass():
    """Two of two is no proof, and nothing that could be called fine either."""
    record = broken(session(16, rounds=2), of_head("one"))
    found = judged(record, Policy(looks=(2,)))
    assert rows(found)["one"].verdict is Verdict.INCONCLUSIVE
    assert found.verdict is Verdict.INVALID


def test_profiles_that_head_alone_cannot_give_are_no_pass_though_its_numbers_count():
    lost = Note(code="profile-not-a-profile", data={"text": "HTML"}, voids=("profiles",))
    for rounds, verdict in ((2, Verdict.INVALID), (4, Verdict.REGRESSION)):
        record = broken(session(7, rounds=rounds), of_head("one"), lost)
        found = judged(record, Policy(looks=(rounds,)))
        assert found.verdict is verdict
        (row, *_) = [row for row in found.comparisons if row.case == "one"]
        assert row.n == rounds


@pytest.mark.parametrize("rounds", [2, 4, 6])
def test_profiles_that_base_alone_cannot_give_void_no_number_of_head(rounds):
    lost = Note.of("profile-failed", ("profiles",), kind="cpu", said="404")
    for cases in (("one",), CASES):
        record = broken(
            session(7, rounds=rounds),
            lambda run, cases=cases: run.side is Side.BASE and run.case in cases,
            lost,
        )
        found = judged(record, Policy(looks=(rounds,)))
        assert found.verdict in (Verdict.UNCHANGED, Verdict.IMPROVEMENT)
        assert all(row.n == rounds for row in found.comparisons)


def test_a_late_generator_is_nobodys_failure():
    record = broken(session(8, rounds=6), of_head("one"), LATE)
    assert rows(judged(record)) == {}


@pytest.mark.parametrize("code", ["failed", "environment-changed", "stolen-time"])
def test_what_broke_of_ours_is_no_failure_of_a_side(code):
    record = broken(session(8, rounds=6), of_head("one"), Note.of(code, message="k6 ended early"))
    assert rows(judged(record)) == {}
    assert judged(record).verdict is not Verdict.REGRESSION


def test_without_a_failed_run_there_is_no_such_row():
    assert rows(judged(session(9))) == {}


def test_failed_runs_take_nothing_from_the_level_of_what_was_measured():
    record = session(10, rounds=6)
    first = broken(
        record, lambda run: run.side is Side.BASE and run.case == "one" and run.round == 6
    )
    tests = {row.explain["tests"] for row in judged(first).comparisons if row.explain}
    assert tests == {row.explain["tests"] for row in judged(record).comparisons}


def test_rounds_in_which_every_run_failed_are_rounds():
    record = broken(session(11, rounds=6), lambda run: run.round == 2)
    whole = judged(session(11, rounds=6))
    assert judged(record).spent == whole.spent


def test_a_metric_of_a_scenario_that_has_this_name_is_its_own():
    record = session(12)
    mine = replace(record.plan.cases[0].metrics[0], name=failures.FAILED.name)
    plans = [replace(record.plan.cases[0], metrics=[mine])]
    dead = broken(record, of_head("one"))
    assert failures.planned(plans, dead.runs) == plans
    assert failures.measured(dead.runs, plans) == []


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("q", [0.1, 0.3, 0.5, 0.8])
def test_the_chance_is_never_less_than_that_of_runs_that_fail_with_any_chance(n, q):
    """Every outcome of n pairs is enumerated."""
    binomial = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    for apart in range(1, n + 1):
        true = sum(
            binomial[a] * binomial[b]
            for a, b in itertools.product(range(n + 1), repeat=2)
            if abs(a - b) >= apart
        )
        assert true <= failures.chance(apart, n) + 1e-12


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 6))
def test_nor_does_it_matter_that_rounds_differ_in_how_likely_they_fail(chances, apart):
    n, places = len(chances), np.zeros(2 * len(chances) + 1)
    places[n] = 1.0
    for q in chances:
        step = q * (1 - q)
        places = (1 - 2 * step) * places + step * (np.roll(places, 1) + np.roll(places, -1))
    true = sum(mass for place, mass in enumerate(places) if abs(place - n) >= apart)
    assert true <= failures.chance(apart, n) + 1e-9


def test_all_of_n_is_as_sure_as_any_exact_count():
    assert failures.chance(4, 4) == pytest.approx(2 * 4.0**-4)
    assert failures.chance(0, 4) == 1.0
    assert failures.chance(-4, 4) == failures.chance(4, 4)


def test_reports_on_revisions_that_fail_alike_at_random_rarely_alarm():
    rng = np.random.default_rng(7)
    alarms = 0
    for number in range(60):
        record = session(number, cases=TWELVE[:6], rounds=8)
        found = rows(judged(broken(record, lambda _run: rng.random() < 0.35)))
        alarms += any(row.verdict is Verdict.REGRESSION for row in found.values())
    assert alarms <= 3  # 5 % of 60; twice the level is found with a chance of 3 in 4


@pytest.mark.parametrize(("looks", "cases"), [((4, 6, 8, 10, 12), 12), ((4, 5), 12), ((4, 6), 1)])
def test_looking_again_at_many_cases_that_fail_as_a_coin_falls_stays_within_alpha(looks, cases):
    policy, rng, sessions = Policy(looks=looks), np.random.default_rng(11), 400
    alarms = 0
    for _ in range(sessions):
        apart = np.cumsum(
            rng.integers(0, 2, (cases, looks[-1])) - rng.integers(0, 2, (cases, looks[-1])), axis=1
        )
        alarms += any(
            (p <= cutoff(p, failures.alone(policy, look))).any()
            for look in looks
            for p in [np.array([failures.chance(int(d), look) for d in apart[:, look - 1]])]
        )
    assert alarms <= 0.05 * sessions + 2 * (0.05 * 0.95 * sessions) ** 0.5


def test_another_day_may_fail_for_the_machines_sake_so_it_is_no_finding_and_no_pass():
    then, now = session(1, rounds=8), session(2, rounds=8)
    dead = broken(now, of_head("one", rounds=range(1, 8)))
    found = across(dead.runs, then.runs, now.plan.cases)
    assert rows(found)["one"].verdict is Verdict.INVALID
    assert found.verdict is Verdict.INVALID
    assert across(now.runs, then.runs, now.plan.cases).verdict is Verdict.UNCHANGED


def test_a_report_needs_a_pair_of_every_case_and_both_sides_of_every_gated_row():
    record = session(13, rounds=6)
    plans = record.plan.cases
    measured = measurements(record.runs, plans)
    assert judge(measured, plans).verdict is Verdict.UNCHANGED

    def without(drops) -> list[Measurement]:
        return [each for each in measured if not drops(each)]

    never = without(lambda each: each.case == "two")
    assert judge(never, plans).verdict is Verdict.INVALID
    lost = without(lambda each: each.metric == "p99" and each.side is Side.HEAD)
    assert judge(lost, plans).verdict is Verdict.INVALID
    neither = without(lambda each: each.metric == "p99")  # as where nothing of a kind happens
    assert judge(neither, plans).verdict is Verdict.UNCHANGED
