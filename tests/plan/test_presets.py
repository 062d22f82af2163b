"""Presets: read, checked, and what a component and a scenario get of them."""

import pytest

from loadstone.errors import InvalidFile, UsageError
from loadstone.formats import ScrapedSeries
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.presets import parse_preset, with_metrics, with_series
from loadstone.plan.scenarios import parse_scenario
from tests.plan.sample import COMPONENT, SCENARIO, edited

QUEUES = """\
preset: queues
about: Queues.
scrape:
  queue: queue_length
  added: {series: added_total, sum_by: [name]}
metrics:
  queue: {source: scrape.queue.max, unit: "1", better: lower, margin: 10%}
  added_a: {source: scrape.added.a.delta, unit: "1", better: lower, margin: 10%, gated: false}
"""
OWN = SCENARIO[: SCENARIO.index("metrics:")]


def component(*presets, text=COMPONENT):
    named = f"presets: [{', '.join(each.preset for each in presets)}]\nscrape"
    return parse_component(edited(text, ("scrape", named)), "c.yaml")


@pytest.fixture
def queues():
    return parse_preset(QUEUES, "queues.yaml")


def test_a_component_has_the_series_of_its_presets_beside_its_own(queues):
    found = with_series(component(queues), [queues]).scrape
    assert found == {
        "queue": "queue_length",
        "added": ScrapedSeries(series="added_total", sum_by=["name"]),
        "reloads": 'reloads_total{result="ok"}',
    }


def test_what_the_component_says_itself_goes_before_its_presets(queues):
    text = edited(COMPONENT, ("{reloads: ", "{queue: mine, reloads: "))
    assert with_series(component(queues, text=text), [queues]).scrape["queue"] == "mine"


def test_two_presets_that_mean_two_things_by_an_alias_are_told_apart_or_refused(queues):
    other = parse_preset(edited(QUEUES, ("queues", "others"), ("queue_length", "depth")), "o.yaml")
    with pytest.raises(UsageError, match="different series by `queue`"):
        with_series(component(queues, other), [queues, other])
    text = edited(COMPONENT, ("{reloads: ", "{queue: mine, reloads: "))
    with_series(component(queues, other, text=text), [queues, other])


def test_a_scenario_without_metrics_has_those_of_the_presets(queues):
    scenario = with_metrics(parse_scenario(OWN, "s.yaml"), component(queues), [queues])
    fitted, _ = fit(cases(scenario, "quick"), with_series(component(queues), [queues]))
    assert [metric.name for metric in fitted[0].metrics] == ["queue", "added_a"]


def test_a_scenario_with_metrics_has_those_of_the_presets_where_it_says_so(queues):
    alone = parse_scenario(SCENARIO, "s.yaml")
    assert with_metrics(alone, component(queues), [queues]) == alone
    both = parse_scenario(edited(SCENARIO, ("metrics:", "presets: true\nmetrics:")), "s.yaml")
    found = with_metrics(both, component(queues), [queues]).metrics
    assert list(found) == ["queue", "added_a", "latency_p99", "cpu", "reloads"]


def test_a_scenario_that_nothing_gives_metrics_is_refused(queues):
    with pytest.raises(UsageError, match="no metrics, and the component `small` names no presets"):
        with_metrics(parse_scenario(OWN, "s.yaml"), component(queues), [])


def test_an_objective_may_be_on_a_metric_of_a_preset_and_on_no_other(queues):
    text = OWN + "objectives:\n  - {metric: queue, at_most: 10}\n"
    found = with_metrics(parse_scenario(text, "s.yaml"), component(queues), [queues])
    assert found.objectives[0].metric in found.metrics
    other = parse_scenario(edited(text, ("metric: queue", "metric: quue")), "s.yaml")
    with pytest.raises(UsageError, match="speaks of the metric `quue`") as caught:
        with_metrics(other, component(queues), [queues])
    assert "did you mean `queue`?" in caught.value.next_step


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("queue_length", "queue length"), "queues.yaml:4:10: `queue length` is no series"),
        (("[name]", "[le]"), "queues.yaml:5:41: `le` is no label to add up by"),
        (("scrape.queue.max", "scrape.quue.max"), "7:19: there is no alias `quue`"),
        (("scrape.queue.max", "scrape.queue.most"), "no run measures `scrape.queue.most`"),
        (
            ("sum_by: [name]", "sum_by: [name], absent: 0"),
            "5:48: nothing tells what is absent here",
        ),
        (("sum_by: [name]", "absent: 0"), "5:32: nothing tells what is absent here"),
        (("sum_by: [name]", "absent: 1"), "5:40: `1` is not one of 0"),
        (("about:", "abut:"), "unknown key `abut`"),
        (("series: added_total", "serie: added_total"), "unknown key `serie`"),
    ],
)
def test_a_preset_that_is_wrong_is_refused_with_its_line(edit, said):
    with pytest.raises(InvalidFile) as caught:
        parse_preset(edited(QUEUES, edit), "queues.yaml")
    assert said in str(caught.value)


@pytest.mark.parametrize("source", ["scrape.added.delta", "scrape.added.a.b.delta"])
def test_a_metric_that_forgets_the_labels_of_its_alias_is_refused_with_the_right_form(
    queues, source
):
    preset = parse_preset(edited(QUEUES, ("scrape.added.a.delta", source)), "queues.yaml")
    scenario = with_metrics(parse_scenario(OWN, "s.yaml"), component(preset), [preset])
    with pytest.raises(UsageError, match="does not fit") as caught:
        fit(cases(scenario, "quick"), with_series(component(preset), [preset]))
    assert caught.value.next_step == "write `scrape.added.<name>.delta`"


def test_presets_without_a_page_are_refused(queues):
    text = edited(
        COMPONENT,
        ("metrics: http://${admin}/metrics\n", ""),
        ("scrape: {reloads: 'reloads_total{result=\"ok\"}'}", "presets: [queues, queues]"),
    )
    with pytest.raises(InvalidFile) as caught:
        parse_component(text, "c.yaml")
    assert "there is no page to scrape" in str(caught.value)
    assert "`queues` is listed twice" in str(caught.value)
