"""Shards: every case on one machine, evenly, in whatever order the files were."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Case, CasePlan, Direction, Metric, Plan, Policy, Revision, Shard, Side
from loadstone.plan.shards import cases_of, part, shares

METRIC = Metric(name="p50", unit="s", direction=Direction.LOWER, margin=0.05)
ESTIMATES = st.lists(st.floats(0.5, 500), min_size=1, max_size=30)


def cases(estimates):
    return [
        CasePlan(case=Case(scenario=f"c{place:02}"), metrics=[METRIC], estimate=seconds)
        for place, seconds in enumerate(estimates)
    ]


def plan(estimates, shard=None, budget=None):
    return Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="1", label="1"),
        head=Revision(side=Side.HEAD, asked="2", label="2"),
        cases=cases(estimates),
        policy=Policy(alpha=0.05, budget=budget),
        seed=1,
        shard=shard,
    )


@given(ESTIMATES, st.integers(1, 12))
def test_every_case_is_measured_by_one_machine(estimates, of):
    found = shares(cases(estimates), of)
    assert len(found) == of
    assert sorted(name for names in found for name in names) == [
        each.case.name for each in cases(estimates)
    ]


@given(ESTIMATES, st.integers(1, 12), st.randoms())
def test_the_order_of_cases_does_not_matter(estimates, of, random):
    shuffled = cases(estimates)
    random.shuffle(shuffled)
    assert shares(shuffled, of) == shares(cases(estimates), of)


@given(ESTIMATES, st.integers(1, 12))
def test_no_machine_has_more_than_the_bound_of_its_rule(estimates, of):
    found = shares(cases(estimates), of)
    seconds = {each.case.name: each.estimate for each in cases(estimates)}
    longest = max(sum(seconds[name] for name in names) for names in found)
    least = max(sum(estimates) / of, *estimates)  # no plan is shorter than this
    assert longest <= sum(estimates) / of + max(estimates) * (1 - 1 / of) + 1e-6
    assert longest <= 2 * least


@given(ESTIMATES, st.integers(1, 12))
def test_the_parts_of_alpha_and_of_the_budget_make_the_whole(estimates, of):
    parts = [part(plan(estimates, Shard(number=n, of=of), 600.0)) for n in range(1, of + 1)]
    some = [each for each in parts if each.cases]
    assert sum(each.policy.alpha for each in some) == pytest.approx(0.05)
    assert sum(each.policy.budget or 0.0 for each in parts) == pytest.approx(600.0)
    for each in some:
        assert each.policy.alpha / len(each.cases) == pytest.approx(0.05 / len(estimates))


def test_a_plan_without_a_shard_is_its_own_part():
    whole = plan([1.0, 2.0])
    assert part(whole) is whole


def test_a_machine_without_a_case_has_none():
    alone = plan([1.0])
    assert cases_of(alone, Shard(number=2, of=2)) == []
    assert part(replace(alone, shard=Shard(number=2, of=2))).cases == []
