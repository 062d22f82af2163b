"""Against stored baselines: other days and machines, with what they differ by in the error."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Note, Side, Verdict
from loadstone.stats.across_days.between_sessions import Drift, Tau, learn
from loadstone.stats.across_days.judge import across
from loadstone.stats.across_days.unpaired import RELATIVE, UNPAIRED
from loadstone.stats.common.counts import EXACT
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import metric
from tests.stats.sessions import known, plans, session

FLAGS = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
SIX = tuple(f"case-{n}" for n in range(6))
ONE = ("alone",)


def heads(number, **settings):
    return session(number, **settings).runs


def days(number, cases=SIX, now=None, **settings):
    """The runs of two sessions without a change, or with one in the second."""
    later = heads(2 * number + 1, cases=cases, change=now, **settings)
    return later, heads(2 * number, cases=cases, **settings)


def judged(number, *, cases=SIX, tau=None, **settings):
    now, then = days(number, cases=cases, **settings)
    return across(now, then, plans(cases), tau=tau)


def flagged(judgement):
    return any(row.verdict in FLAGS for row in (*judgement.comparisons, *judgement.suite))


def test_another_machine_is_no_regression():
    """40 pairs of unchanged sessions on machines that differ by 8 %."""
    alarms = sum(flagged(judged(n, machine=0.08)) for n in range(40))
    assert alarms <= 0.05 * 40 + 3 * (0.05 * 0.95 * 40) ** 0.5


def test_pairing_rounds_of_different_days_would_alarm():
    """Why this is not the comparison of pairs: at 5 % each, 5 of 20 come by chance once in 400."""
    alarms = 0
    for n in range(20):
        now, then = days(n, machine=0.08)
        both = [
            *(run for run in now if run.side is Side.HEAD),
            *(replace(run, side=Side.BASE) for run in then if run.side is Side.HEAD),
        ]
        alarms += flagged(judge(measurements(both, plans(SIX)), plans(SIX)))
    assert alarms >= 5


def test_a_case_that_moved_against_the_suite_is_found_where_the_machine_hides_it():
    now, then = days(50, now={("case-2", "p50"): 0.35}, noise=0.01)
    judgement = across(now, then, plans(SIX))
    rows = {(row.case, row.metric.name): row for row in judgement.comparisons}
    row = rows["case-2", "p50"]
    assert (row.verdict, row.method) == (Verdict.REGRESSION, RELATIVE)
    assert "relative-to-suite" in [warn.code for warn in row.warnings]
    assert known(row.change).low < np.expm1(0.35) < known(row.change).high
    assert sum(row.verdict in FLAGS for row in rows.values()) == 1
    assert judgement.verdict is Verdict.REGRESSION


def test_a_change_of_all_cases_shows_in_the_suite_row():
    now, then = days(51, now={("", "cpu"): 0.9}, noise=0.01)
    judgement = across(now, then, plans(SIX))
    assert [r.metric.name for r in judgement.suite if r.verdict is Verdict.REGRESSION] == ["cpu"]


def test_few_cases_have_no_suite_to_be_held_against():
    judgement = judged(52, cases=ONE)
    assert {row.method for row in judgement.comparisons} == {UNPAIRED}
    assert judgement.suite == []


def test_more_rounds_do_not_make_the_machine_go_away():
    few = judged(53, cases=ONE, rounds=4)
    many = judged(53, cases=ONE, rounds=60)
    for one, other in zip(few.comparisons, many.comparisons, strict=True):
        assert other.explain["error"] >= 0.08 * 2**0.5
        assert known(one.detectable) > known(other.detectable) > 0.2


def test_a_count_that_is_the_same_in_every_run_is_certain_on_any_machine():
    calls = metric("calls", unit="1", counted=True, margin=0.0)
    case = plans(ONE, [calls])

    def counts(value):
        return [replace(run, values={"calls": value}) for run in heads(60, cases=ONE)]

    judgement = across(counts(1001.0), counts(1000.0), case)
    assert (judgement.verdict, judgement.comparisons[0].method) == (Verdict.REGRESSION, EXACT)
    assert across(counts(0.0), counts(0.0), case).comparisons[0].verdict is Verdict.UNCHANGED


def test_missing_sides_zeros_and_invalid_runs_raise_nothing():
    now, then = days(61)
    nothing = across([], then, plans(SIX))
    assert {row.verdict for row in nothing.comparisons} == {Verdict.INVALID}
    zero = [replace(run, values=dict.fromkeys(run.values, 0.0)) for run in now]
    assert {row.verdict for row in across(zero, then, plans(SIX)).comparisons} == {
        Verdict.INCONCLUSIVE
    }
    void = [replace(run, invalid=[Note(code="x", data={"text": "x"})]) for run in now]
    assert across(void, then, plans(SIX)).verdict is Verdict.INVALID


def test_learning_finds_how_much_sessions_differ():
    sessions = [heads(n, cases=SIX, machine=0.15, noise=0.01) for n in range(100, 160)]
    drift = learn(sessions, plans(SIX))
    assert drift.sessions == 60
    assert drift.of("p50").shared == pytest.approx(0.15, rel=0.3)
    assert drift.of("p50").own < 0.04
    assert learn(sessions[:1], plans(SIX)).of("p50") == Tau()


def test_what_was_learnt_makes_intervals_honest():
    """150 pairs of sessions whose machines differ by 15 %: the suite's intervals hold 0."""
    drift = Drift(
        metrics={m: Tau(shared=0.15, own=0.01, freedom=60) for m in ("p50", "p99", "cpu")}
    )
    held = []
    for n in range(150):
        judgement = judged(200 + n, machine=0.15, tau=drift)
        row = judgement.suite[0]
        held.append(known(row.change).low <= 0 <= known(row.change).high)
    assert sum(held) >= 0.95 * 150 - 3 * (0.05 * 0.95 * 150) ** 0.5


@settings(max_examples=25)
@given(st.integers(0, 500), st.sampled_from([1e-6, 7.0, 1e6]))
def test_units_and_order_do_not_matter(number, factor):
    now, then = days(number, rounds=4)

    def scaled(runs):
        return [replace(r, values={k: v * factor for k, v in r.values.items()}) for r in runs[::-1]]

    one, two = across(now, then, plans(SIX)), across(scaled(now), scaled(then), plans(SIX))
    assert [row.verdict for row in one.comparisons] == [row.verdict for row in two.comparisons]
    for before, after in zip(one.comparisons, two.comparisons, strict=True):
        assert known(before.change).low == pytest.approx(known(after.change).low, abs=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 500))
def test_swapping_the_days_swaps_the_verdicts(number):
    now, then = days(number, rounds=4, now={("case-0", "cpu"): 0.5})
    swap = {Verdict.REGRESSION: Verdict.IMPROVEMENT, Verdict.IMPROVEMENT: Verdict.REGRESSION}
    one, two = across(now, then, plans(SIX)), across(then, now, plans(SIX))
    assert [swap.get(row.verdict, row.verdict) for row in one.comparisons] == [
        row.verdict for row in two.comparisons
    ]
