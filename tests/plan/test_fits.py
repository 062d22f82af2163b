"""A scenario against a component that cannot do what it asks for."""

from loadstone.formats.yaml_text import read
from loadstone.plan import fits
from loadstone.plan.components import parse_component
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import COMPONENT, SCENARIO, edited

DEAF = edited(COMPONENT, ("traffic: ${http}\n", ""))


def problems(component, scenario):
    found = fits.problems(
        parse_component(component, "c.yaml"),
        parse_scenario(scenario, "s.yaml"),
        read(scenario, "s.yaml"),
    )
    return [str(problem) for problem in found]


def test_a_component_that_takes_requests_fits():
    assert problems(COMPONENT, SCENARIO) == []


def test_each_step_that_sends_requests_is_named_where_the_component_takes_none():
    found = problems(DEAF, SCENARIO)
    steps = [line for line in SCENARIO.splitlines() if "do: load" in line or "do: await" in line]
    assert len(found) == len(steps) > 0
    assert all("sends requests, and small has no `traffic`" in each for each in found)
    lines = [int(each.split(":")[1]) for each in found]
    assert all("do: " in SCENARIO.splitlines()[line - 1] for line in lines)


def test_nothing_can_be_made_in_an_api_server_before_it_starts():
    own = COMPONENT[: COMPONENT.index("push:")] + "api: http://${admin}\n"
    step = "  before: [{do: create, template: early, count: 1}]\n"
    made = "    early: {objects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}]}\n"
    early = edited(
        SCENARIO, ("  setup:", step + "  setup:"), ("    route:\n", made + "    route:\n")
    )
    (found,) = problems(own, early)
    line = early.splitlines().index(step.rstrip()) + 1
    assert found.startswith(f"s.yaml:{line}:3: small is the API server itself")
    assert problems(own, SCENARIO) == []


def test_what_is_done_to_a_process_needs_a_process_of_that_name():
    step = (
        "    - {do: fault, for: 1s, act: stop, process: web}\n    - {do: restart, process: web}\n"
    )
    named = edited(SCENARIO, ("  measured:\n", "  measured:\n" + step))
    found = problems(COMPONENT, named)
    assert [each.split(": ", 1)[1] for each in found] == ["small has no process `web`"] * 2


def test_what_shares_the_network_of_the_machine_cannot_be_cut_off():
    cut = edited(SCENARIO, ("  measured:\n", "  measured:\n    - {do: fault, for: 1s, act: cut}\n"))
    (found,) = problems(COMPONENT, cut)
    assert "cannot be cut off" in found
    assert problems(COMPONENT + "network: own\n", cut) == []


def test_a_setting_that_the_component_lacks_is_named_with_its_line():
    asked = edited(SCENARIO, ("workload:\n", "workload:\n  settings: {mod: fast}\n"))
    (lacking,) = problems(COMPONENT, asked)
    line = asked.splitlines().index("  settings: {mod: fast}") + 1
    assert lacking == f"s.yaml:{line}:14: small has no setting `mod`"
    set_ = edited(COMPONENT, ("--api,", '"--mode=${mode}", --api,'))
    (other,) = problems(f"settings: {{mode: slow}}\n{set_}", asked)
    assert other.endswith("small has no setting `mod` (did you mean `mode`?)")
    right = edited(asked, ("{mod:", "{mode:"))
    assert problems(f"settings: {{mode: slow}}\n{set_}", right) == []
