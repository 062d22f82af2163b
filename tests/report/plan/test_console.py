"""What `loadstone plan` prints."""

from dataclasses import replace

from loadstone.flows import prepare
from loadstone.flows.request import Request
from loadstone.model import Design
from loadstone.report.plan.console import terminal


def test_a_plan_says_which_metrics_do_not_gate_and_why():
    request = Request(scenarios=["ingress-latency"], component="traefik", base="1", head="2")
    plan = prepare.sketch(request).plan
    (why,) = [line for line in terminal(plan).splitlines() if "latency_p999" in line]
    requests = 500 * plan.cases[0].window
    assert why.startswith("note: in 2 cases (")
    assert why.endswith(
        f"latency_p999 is shown, not gated: {requests:.0f} observations a run, 10000 needed"
    )


def test_a_plan_says_which_cases_are_measured_at_once_and_why():
    request = Request(scenarios=["ingress-latency"], component="traefik", base="1", head="2")
    plan = prepare.sketch(request).plan
    case = replace(plan.cases[0], design=Design.MIXED, because="steady traffic", solo=0.2)
    text = terminal(replace(plan, cases=[case, *plan.cases[1:]]))
    assert "both sides at once in 1 case (steady traffic); 20 % of rounds are solo" in text
    solo = [replace(each, design=Design.SOLO) for each in plan.cases]
    assert "both sides at once" not in terminal(replace(plan, cases=solo))
