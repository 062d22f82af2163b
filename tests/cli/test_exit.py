"""From a judgement to an exit code."""

import pytest

from loadstone.cli.exit import exit_code
from loadstone.errors import MeasurementFailed
from loadstone.model import (
    Direction,
    Environment,
    Judgement,
    Metric,
    Objective,
    ObjectiveResult,
    Plan,
    Policy,
    Record,
    Revision,
    Side,
    Verdict,
)

METRIC = Metric(name="p99", unit="s", direction=Direction.LOWER, margin=0.05)


def record(verdict=None, *, certain=False, objective=None, side=Side.HEAD):
    policy = Policy(certain=certain)
    plan = Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="1", label="1"),
        head=Revision(side=Side.HEAD, asked="2", label="2"),
        cases=(),
        policy=policy,
        seed=0,
    )
    held = ObjectiveResult(
        case="s",
        metric=METRIC,
        objective=Objective(metric="p99", at_most=0.03),
        side=side,
        verdict=objective or "met",
    )
    judgement = Judgement(verdict=verdict, comparisons=(), objectives=(held,), policy=policy)
    return Record(
        plan=plan,
        environment=Environment(provider="memory", harness="0", key="k"),
        runs=(),
        judgement=judgement if verdict else None,
    )


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.UNCHANGED, 0),
        (Verdict.IMPROVEMENT, 0),
        (Verdict.INCONCLUSIVE, 0),
        (Verdict.REGRESSION, 1),
        (Verdict.INVALID, 3),
    ],
)
def test_each_verdict_has_its_code(verdict, code):
    assert exit_code(record(verdict)) == code


def test_inconclusive_fails_only_where_certainty_is_demanded():
    assert exit_code(record(Verdict.INCONCLUSIVE, certain=True)) == 4


def test_a_missed_objective_fails_an_unchanged_report():
    assert exit_code(record(Verdict.UNCHANGED, objective="missed")) == 1
    assert exit_code(record(Verdict.INCONCLUSIVE, certain=True, objective="missed")) == 1


def test_a_record_that_was_never_judged_has_no_code():
    with pytest.raises(MeasurementFailed):
        exit_code(record())


def test_an_objective_that_only_base_misses_is_no_fault_of_head():
    assert exit_code(record(Verdict.UNCHANGED, objective="missed", side=Side.BASE)) == 0
