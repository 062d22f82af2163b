"""What `loadstone plan` prints."""

from loadstone.flows import prepare
from loadstone.flows.request import Request
from loadstone.report.plan.console import terminal


def test_a_plan_says_which_metrics_do_not_gate_and_why():
    request = Request(scenarios=["ingress-latency"], component="traefik", base="1", head="2")
    lines = terminal(prepare.sketch(request).plan).splitlines()
    (why,) = [line for line in lines if "latency_p999" in line]
    assert why.startswith("note: in 2 cases (")
    assert why.endswith("latency_p999 is shown, not gated: 2000 observations a run, 10000 needed")
