from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.flows.judge import judged
from loadstone.model import Conclusion, Design, Judgement, Objective, Policy, Side, conclusion
from tests.stats.pairs_at_once import World, plan, record, runs

BOUND = Objective(metric="p50", at_most=1e-3)


def judgement(planned, measured) -> Judgement:
    found = judged(record(planned, measured)).judgement
    assert found is not None
    return found


def test_rows_are_of_mixed_pairs_alone() -> None:
    planned = plan(("one",))
    measured = runs(planned, rounds=6)
    found = judgement(planned, measured)
    assert {row.n for row in found.comparisons} == {5}
    wild = [
        replace(run, values={name: 100 * value for name, value in run.values.items()})
        if run.design is Design.SOLO and run.side is Side.HEAD
        else run
        for run in measured
    ]
    assert [row.change for row in judgement(planned, wild).comparisons] == [
        row.change for row in found.comparisons
    ]


def test_an_objective_is_held_against_solo_rounds_alone() -> None:
    planned = plan(("one",), objectives=[BOUND], solo=0.5)
    low = judgement(planned, runs(planned, World(mixed={"p50": 3.0}, drift=0.01), rounds=8))
    assert {each.verdict for each in low.objectives} == {"met"}
    high = judgement(planned, runs(planned, World(effects={"p50": 3.0}, drift=0.01), rounds=8))
    assert [each.verdict for each in high.objectives] == ["met", "missed"]
    assert conclusion(high) is Conclusion.FAIL


def test_an_objective_without_a_solo_round_is_never_met_and_says_why() -> None:
    planned = plan(("one",), objectives=[BOUND])
    found = judgement(planned, runs(planned, rounds=4))
    assert {each.verdict for each in found.objectives} == {"inconclusive"}
    assert [note.code for each in found.objectives for note in each.reasons] == 2 * [
        "no-solo-rounds"
    ]
    certain = plan(("one",), objectives=[BOUND], policy=Policy(looks=(4,), certain=True))
    assert conclusion(judgement(certain, runs(certain, rounds=4))) is Conclusion.UNSURE


def test_a_case_without_any_number_is_invalid_as_ever() -> None:
    planned = plan(("one",), objectives=[BOUND])
    nothing = [replace(run, values={}) for run in runs(planned, rounds=4)]
    assert {each.verdict for each in judgement(planned, nothing).objectives} == {"invalid"}


def test_latencies_of_a_busy_machine_are_coupled_and_do_not_gate() -> None:
    planned = plan(("one",))
    busy = World(cpu=2.0, upstream=0.5, generator=0.9)  # 5.9 s of CPU in 4 s of two cores
    rows = {row.metric.name: row for row in judgement(planned, runs(planned, busy)).comparisons}
    assert not rows["p50"].metric.gated
    (note,) = [note for note in rows["p50"].warnings if note.code == "coupled"]
    assert note.data["load"] == pytest.approx(5.9 / 8, rel=0.02)
    assert rows["cpu"].metric.gated
    assert rows["allocated"].metric.gated


def test_latencies_gate_where_there_is_room() -> None:
    planned = plan(("one",))
    rows = {row.metric.name: row for row in judgement(planned, runs(planned)).comparisons}
    assert rows["p50"].metric.gated
    assert not rows["p50"].warnings


def test_a_load_that_nobody_knows_is_not_taken_for_a_low_one() -> None:
    planned = plan(("one",))
    unknown = [replace(run, quantities={}) for run in runs(planned)]
    rows = {row.metric.name: row for row in judgement(planned, unknown).comparisons}
    assert not rows["p50"].metric.gated
    assert "load" not in rows["p50"].warnings[0].data


def test_solo_cases_know_no_coupling_levels_or_lanes() -> None:
    planned = plan(("one",), design=Design.SOLO)
    found = judgement(planned, runs(planned, World(cpu=3.0)))
    assert all(row.metric.gated for row in found.comparisons)
    assert (list(found.levels), list(found.lanes)) == ([], [])
