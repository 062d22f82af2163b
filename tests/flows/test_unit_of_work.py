"""What the costs of a profile are divided by, and which metric they make up."""

from __future__ import annotations

from loadstone.flows.unit_of_work import Work, of
from loadstone.model import Case, CasePlan, MetricSource

SOURCES = {
    "cpu": MetricSource(quantity="process.cpu_seconds", per="load.requests", times=1000.0),
    "allocated": MetricSource(quantity="allocations.bytes", per="load.requests"),
}


def plan(work: str = "") -> CasePlan:
    return CasePlan(case=Case(scenario="s"), metrics=(), sources=SOURCES, workload={"work": work})


def test_costs_are_of_what_the_metrics_divide_the_same_cost_by():
    assert of(plan(), "cpu") == Work(per="load.requests", metric="cpu", times=1000.0, kernel=True)
    assert of(plan(), "allocs").metric == "allocated"


def test_the_work_that_a_scenario_names_comes_first_and_no_metric_is_of_it():
    named = of(plan("change.count"), "cpu")
    assert named == Work(per="change.count", kernel=True)
    assert of(plan("change.count"), "allocs") == Work(per="change.count", grows=True)


def test_the_work_that_the_metrics_have_too_is_held_against_them():
    assert of(plan("load.requests"), "cpu") == of(plan(), "cpu")


def test_a_state_is_divided_by_nothing():
    assert of(plan("change.count"), "heap") == of(plan(), "goroutine") == Work()
