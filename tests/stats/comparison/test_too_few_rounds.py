"""What a plan says beforehand of rounds that could show nothing is what the judge makes of them."""

from dataclasses import replace

import pytest

from loadstone.model import Case, CasePlan, Design, Plan, Policy, Side
from loadstone.stats.comparison import too_few_rounds
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import metric, pairs
from tests.stats.sessions import revision

REQUESTS = metric("requests", unit="1", counted=True)
CPU = metric("cpu")


def plan(*metrics, looks=(2,), budget=None, **case):
    return Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=revision(Side.BASE),
        head=revision(Side.HEAD),
        cases=[CasePlan(case=Case(scenario="demo"), metrics=metrics, estimate=5.0, **case)],
        policy=Policy(looks=looks, budget=budget),
        seed=0,
    )


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.001])
def test_it_warns_of_exactly_the_rounds_that_the_judge_could_find_nothing_in(alpha):
    for rounds in range(2, 9):
        asked = plan(REQUESTS, looks=(rounds,))
        asked = replace(asked, policy=Policy(looks=(rounds,), alpha=alpha))
        measured = pairs([1.0] * rounds, [10.0] * rounds, name="requests")
        (row,) = judge(measured, asked.cases, asked.policy).comparisons
        assert (too_few_rounds.warning(asked) is not None) == row.blind


def test_it_says_how_many_rounds_it_takes():
    found = too_few_rounds.warning(plan(REQUESTS, CPU))
    assert found is not None
    assert found.data == {"rounds": 2, "rows": 1, "names": "requests", "needed": 3}


def test_a_budget_of_few_rounds_is_warned_of_as_well():
    found = too_few_rounds.warning(plan(REQUESTS, CPU, looks=(4, 6), budget=25.0))
    assert found is not None
    assert (found.data["rounds"], found.data["budget"]) == (2, 25.0)
    assert too_few_rounds.warning(plan(REQUESTS, looks=(4, 6), budget=45.0)) is None


def test_solo_rounds_of_a_mixed_case_are_no_pairs_of_it():
    mixed = {"design": Design.MIXED, "solo": 0.5}
    assert too_few_rounds.warning(plan(REQUESTS, looks=(4,), **mixed)) is not None
    assert too_few_rounds.warning(plan(REQUESTS, looks=(6,), **mixed)) is None


def test_a_single_pair_shows_nothing_of_anything_that_gates():
    found = too_few_rounds.warning(plan(CPU, replace(CPU, name="shown", gated=False), looks=(1,)))
    assert found is not None
    assert (found.data["names"], found.data["rows"]) == ("cpu", 1)
    assert too_few_rounds.warning(plan(CPU, looks=(2,))) is None
