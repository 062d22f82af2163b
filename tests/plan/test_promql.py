"""Queries of a component's file: checked before anything runs, left out where nobody is asked."""

import pytest
from msgspec.structs import replace

from loadstone.errors import InvalidFile, UsageError
from loadstone.flows.files import preset_source
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.presets import parse_preset, with_series
from loadstone.plan.scenarios import parse_scenario
from loadstone.report.common.sentences import in_full
from tests.plan.sample import COMPONENT, SCENARIO, edited

QUERIES = """\
prometheus: ${api}/api/v1/namespaces/monitoring/services/prometheus:9090/proxy
promql: {errors: 'sum(increase(errors_total{${target}}[${window}]))'}
"""
ASKING = edited(COMPONENT, ("scrape:", f"{QUERIES}scrape:"))
ASKED = edited(
    SCENARIO,
    (
        "objectives:",
        "  errors: {source: promql.errors, unit: '1', better: lower, margin: 0}\nobjectives:",
    ),
)


def problems(text):
    with pytest.raises(InvalidFile) as error:
        parse_component(text, "c.yaml")
    return [f"{each.where}: {each.what}" for each in error.value.problems]


def fitted(component):
    found, notes = fit(cases(parse_scenario(ASKED, "s.yaml"), "quick"), component)
    return [metric.name for metric in found[0].metrics], [in_full(note) for note in notes]


def test_a_metric_may_be_taken_from_a_query_of_the_component():
    names, notes = fitted(parse_component(ASKING, "c.yaml"))
    assert "errors" in names
    assert notes == []


def test_a_metric_of_a_query_that_nobody_asks_is_left_out_and_said():
    component = parse_component(ASKING, "c.yaml")
    names, notes = fitted(replace(component, prometheus=""))
    assert "errors" not in names
    assert notes == [
        "errors is left out: no `prometheus` is named that small could ask `errors`",
    ]
    names, notes = fitted(parse_component(COMPONENT, "c.yaml"))
    assert "errors" not in names
    assert notes == ["errors is left out: small has no query `errors`"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("${window}", "${windw}", "c.yaml:12:18: `${windw}` has no value"),
        ("sum(increase(errors_total{${target}}[${window}]))", "1 + 1", "asks for no series"),
        ("${api}/api", "${apis}/api", "c.yaml:11:13: `${apis}` has no value"),
        ("${api}/api", "api", "c.yaml:11:13: `api/v1/namespaces"),
        ("{errors:", "{Errors:", "Errors"),
        ("metrics: http://${admin}/metrics\n", "", "shows its metrics, and it has no page"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_line(old, new, said):
    text = edited(ASKING, (old, new))
    if old.startswith("metrics"):
        text = edited(text, ("scrape: {reloads: 'reloads_total{result=\"ok\"}'}\n", ""))
    assert any(said in each for each in problems(text)), problems(text)


def test_a_setting_may_stand_in_a_query_alone():
    text = edited(
        ASKING, ("ports:", "settings: {code: 500}\nports:"), ("{${target}}", '{code="${code}"}')
    )
    assert parse_component(text, "c.yaml").settings == {"code": 500}


PRESET = """\
preset: counted
about: Counts.
scrape: {}
promql: {errors: 'sum(increase(errors_total{${target}}[${window}]))'}
metrics:
  errors: {source: promql.errors, unit: "1", better: lower, margin: 0}
"""


def test_a_preset_brings_queries_and_the_components_own_go_before_them():
    preset = parse_preset(PRESET, "p.yaml")
    component = parse_component(COMPONENT, "c.yaml")
    assert with_series(component, [preset]).promql == preset.promql
    own = replace(component, promql={"errors": "mine"})
    assert with_series(own, [preset]).promql == {"errors": "mine"}
    other = replace(preset, promql={"errors": "other"})
    with pytest.raises(UsageError, match="different queries by `errors`"):
        with_series(component, [preset, other])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("promql.errors", "promql.error", "there is no query `error`"),
        ("${target}", "${admin}", "`${admin}` has no value"),
    ],
)
def test_a_preset_knows_its_own_queries_and_no_ports(old, new, said):
    with pytest.raises(InvalidFile) as error:
        parse_preset(edited(PRESET, (old, new)), "p.yaml")
    assert any(said in each.what for each in error.value.problems)


def test_the_shipped_preset_of_traefik_has_queries():
    source = preset_source("traefik")
    assert parse_preset(source.text, source.name).promql
