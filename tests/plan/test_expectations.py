"""Expectations, given templates and steps before the start: what a file may say of them."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats import Settle
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import COMPONENT, edited

SCENARIO = """\
scenario: objects
about: Objects that say when they are right.
role: controller
axes:
  objects: {values: [10]}
tiers:
  quick: {warmup: 0s}
workload:
  templates:
    thing:
      objects:
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: "t${i}"}, data: {want: "v${version}"}}
      right:
        made: {kind: Secret, labels: {of: "t${i}"}, count: "${scale}"}
        done: {cel: 'object.data.have == "v${version}"'}
  before:
    - {do: create, template: thing, count: "${objects}"}
  setup:
    - {do: settle, for: 2s}
  measured:
    - {do: await, template: thing}
    - {do: change, template: thing, times: 5}
metrics:
  right: {source: reconcile.done.p50, unit: s, better: lower, margin: 10%}
  cold: {source: cold_start.seconds, unit: s, better: lower, margin: 10%}
"""
MADE = 'made: {kind: Secret, labels: {of: "t${i}"}, count: "${scale}"}'
DONE = "done: {cel: 'object.data.have == \"v${version}\"'}"
OPERATOR = edited(
    COMPONENT,
    ("role: ingress", "role: controller"),
    ("traffic: ${http}\n", ""),
    (
        'push:\n  url: http://${admin}/load\n  template: "{{ routes | length }} {{ http }}"\n',
        """\
templates:
  object:
    objects:
      - {apiVersion: v1, kind: ConfigMap, metadata: {name: "o${i}"}, data: {text: "v${version}"}}
    right: {done: {fields: {data.have: "v${version}"}}}
