"""Whether taking profiles moved the metrics: rounds with them beside rounds without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from loadstone.flows.judge import judged
from loadstone.model import Comparison, Design, Interval, Judgement, Metric, Plan, Record, Run
from loadstone.model.profile_kinds import ALTERNATE, in_round
from loadstone.report.comparison import build
from loadstone.report.comparison.explain import explain
from tests.stats.pairs_at_once import CPU, P50, World, plan, record, runs

STEADY = World(drift=0.01)
ROUNDS = 12


def alternating(
    metrics: Sequence[Metric] = (P50, CPU), *, design: Design = Design.SOLO, solo: float = 0.0
) -> Plan:
    """A plan of one case whose profiles are taken in every other round."""
    planned = plan(("one",), design=design, metrics=metrics, solo=solo)
    (case,) = planned.cases
    return replace(planned, cases=[replace(case, workload={"profiled": ALTERNATE})])


def taxed(found: Sequence[Run], planned: Plan, **factors: float) -> list[Run]:
    """Runs of which the profiled ones have these metrics multiplied, on both sides."""
    return [
        replace(
            run,
            values={name: value * factors.get(name, 1.0) for name, value in run.values.items()},
        )
        if in_round(ALTERNATE, planned.cases[0].turn(run.round))
        else run
        for run in found
    ]


def session(
    world: World = STEADY, *, rounds: int = ROUNDS, seed: int = 1, **factors: float
) -> Record:
    planned = alternating()
    found = taxed(runs(planned, world, rounds=rounds, seed=seed), planned, **factors)
    return judged(record(planned, found))


def judgement(record: Record) -> Judgement:
    assert record.judgement is not None
    return record.judgement


def change(row: Comparison) -> Interval:
    assert row.change is not None
    return row.change


def test_every_two_rounds_have_one_with_and_one_without_in_turns():
    taken = [in_round(ALTERNATE, number) for number in range(1, 9)]
    assert taken == [True, False, False, True, True, False, False, True]
    assert all(in_round("all", number) for number in range(1, 9))


def test_solo_rounds_among_mixed_ones_take_no_pair_and_no_order_away():
    """Every fourth round is solo: of the mixed ones half are profiled, in turn the first one."""
    planned = alternating(design=Design.MIXED, solo=0.25)
    (case,) = planned.cases
    mixed = [number for number in range(1, 17) if case.design_of(number) is Design.MIXED]
    assert [case.turn(number) for number in mixed] == list(range(1, 13))
    assert [case.turn(number) for number in (4, 8, 12)] == [1, 2, 3]
    found = taxed(runs(planned, STEADY, rounds=16), planned, cpu=1.06)
    rows = {row.metric.name: row for row in judgement(judged(record(planned, found))).profiling}
    assert rows["cpu"].n == 6
    assert {name: row.beyond_noise for name, row in rows.items()} == {"cpu": True, "p50": False}


def test_what_profiling_costs_is_in_its_interval_about_as_often_as_that_says():
    made = (session(World(drift=0.03), seed=seed, cpu=1.06) for seed in range(1, 31))
    found = [judgement(each).profiling for each in made]
    changes = [change(row) for rows in found for row in rows if row.metric.name == "cpu"]
    assert len(changes) == len(found)
    assert sum(each.low < 0.06 < each.high for each in changes) >= 26


def test_profiling_that_costs_cpu_is_told_and_the_latency_is_left_alone():
    found = judgement(session(cpu=1.06))
    rows = {row.metric.name: row for row in found.profiling}
    assert {name: row.beyond_noise for name, row in rows.items()} == {"cpu": True, "p50": False}
    (note,) = (each for each in found.warnings if each.code == "profiling-moved")
    assert (note.data["case"], note.data["metric"]) == ("one", "CPU per request")


def test_the_verdict_between_base_and_head_is_the_same():
    """Both sides of a round are profiled, or neither is: their difference has no part of it."""
    plain, costly = session(), session(cpu=1.06)
    assert [row.verdict for row in judgement(plain).comparisons] == [
        row.verdict for row in judgement(costly).comparisons
    ]
    changes = [
        [change(row).estimate for row in judgement(each).comparisons] for each in (plain, costly)
    ]
    assert changes[0] == pytest.approx(changes[1])


def test_a_head_that_is_slower_is_no_cost_of_profiling():
    found = judgement(session(World(drift=0.01, effects={"cpu": 0.5})))
    assert not any(row.beyond_noise for row in found.profiling)


def test_profiling_that_costs_nothing_is_rarely_accused():
    alarms = 0
    for seed in range(40):
        drift = float(np.random.default_rng(seed).choice([0.01, 0.05]))
        found = judgement(session(World(drift=drift), seed=seed))
        alarms += any(row.beyond_noise for row in found.profiling)
    assert alarms <= 5


def test_a_drift_of_the_machine_falls_on_both():
    planned = alternating()
    found = [
        replace(run, values={name: value * 1.01**run.round for name, value in run.values.items()})
        for run in runs(planned, STEADY, rounds=ROUNDS)
    ]
    rows = judgement(judged(record(planned, found))).profiling
    assert not any(row.beyond_noise for row in rows)


def test_where_profiles_are_taken_in_all_rounds_nothing_is_said():
    planned = plan(("one",), design=Design.SOLO)
    found = judged(record(planned, runs(planned, STEADY, rounds=4)))
    assert judgement(found).profiling == ()
    assert not [line for line in build.view(found).warnings if "other round" in line]


def test_the_report_says_what_moved_and_how_many_metrics_did_not():
    lines = build.view(session(cpu=1.06)).warnings
    assert (
        "profiles are taken in every other round: with them 1 of 2 metrics did not change beyond "
        "noise, by 6 pairs of rounds" in lines
    )
    (moved,) = (line for line in lines if "taking profiles alone" in line)
    assert moved.startswith(
        "one: taking profiles alone moves CPU per request, base and head alike, by "
    )


def test_too_few_rounds_say_nothing_and_that_is_said():
    lines = build.view(session(rounds=2)).warnings
    assert "whether taking profiles moves the metrics cannot be said by 1 pair of rounds" in lines


def test_an_explanation_has_it_beside_the_rounds():
    found = session(cpu=1.06)
    said = "rounds with profiles beside those without, both sides alike: "
    (line,) = (each for each in explain(found, "one", "cpu").splitlines() if each.startswith(said))
    assert ", beyond noise (6 pairs, p = " in line
