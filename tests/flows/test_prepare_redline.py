"""From the flags of `loadstone redline` to a plan, or to everything that is wrong with them."""

from dataclasses import replace

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.flows.prepare_redline import RedlineRequest, sketch
from loadstone.flows.request import Request
from loadstone.model import Objective, Side
from loadstone.report.common.commands import search_command
from loadstone.report.common.sentences import in_full
from tests.e2e.command import PLANTED


def wanted(scenario="ingress-latency", component="traefik", base="3.7.10", tier="quick", **more):
    request = Request(
        scenarios=[scenario], component=component, base=base, head="3.7.15", tier=tier, budget=60.0
    )
    return RedlineRequest(request=request, **more)


def planted(**more):
    file = str(PLANTED / "scenario.yaml")
    return wanted(file, str(PLANTED / "component.yaml"), **more)


def test_the_plan_has_a_case_for_every_size_and_says_what_is_searched():
    job = sketch(wanted())
    search = job.plan.search
    assert search is not None
    assert (search.axis, search.unit) == ("rate", "1/s")
    assert (search.sizes[0], search.sizes[-1]) == (125, 8000)
    assert [float(case.case.axes["rate"]) for case in job.plan.cases] == list(search.sizes)
    assert search.sides == (Side.BASE, Side.HEAD)
    assert job.plan.policy.budget == 60
    assert any("held=100, body=600" in in_full(note) for note in job.notes)
    assert any("at most 13 of them tried on a side" in in_full(note) for note in job.notes)


def test_the_objectives_are_those_of_the_scenario_unless_others_are_asked_for():
    assert sketch(wanted()).plan.cases[0].objectives == [
        Objective(metric="latency_p99", at_most=0.03)
    ]
    asked = sketch(wanted(objectives=["p50<=2ms", "errors<=0"])).plan.cases[0].objectives
    assert [each.metric for each in asked] == ["latency_p50", "errors"]


def test_without_an_objective_there_is_nothing_to_search():
    with pytest.raises(UsageError, match="no objective") as caught:
        sketch(planted())
    assert "--objective 'latency_p99<=30ms'" in caught.value.next_step
    assert "latency_p999" in caught.value.next_step


def test_one_revision_may_be_searched_alone():
    search = sketch(wanted(base="")).plan.search
    assert search is not None
    assert search.sides == (Side.HEAD,)


def test_a_percentile_of_too_few_requests_is_noted_at_its_size():
    cases = sketch(wanted(low="25", high="800", precision=1)).plan.cases
    few = 0
    for case in cases:
        requests = float(case.case.axes["rate"]) * case.window
        note = f"latency_p99 rests on {requests:.0f} observations a run, 1000 needed"
        assert [in_full(each) for each in case.notes] == ([note] if requests < 1000 else [])
        few += requests < 1000
    assert 0 < few < len(cases)


@pytest.mark.parametrize(
    ("flags", "what"),
    [
        ({"low": "0"}, "--from: 0 is not above 0"),
        ({"high": "lots"}, "--to: `lots` is no value here"),
        ({"low": "500", "high": "500"}, "begin below where it ends"),
        ({"fixed": ["body=1"]}, "the upstream serves"),
        ({"objectives": ["p98<=1s"]}, "there is no metric `p98`"),
    ],
)
def test_what_is_wrong_is_said_with_its_flag(flags, what):
    with pytest.raises(InvalidFile) as caught:
        sketch(wanted(**flags))
    assert what in str(caught.value)
    assert caught.value.next_step


def test_both_ends_are_looked_at_before_anything_is_said():
    with pytest.raises(InvalidFile) as caught:
        sketch(wanted(low="x", high="y"))
    assert len(caught.value.problems) == 2


def test_too_many_sizes_are_refused():
    with pytest.raises(UsageError, match="400 are the most"):
        sketch(wanted(low="1000", high="100000", precision=0.005))


def test_a_family_of_scenarios_has_no_one_redline():
    with pytest.raises(UsageError, match="one scenario at a time") as caught:
        sketch(wanted("ingress"))
    assert "ingress-latency" in caught.value.next_step


def test_a_tier_that_is_not_there_gets_a_hint():
    with pytest.raises(UsageError, match="no tier `quik`"):
        sketch(wanted(tier="quik"))


def test_in_pods_the_same_sizes_are_searched_and_what_nobody_counts_there_is_no_row():
    def asked(**where):
        given = wanted()
        return sketch(replace(given, request=replace(given.request, **where))).plan

    here, there = asked(), asked(provider="existing", place="pods")
    assert there.place == "pods"
    assert [case.case.name for case in there.cases] == [case.case.name for case in here.cases]
    lost = {each.name for each in here.cases[0].metrics} - {
        each.name for each in there.cases[0].metrics
    }
    assert lost == {"api_requests"}
    assert "--place pods" in search_command(there)
    assert "--place" not in search_command(here)
