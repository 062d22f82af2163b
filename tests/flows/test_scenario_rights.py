"""What scenarios take in a cluster is what they make there, watch and ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone import formats
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.session_rights import KindUse
from loadstone.flows.scenario_rights import with_scenarios, workloads
from loadstone.formats.configuration import Config
from loadstone.formats.deployment import DEFINITION
from loadstone.plan.components import parse_component
from loadstone.plan.scenarios import parse_scenario

ROOT = Path(__file__).parents[2]
WATCHED = ("list", "watch")
DEFINITIONS = ("apiextensions.k8s.io/v1", DEFINITION)


def component(path: str) -> formats.Component:
    file = ROOT / path
    return parse_component(file.read_text(), file.name)


def of(path: str, *components: str) -> ProviderOptions:
    file = ROOT / "scenarios" / path
    workload = parse_scenario(file.read_text(), file.name).workload
    return with_scenarios(ProviderOptions(), [workload], [component(each) for each in components])


def watch(version: str, kind: str) -> KindUse:
    return KindUse(version=version, kind=kind, verbs=WATCHED)


def test_what_a_template_makes_is_made_there() -> None:
    made = {each["kind"] for each in of("ingress/latency.yaml").objects}
    assert {"Ingress", "Service"} <= made


def test_the_workloads_are_those_of_the_configured_scenarios() -> None:
    found = with_scenarios(ProviderOptions(), workloads(Config(scenario="ingress")))
    assert ("networking.k8s.io/v1", "Ingress") in {
        (each["apiVersion"], each["kind"]) for each in found.objects
    }


@pytest.mark.parametrize(
    "workload", ["", "{templates: }", "{templates: [1]}", "{templates: {a: {objects: [1]}}}"]
)
def test_a_scenario_that_is_wrong_has_no_workload(workload: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(f"scenario: wrong\nworkload: {workload}\n")
    assert workloads(Config(scenario=[str(file)])) == []


def test_what_an_expectation_is_about_is_watched() -> None:
    uses = of("controller/cold-start.yaml", "examples/go-operator/component.yaml").uses
    assert watch("example.com/v1", "Website") in uses
    assert watch("v1", "ConfigMap") in uses


def test_the_templates_of_a_component_are_made_where_a_scenario_asks_for_them() -> None:
    operator = "examples/go-operator/component.yaml"
    kinds = {each["kind"] for each in of("controller/cold-start.yaml", operator).objects}
    assert "Website" in kinds
    assert "Website" not in {each["kind"] for each in of("ingress/latency.yaml", operator).objects}


def test_requests_take_the_right_to_ask() -> None:
    uses = of("control-plane/player.yaml").uses
    assert any(each.verbs == ("get",) for each in uses)
    assert any(each.verbs == ("list",) for each in uses)


def test_definitions_of_a_revision_are_made_and_watched() -> None:
    options = of("ingress/latency.yaml", "components/cluster-api.yaml")
    assert DEFINITIONS in options.kinds
    assert watch(*DEFINITIONS) in options.uses