""",
    ),
)
RIGHT = 'right: {done: {fields: {data.have: "v${version}"}}}'
GIVEN = edited(
    SCENARIO[: SCENARIO.index("  templates:")]
    + "  given: [object]\n"
    + SCENARIO[SCENARIO.index("  before:") :].replace("template: thing", "template: object")
)


def problems(parse, text):
    with pytest.raises(InvalidFile) as caught:
        parse(text, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_scenario_of_objects_is_read():
    scenario = parse_scenario(SCENARIO, "f.yaml")
    assert list(scenario.workload.templates["thing"].right) == ["made", "done"]
    assert scenario.workload.setup == [Settle(quiet=2.0)]


WRONG = {
    "no word of kubectl": (
        [(MADE, "made: {for: Ready}")],
        "`Ready` is nothing to wait for (write create, delete, condition=Name",
    ),
    "a path with a filter": (
        [(MADE, 'made: {fields: {"status.c[?(@.x)]": 1}}')],
        "is no name, index or [*] of a JSONPath (or say it in `cel`)",
    ),
    "no CEL": ([(DONE, "done: {cel: 'object.('}")], "this is no CEL"),
    "CEL over something else": (
        [(DONE, "done: {cel: 'self.x == \"v${version}\"'}")],
        "it names `self`, and knows `object` alone",
    ),
    "an object that nothing names": (
        [(MADE, "made: {kind: Secret}")],
        "which Secret is meant is not clear (give it one of `name` and `labels`)",
    ),
    "a name without a kind": ([(MADE, "made: {name: x}")], "and no kind"),
    "no address": ([(MADE, "made: {dial: localhost}")], "`localhost` is no address to dial"),
    "headers of no answer": (
        [(MADE, "made: {kind: Secret, name: x, headers: {a: b}}")],
        "`headers` is of an address that is dialled, and none is",
    ),
    "headers over tcp": (
        [(MADE, 'made: {dial: "tcp://10.0.0.1:80", headers: {a: b}}')],
        "what answers at a tcp address has no headers",
    ),
    "a place to look at objects from": (
        [(MADE, "made: {kind: Secret, name: x, from: component}")],
        "`from` is of an address that is dialled, and none is",
    ),
    "a name that a quantity has": (
        [(MADE, "seconds: {kind: Secret, name: x}")],
        "an expectation cannot be called `seconds`",
    ),
    "a stage of no template": (
        [("reconcile.done.p50", "reconcile.dome.p50")],
        "no template expects anything called `dome` (did you mean `done`?)",
    ),
    "a cold start of nothing": (
        [("  before:\n", "  setup:\n"), ("  setup:\n    - {do: settle, for: 2s}\n", "")],
        "is of copies that were there before the component started",
    ),
    "a step that needs the component": (
        [('    - {do: create, template: thing, count: "${objects}"}\n  setup:\n', "")],
        "`settle` needs the component, which has not been started yet",
    ),
    "versions that nothing tells": (
        [(DONE, "done: {kind: Secret, name: x}")],
        "nothing tells one version of `thing` from the next",
    ),
    "nothing that is right": (
        [(MADE, ""), (DONE, ""), ("      right:\n", "")],
        "the template `thing` has no `check` and no `right`, and this step needs one",
    ),
    "a churn that nobody could check": (
        [("    - {do: await, template: thing}", "    - {do: churn, template: thing, rate: 5}")],
        "the template `thing` has no `check`, and this step needs one",
    ),
    "a window that nothing fills": (
        [("{warmup: 0s}", "{warmup: 0s, window: 4s}")],
        "no step lasts as long as the window",
    ),
}


@pytest.mark.parametrize(("edits", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(edits, said):
    found = problems(parse_scenario, edited(SCENARIO, *edits))
    assert any(said in each for each in found), found


def test_an_idle_window_is_filled():
    text = edited(
        SCENARIO,
        ("{warmup: 0s}", "{warmup: 0s, window: 4s}"),
        ("    - {do: change, template: thing, times: 5}", "    - {do: idle}"),
    )
    assert parse_scenario(text, "f.yaml").tiers["quick"].window == 4.0


def test_a_condition_of_the_object_itself_tells_its_versions():
    text = edited(SCENARIO, (DONE, "done: {for: condition=Ready}"))
    assert parse_scenario(text, "f.yaml")


def test_a_component_gives_the_templates_that_a_scenario_leaves_to_it():
    scenario, component = parse_scenario(GIVEN, "f.yaml"), parse_component(OPERATOR, "c.yaml")
    (case,), _ = fit(cases(scenario, "quick"), component)
    assert case.workload["templates"]["object"]["right"]["done"]["fields"] == {
        "data.have": "v${version}"
    }


OWN = edited(OPERATOR, ("  object:\n", "  thing:\n"))


def test_a_template_of_the_component_takes_the_place_of_the_scenarios_of_that_name():
    scenario, component = parse_scenario(SCENARIO, "f.yaml"), parse_component(OWN, "c.yaml")
    (case,), _ = fit(cases(scenario, "quick"), component)
    assert case.workload["templates"].keys() == {"thing"}
    (made,) = case.workload["templates"]["thing"]["objects"]
    assert made["metadata"]["name"] == "o${i}"


def test_a_template_that_the_scenario_has_no_place_for_stays_out_of_it():
    scenario, component = parse_scenario(SCENARIO, "f.yaml"), parse_component(OPERATOR, "c.yaml")
    (case,), _ = fit(cases(scenario, "quick"), component)
    assert case.workload["templates"]["thing"]["objects"][0]["metadata"]["name"] == "t${i}"
    assert case.workload["templates"].keys() == {"thing"}


def test_what_a_template_of_the_component_lacks_for_a_step_is_said_when_it_is_planned():
    component = parse_component(edited(OWN, (RIGHT, "right: {done: {for: create}}")), "c.yaml")
    with pytest.raises(InvalidFile, match="nothing tells one version of `thing` from the next"):
        fit(cases(parse_scenario(SCENARIO, "f.yaml"), "quick"), component)


def test_a_component_that_routes_are_pushed_to_may_find_some_but_is_asked_about_no_object():
    pushed = parse_component(edited(COMPONENT, ("role: ingress", "role: controller")), "c.yaml")
    with pytest.raises(InvalidFile, match="looks at objects of the API server"):
        fit(cases(parse_scenario(SCENARIO, "f.yaml"), "quick"), pushed)
    checked = edited(
        SCENARIO,
        (f"right:\n        {MADE}\n        {DONE}", 'check: {host: "${i}", path: "/v${version}"}'),
    )
    scenario = parse_scenario(edited(checked, ("reconcile.done.p50", "propagation.p50")), "f.yaml")
    assert len(fit(cases(scenario, "quick"), pushed)[0]) == 1


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([("  object:\n", "  objekt:\n")], "it has no template `object`"),
        (
            [
                (
                    'right: {done: {fields: {data.have: "v${version}"}}}',
                    "right: {done: {for: create}}",
                )
            ],
            "nothing tells one version of `object` from the next",
        ),
        (
            [
                (
                    'right: {done: {fields: {data.have: "v${version}"}}}',
                    'check: {host: "${version}"}',
                )
            ],
            "there is nowhere to send requests",
        ),
    ],
)
def test_what_a_component_lacks_for_a_scenario_is_said_when_it_is_planned(edits, said):
    scenario = parse_scenario(GIVEN, "f.yaml")
    component = parse_component(edited(OPERATOR, *edits), "c.yaml")
    with pytest.raises(InvalidFile) as caught:
        fit(cases(scenario, "quick"), component)
    assert any(said in str(each) for each in caught.value.problems)


def test_a_placeholder_of_a_components_template_is_one_of_a_copy():
    assert any(
        "`${j}` has no value (did you mean `${i}`?)" in each or "`${j}` has no value" in each
        for each in problems(parse_component, edited(OPERATOR, ('"o${i}"', '"o${j}"')))
    )


SIZED = edited(
    OPERATOR,
    ('data: {text: "v${version}"}}', 'data: {text: "v${version}", many: "${objects}-${other}"}}'),
    (RIGHT, RIGHT + "\n    defaults: {objects: 3, other: 4}"),
)


def test_a_components_template_is_of_the_scenarios_sizes_and_else_of_its_own():
    scenario, component = parse_scenario(GIVEN, "f.yaml"), parse_component(SIZED, "c.yaml")
    (case,), _ = fit(cases(scenario, "quick"), component)
    template = case.workload["templates"]["object"]
    assert template["objects"][0]["data"]["many"] == "10-4"
    assert template["objects"][0]["data"]["text"] == "v${version}"  # of each copy
    assert template["defaults"] == {}


def test_what_is_a_copys_own_has_no_default_nor_has_a_scenarios_template():
    own = edited(SIZED, ("{objects: 3, other: 4}", "{objects: 3, other: 4, version: 2}"))
    (said,) = problems(parse_component, own)
    assert said.endswith("`version` is a copy's own and has no default")
    written = edited(SCENARIO, (DONE, DONE + "\n      defaults: {size: 3}"))
    (said,) = problems(parse_scenario, written)
    assert "`defaults` are for templates of components (here an axis of one value says it)" in said


def test_percentiles_of_copies_gate_where_there_are_enough_of_them():
    few = parse_scenario(edited(SCENARIO, ("reconcile.done.p50", "cold_start.p50")), "f.yaml")
    many = parse_scenario(
        edited(
            SCENARIO,
            ("reconcile.done.p50", "cold_start.p50"),
            ("values: [10]", "values: [20]"),
        ),
        "f.yaml",
    )
    gated = [cases(each, "quick")[0].metrics[0].gated for each in (few, many)]
    assert gated == [False, True]
