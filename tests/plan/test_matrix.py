"""Cases: names, order, scaling, binding, and what a component cannot give."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import UsageError
from loadstone.formats import Create, Hold, Load, ScenarioMetric, Template, Workload
from loadstone.model import Note, Plan, Policy, Revision, Side, values
from loadstone.plan.bind import placeholders
from loadstone.plan.components import parse_component
from loadstone.plan.estimate import duration
from loadstone.plan.matrix import cases, fit, scaled
from loadstone.plan.metrics import beyond
from loadstone.plan.scenarios import parse_scenario
from loadstone.report.common.sentences import in_full
from tests.plan.sample import COMPONENT, SCENARIO, edited
from tests.plan.test_processes import TWO


@pytest.fixture(scope="module")
def scenario():
    return parse_scenario(SCENARIO, "s.yaml")


@pytest.fixture(scope="module")
def component():
    return parse_component(COMPONENT, "c.yaml")


def test_cases_come_in_the_order_of_the_file_with_the_values_that_are_run(scenario):
    assert [case.case.name for case in cases(scenario, "full")] == [
        "small/routes=50,rate=500,body=600",
        "small/routes=50,rate=500,body=22000",
        "small/routes=500,rate=500,body=600",
        "small/routes=500,rate=500,body=22000",
    ]


def test_a_tier_picks_values_and_keeps_the_factor_of_what_it_scales(scenario):
    assert len(cases(scenario, "quick")) == 2
    assert cases(scenario, "quick")[0].scale == {}
    assert cases(scenario, "full")[0].scale == {"routes": 0.5}


def test_an_unknown_tier_is_refused_with_the_known_ones(scenario):
    with pytest.raises(UsageError) as caught:
        cases(scenario, "quik")
    assert "did you mean `quick`?" in str(caught.value)


def test_a_bound_workload_has_its_numbers_and_keeps_what_a_run_replaces(scenario):
    case = cases(scenario, "full")[3]
    workload = msgspec.convert(case.workload, Workload)
    assert workload.setup[0] == Create(template="route", count=500)
    assert workload.measured[0] == Load(template="route", rate=500, body=22000)
    assert {name for _, name in placeholders(case.workload)} == {"i", "version"}


def test_a_workload_survives_a_trip_through_json(scenario):
    case = cases(scenario, "quick")[0]
    again = msgspec.json.decode(msgspec.json.encode(case.workload))
    assert msgspec.convert(again, Workload) == msgspec.convert(case.workload, Workload)


def test_a_percentile_gates_only_where_enough_observations_stand_behind_it():
    short = parse_scenario(edited(SCENARIO, ("window: 4s", "window: 1.9s")), "s.yaml")
    case = cases(short, "quick")[0]
    assert [metric.name for metric in case.metrics if metric.gated] == ["cpu"]
    assert [in_full(note) for note in case.notes] == [
        "latency_p99 is shown, not gated: 950 observations a run, 1000 needed"
    ]
    long = cases(parse_scenario(SCENARIO, "s.yaml"), "quick")[0]
    assert [metric.name for metric in long.metrics if metric.gated] == ["latency_p99", "cpu"]
    assert long.notes == []


@pytest.mark.parametrize(
    ("source", "unit", "minimum", "most"),
    [
        ("load.achieved_rate", "1/s", 5000, 1000),
        ("hold.open", "1", 500, 100),
        ("load.achieved_rate", "1/s", 10, None),
        ("process.anon_peak", "By", 1e15, None),  # only measured: a plan cannot know
    ],
)
def test_a_minimum_beyond_what_the_workload_asks_for_is_said_of_the_plan(
    source, unit, minimum, most
):
    metric = ScenarioMetric(source=source, unit=unit, better="lower", margin=0.1, minimum=minimum)
    template = Template(objects=[{}])
    workload = Workload(
        templates={"t": template},
        setup=[Hold(connections=100)],
        measured=[Load(template="t", rate=1000)],
    )
    assert beyond(metric, workload, window=4.0) == most


def test_a_metric_without_a_direction_never_gates(scenario):
    reloads = cases(scenario, "quick")[0].metrics[2]
    assert (reloads.direction, reloads.gated) == ("none", False)


def test_a_tier_may_report_what_others_gate():
    text = edited(SCENARIO, ("window: 4s", "window: 4s\n    reported: [cpu]"))
    case = cases(parse_scenario(text, "s.yaml"), "quick")[0]
    assert [metric.name for metric in case.metrics if metric.gated] == ["latency_p99"]


def test_a_metric_is_a_quantity_per_another_times_a_factor(scenario):
    sources = cases(scenario, "quick")[0].sources
    measured = {"process.cpu_seconds": 1.5, "load.requests": 2000.0, "latency.p99": 0.012}
    assert values(sources, measured) == {"cpu": 0.75, "latency_p99": 0.012}


@pytest.mark.parametrize("requests", [0.0, None, float("nan"), float("inf")])
def test_a_metric_has_no_value_where_nothing_can_be_said(scenario, requests):
    measured = {"process.cpu_seconds": float("nan")} if requests is None else {
        "process.cpu_seconds": float("inf") if requests == float("inf") else 1.0,
        "load.requests": requests,
    }  # fmt: skip
    found = values(cases(scenario, "quick")[0].sources, measured)
    assert "cpu" not in found


def test_a_metric_that_the_component_cannot_give_is_dropped_with_a_note(scenario, component):
    bare = parse_component(edited(COMPONENT, ("scrape: {reloads", "scrape: {others")), "c.yaml")
    fitted, notes = fit(cases(scenario, "quick"), bare)
    assert all("reloads" not in case.sources for case in fitted)
    assert [metric.name for metric in fitted[0].metrics] == ["latency_p99", "cpu"]
    assert [in_full(note) for note in notes] == [
        "reloads is left out: small has no scrape alias `reloads`"
    ]
    assert fit(cases(scenario, "quick"), component) == (cases(scenario, "quick"), [])


def test_a_component_may_report_what_others_gate_and_says_why(scenario):
    varies = parse_component(f"{COMPONENT}reported: {{cpu: chance, else: never}}\n", "c.yaml")
    fitted, _ = fit(cases(scenario, "quick"), varies)
    assert {metric.name: metric.gated for metric in fitted[0].metrics}["cpu"] is False
    assert Note.of("demoted", metric="cpu", why="chance") in fitted[0].notes
    again, _ = fit(fitted, varies)
    assert again == fitted


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("process.other.scrape.reloads.delta", "reloads is left out: two has no process `other`"),
        (
            "process.data.scrape.reloads.delta",
            "reloads is left out: the process `data` of two has no scrape alias `reloads`",
        ),
        ("process.control.scrape.reloads.delta", ""),
        ("process.control.threads", ""),
        ("process.other.threads", "reloads is left out: two has no process `other`"),
    ],
)
def test_a_metric_of_one_process_takes_a_component_that_has_it(source, said):
    text = edited(SCENARIO, ("scrape.reloads.delta", source))
    several = parse_component(TWO, "c.yaml")
    _, notes = fit(cases(parse_scenario(text, "s.yaml"), "quick"), several)
    assert [in_full(note) for note in notes] == ([said] if said else [])


def test_a_metric_of_what_the_machine_does_not_count_is_dropped_without_a_word(scenario, component):
    fitted, notes = fit(cases(scenario, "quick"), component, uncounted={"process.cpu_seconds"})
    assert all("cpu" not in case.sources for case in fitted)
    assert not [metric for case in fitted for metric in case.metrics if metric.name == "cpu"]
    assert not notes


def test_a_component_of_another_role_is_refused(scenario):
    other = parse_component(edited(COMPONENT, ("role: ingress", "role: dns")), "c.yaml")
    with pytest.raises(UsageError, match="the role `ingress`"):
        fit(cases(scenario, "quick"), other)


def test_the_time_of_a_plan_counts_both_sides_and_all_rounds(scenario):
    chosen = cases(scenario, "quick")
    one = Revision(side=Side.BASE, asked="1", label="1")
    plan = Plan(
        component="small", provider="memory", tier="quick", base=one, head=one, cases=chosen,
        policy=Policy(), seed=0,
    )  # fmt: skip
    assert all(case.estimate > case.warmup + case.window for case in chosen)
    assert duration(plan, 5) == pytest.approx(10 * sum(case.estimate for case in chosen))


def test_a_tier_says_how_long_a_run_takes_where_its_steps_do_not_tell():
    def longest(takes):
        said = edited(SCENARIO, ("    window: 4s\n", f"    window: 4s\n    takes: {takes}\n"))
        return max(case.estimate for case in cases(parse_scenario(said, "s.yaml"), "quick"))

    assert longest("1s") == longest("0s") < 40
    assert longest("40s") > 40


@given(st.integers(0, 10**9), st.floats(1e-6, 1.0))
def test_what_is_whole_and_not_zero_stays_so_when_scaled(value, factor):
    result = scaled(value, factor)
    assert isinstance(result, int)
    assert 0 <= result <= max(value, 1)
    assert (result == 0) == (value == 0)


@pytest.mark.parametrize("part", ["setup", "measured"])
def test_load_over_tls_needs_an_address_for_it_wherever_it_begins(part):
    scenario = parse_scenario(SCENARIO, "s.yaml")
    first = cases(scenario, next(iter(scenario.tiers)))[0]
    steps = [*first.workload[part], {"do": "load", "template": "route", "rate": 1, "tls": True}]
    case = replace(first, workload={**first.workload, part: steps})
    with pytest.raises(UsageError, match="has no `secure_traffic`"):
        fit([case], parse_component(COMPONENT, "c.yaml"))


@pytest.mark.parametrize("kind", ["http1", "http2", "grpc"])
def test_load_that_a_component_refuses_is_refused_with_its_reason(kind):
    sending = edited(
        SCENARIO, ('rate: "${rate}", body', f'rate: "${{rate}}", protocol: {kind}, body')
    )
    planned = cases(parse_scenario(sending, "s.yaml"), "quick")
    refusing = edited(COMPONENT, ("traffic:", "refuses: {grpc: it has no trailers}\ntraffic:"))
    component = parse_component(refusing, "c.yaml")
    if kind != "grpc":
        assert len(fit(planned, component)[0]) == len(planned)
        return
    with pytest.raises(UsageError, match=r"load as `grpc`.*does not take: it has no trailers"):
        fit(planned, component)
