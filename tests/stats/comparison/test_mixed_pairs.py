from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.operating_characteristics import AT_ONCE, FEW, SHARP, Setting, run

from loadstone.flows.schedules.sequential import SequentialSchedule, judged
from loadstone.model import Design, Goal, Look, Policy, Run, Verdict
from loadstone.stats.common.prior import COMMON, NEAR, row_index, usual
from loadstone.stats.common.samples import collect, measurements
from loadstone.stats.common.spending import spent
from loadstone.stats.comparison.analysis import analyse
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.learning import PastComparison, learn
from loadstone.stats.comparison.sequential import pairs_at_the_end
from tests.stats.helpers import metric
from tests.stats.helpers import plan as case
from tests.stats.pairs_at_once import CPU, World, plan, record, runs


def looks(planned, measured) -> tuple[list[Look], list[Run]]:
    """The looks of a session whose runs are these, and those that it asked for."""
    by_slot = {(run.case, run.side, run.round): run for run in measured}
    schedule = SequentialSchedule(planned, cores=2.0)
    done: list[Run] = []
    while due := schedule(done):
        done += [by_slot[slot.case, slot.side, slot.round] for slot in due]
    return schedule.looks, done


def test_a_look_is_after_so_many_rounds_whatever_their_design() -> None:
    planned = plan(("one",), policy=Policy(looks=(4, 6, 8), goal=Goal.CERTIFY))
    taken, done = looks(planned, runs(planned, rounds=8))
    assert [look.rounds for look in taken] == [4, 6]
    assert {run.round for run in done if run.design is Design.SOLO} == {5}
    assert taken[-1].alpha == pytest.approx(spent(planned.policy.alpha, 6, 8))


def test_a_solo_round_alone_is_no_reason_to_spend_less_or_more() -> None:
    planned = plan(("one",))
    measured = runs(planned, rounds=6)
    found = judged(planned, measured, history=None, looks=(), cores=2.0)
    assert found.spent == pytest.approx(planned.policy.alpha)
    assert max(row.n for row in found.comparisons) == 5


def test_pairs_at_the_end_are_without_solo_rounds() -> None:
    planned = plan(("one",), policy=Policy(looks=(4, 10)))
    solo = plan(("two",), design=Design.SOLO)
    assert pairs_at_the_end([*planned.cases, *solo.cases], planned.policy) == {"one": 8, "two": 10}


def test_cold_scales_of_mixed_pairs_are_expected_near_their_margins() -> None:
    both = [
        case(CPU, case="solo"),
        replace(case(CPU, case="mixed"), design=Design.MIXED),
        replace(case(metric("p99", margin=0.0), case="exact"), design=Design.MIXED),
    ]
    found = np.exp(usual(collect([], both)).center)
    assert found[0] == pytest.approx(COMMON)
    assert found[1] == pytest.approx(NEAR * CPU.margin)
    assert 0 < found[2] < 0.01


def test_solo_and_mixed_rows_of_a_metric_lend_each_other_no_scale() -> None:
    mixed, solo = plan(("one", "two")), plan(("three", "four"), design=Design.SOLO)
    plans = [*mixed.cases, *solo.cases]
    index = row_index(collect([], plans))
    names = [one.name for each in plans for one in each.metrics]
    cpu = [index.metrics[row] for row, name in enumerate(names) if name == "cpu"]
    assert cpu[0] == cpu[1] != cpu[2] == cpu[3]
    noisy = runs(solo, World(drift=0.1), rounds=4)
    alone = analyse(_table(runs(mixed, rounds=4), mixed.cases), Policy())
    beside = analyse(_table([*runs(mixed, rounds=4), *noisy], plans), Policy())
    for row in range(6):
        assert beside.error[row] < 1.5 * alone.error[row]


def _table(measured, plans):
    return collect(measurements(measured, plans), plans)


def test_history_teaches_the_design_it_is_of() -> None:
    mixed = plan()
    solo = plan(design=Design.SOLO)
    sessions = [record(solo, runs(solo, seed=number)) for number in range(4)]
    past = [
        PastComparison(measured=measurements(each.runs, mixed.cases), verdict=Verdict.UNCHANGED)
        for each in sessions
    ]
    assert learn(past, mixed.cases) == History()


def test_what_was_learnt_of_mixed_pairs_does_not_hide_small_changes() -> None:
    planned = plan()
    sessions = [measurements(runs(planned, seed=number), planned.cases) for number in range(10)]
    past = [PastComparison(measured=each, verdict=Verdict.UNCHANGED) for each in sessions]
    history = learn(past, planned.cases)
    assert history.bias["allocated"] < 0.001
    assert history.bias["cpu"] < 0.003


@pytest.mark.parametrize(
    ("effect", "least"), [("CPU +2 %", 0.6), ("allocations +1 %", 0.85)], ids=["cpu", "allocations"]
)
def test_small_changes_of_all_cases_are_found_in_few_rounds(effect: str, least: float) -> None:
    found = run(Setting(name="", suite=AT_ONCE, policy=FEW), SHARP[effect], 40, seed=3)
    assert np.mean([one.found or one.shared for one in found]) > least


@pytest.mark.parametrize("layout", [0.0, 0.003])
def test_unchanged_reports_of_mixed_pairs_rarely_alarm(layout: float) -> None:
    setting = Setting(name="", suite=replace(AT_ONCE, layout=layout), policy=FEW)
    found = run(setting, SHARP["none"], 100, seed=4)
    assert sum(one.any for one in found) <= 6
    assert np.mean([one.rounds for one in found]) < 5.3
