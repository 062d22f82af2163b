from __future__ import annotations

from dataclasses import replace

import numpy as np

from loadstone.model import Goal, Measurement, Policy, Verdict
from loadstone.stats.comparison.judge import judge
from loadstone.stats.comparison.sequential import steer
from tests.stats.helpers import metric, pairs, plan

PLANS = [
    replace(plan(metric(margin=0.05), case=name), estimate=10.0)
    for name in ("loud", "unsure", "calm")
]
COST = {"loud": 20.0, "unsure": 20.0, "calm": 20.0}
STILL = [1.0, 1.01, 0.99, 1.0]


def after_four_rounds():
    """One case that has clearly changed, one that may have, and one that has not."""
    return (
        pairs(STILL, [1.5, 1.51, 1.49, 1.5], case="loud")
        + pairs(STILL, [1.12, 1.02, 1.1, 1.04], case="unsure")
        + pairs(STILL, [1.0, 0.99, 1.01, 1.0], case="calm")
    )


def steered(measured, policy: Policy, **options):
    settings = {"seconds_per_round": COST, "spent_seconds": 0.0, **options}
    return steer(measured, PLANS, policy, **settings)


def test_everything_is_measured_until_the_first_look() -> None:
    first = steered([], Policy())
    assert (list(first.open), first.rounds, first.why) == (
        ["loud", "unsure", "calm"],
        4,
        "first-look",
    )


def test_what_was_found_in_few_rounds_and_what_may_still_be_found_go_on() -> None:
    next_ = steered(after_four_rounds(), Policy())
    assert (list(next_.open), next_.rounds, next_.why) == (["loud", "unsure"], 2, "promising")
    assert not next_.stop


def after_six_rounds(last: float) -> list[Measurement]:
    """The clear change after a second look; its last pair as given."""
    return pairs([*STILL, 1.0, 1.01], [1.5, 1.51, 1.49, 1.5, 1.51, last], case="loud") + [
        one for one in after_four_rounds() if one.case == "calm"
    ]


def test_a_finding_that_a_second_look_bears_out_is_not_measured_on() -> None:
    done = steer(after_six_rounds(1.5), [PLANS[0], PLANS[2]], Policy(), seconds_per_round=COST)
    assert (done.stop, done.why) == (True, "settled")


def test_a_finding_that_one_of_six_pairs_goes_against_is_looked_at_again() -> None:
    next_ = steer(after_six_rounds(1.0), [PLANS[0], PLANS[2]], Policy(), seconds_per_round=COST)
    assert list(next_.open) == ["loud"]


def test_what_was_counted_alike_in_all_rounds_needs_no_second_look() -> None:
    calls = replace(plan(metric("calls", counted=True), case="loud"), estimate=10.0)
    sure = pairs([1000.0] * 4, [1100.0] * 4, case="loud", name="calls")
    assert steer(sure, [calls], Policy(), seconds_per_round=COST).stop


def test_where_no_second_look_is_planned_the_first_one_stands() -> None:
    single = Policy(looks=(4,))
    assert judge(after_four_rounds(), PLANS, single).verdict is Verdict.REGRESSION


def test_the_last_look_stops_whatever_is_open() -> None:
    done = steered(after_four_rounds(), Policy(looks=(4,)))
    assert (done.stop, done.why) == (True, "last-look")


def test_a_budget_takes_the_likeliest_cases_and_says_so() -> None:
    both = after_four_rounds() + pairs([], [])
    rich = steered(both, Policy(goal=Goal.CERTIFY, looks=(4, 12)))
    poor = steered(both, Policy(budget=100.0), spent_seconds=90.0)
    assert set(poor.open) < set(rich.open) | {"unsure"}
    assert (poor.stop, poor.why) == (True, "budget")


def test_certifying_goes_on_with_what_may_still_turn_out_unchanged() -> None:
    wide = pairs(STILL, [1.04, 0.96, 1.03, 0.97], case="calm")
    others = [one for one in after_four_rounds() if one.case == "loud"]
    certify = steered(others + wide, Policy(goal=Goal.CERTIFY))
    assert "calm" in certify.open


def test_a_case_whose_runs_are_all_invalid_is_not_measured_for_ever() -> None:
    measured = [one for one in after_four_rounds() if one.case != "calm"]
    assert "calm" not in steered(measured, Policy()).open


def test_what_is_needed_is_said_in_rounds_and_seconds() -> None:
    random = np.random.default_rng(3)
    base, head = np.exp(0.05 * random.standard_t(4, (2, 4)))
    plans = [replace(plan(metric(margin=0.10)), estimate=15.0)]
    needs = judge(pairs(list(base), list(head)), plans).needs
    assert [list(need.cases) for need in needs] == [["demo"]]
    assert needs[0].seconds == needs[0].rounds * 30.0
    assert needs[0].rounds in (2, 4, 8, 16, 32)


def test_rows_beyond_any_plan_do_not_hide_what_the_others_need() -> None:
    random = np.random.default_rng(3)
    base, head, wild, wilder = np.exp(random.standard_t(4, (4, 4)) * [[0.05], [0.05], [2.0], [2.0]])
    plans = [replace(plan(metric(margin=0.10), metric("rss", margin=0.001)), estimate=15.0)]
    measured = pairs(list(base), list(head)) + pairs(list(wild), list(wilder), name="rss")
    assert [list(need.cases) for need in judge(measured, plans).needs] == [["demo"]]
