from __future__ import annotations

from loadstone.model import Case
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases
from loadstone.plan.scenarios import parse_scenario
from tests.planted.program import HERE


def test_the_component_file_describes_the_program():
    file = HERE / "component.yaml"
    component = parse_component(file.read_text(), str(file))
    assert (component.component, component.role) == ("planted", "ingress")


def test_the_scenario_file_has_a_short_and_a_long_tier():
    file = HERE / "scenario.yaml"
    scenario = parse_scenario(file.read_text(), str(file))
    (quick,) = cases(scenario, "quick")
    assert quick.case == Case(scenario="planted", axes={"rate": 400, "churn": 10})
    assert quick.warmup + quick.window <= 4
    assert quick.window * 400 >= 1000, "a p99 rests on 1,000 requests"
    (long,) = cases(scenario, "long")
    assert long.window >= 20, "two stalls of the launcher `stall` fit into it"
