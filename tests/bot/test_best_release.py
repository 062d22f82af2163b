"""The best of some releases, by all their gated metrics together."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.best_release import best
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Environment,
    Metric,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Side,
)

METRICS = (
    Metric(name="p50", unit="s", direction=Direction.LOWER, margin=0.05),
    Metric(name="rate", unit="1/s", direction=Direction.HIGHER, margin=0.05),
    Metric(name="shown", unit="s", direction=Direction.LOWER, margin=0.05, gated=False),
)


def record(**values):
    plan = Plan(
        component="c",
        provider="memory",
        tier="release",
        base=Revision(side=Side.BASE, asked="a", label="a"),
        head=Revision(side=Side.HEAD, asked="b", label="b"),
        cases=[CasePlan(case=Case(scenario="s"), metrics=METRICS)],
        policy=Policy(),
        seed=0,
    )
    head = Run(case="s", side=Side.HEAD, round=1, order=0, started="", seconds=1.0, values=values)
    base = replace(head, side=Side.BASE, values=dict.fromkeys(values, 1e-09))
    return Record(
        plan=plan, environment=Environment(provider="", harness="", key=""), runs=[base, head]
    )


def test_less_of_a_cost_and_more_of_a_rate_are_better():
    assert best({"new": record(p50=0.02, rate=10.0), "old": record(p50=0.01, rate=10.0)}) == "old"
    assert best({"new": record(p50=0.02, rate=10.0), "old": record(p50=0.02, rate=12.0)}) == "old"


def test_what_does_not_gate_and_what_only_some_have_does_not_count():
    found = {"new": record(p50=0.01, shown=9.0), "old": record(p50=0.02, shown=1.0, rate=99.0)}
    assert best(found) == "new"


def test_of_equals_the_newer_one_and_of_none_nothing():
    assert best({"new": record(p50=0.01), "old": record(p50=0.01)}) == "new"
    assert best({}) == ""
    assert best({"new": record(), "old": record()}) == "new"


@given(st.lists(st.floats(min_value=1e-6, max_value=1e6), min_size=1, max_size=6))
def test_of_one_metric_it_is_the_smallest(values):
    found = best({str(at): record(p50=value) for at, value in enumerate(values)})
    assert values[int(found)] <= min(values) * (1 + 1e-9)
