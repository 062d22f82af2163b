from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.model import Case, CasePlan, Design, Direction, Note, Record
from loadstone.report.common.sentences import in_full
from loadstone.store.comparability import differences
from tests.store import made

FACTS = made.environment().facts
CASE = made.plan().cases[0]


def with_case(**changes: object) -> Record:
    return made.record(plan=made.plan(cases=[replace(CASE, **changes)]))  # type: ignore[arg-type]


def codes(record: Record, baseline: Record) -> list[str]:
    return [reason.code for reason in differences(record, baseline)]


def test_the_same_record_may_gate():
    assert differences(made.record(), made.record()) == []


def test_another_day_revision_seed_or_margin_may_gate():
    metric = replace(made.LATENCY, margin=0.5, minimum=1.0, gated=False)
    plan = made.plan(seed=9, head=made.plan().base, cases=[replace(CASE, metrics=(metric,))])
    assert differences(made.record(), made.record(plan=plan, started="2025-01-01T00:00:00Z")) == []


def test_a_case_that_was_measured_in_another_design_never_gates():
    (note,) = differences(with_case(design=Design.MIXED), made.record())
    assert note.code == "design"
    assert in_full(note).endswith("measured in mixed rounds, in the baseline in solo ones")


@pytest.mark.parametrize(
    ("baseline", "code", "text"),
    [
        (
            made.record(environment=made.environment(key="b0", facts={**FACTS, "cores": 4})),
            "environment",
            "another environment: now a1b2c3d4e5f6, in the baseline b0 (cores 4 → 2)",
        ),
        (
            made.record(environment=made.environment(harness="0.2.0")),
            "harness",
            "another harness: now 0.1.0, in the baseline 0.2.0",
        ),
        (
            made.record(plan=made.plan(provider="kind")),
            "provider",
            "another provider: now memory, in the baseline kind",
        ),
        (
            made.record(plan=made.plan(component="gate")),
            "component",
            "another component: now proxy, in the baseline gate",
        ),
        (
            made.record(plan=made.plan(tier="pr")),
            "tier",
            "another tier: now quick, in the baseline pr",
        ),
        (
            with_case(metrics=[replace(made.LATENCY, unit="ms")]),
            "unit",
            "latency/rate=100: latency_p99 has another unit: now s, in the baseline ms",
        ),
        (
            with_case(metrics=[replace(made.LATENCY, direction=Direction.NONE)]),
            "direction",
            "latency/rate=100: latency_p99 has another direction: now lower, in the baseline none",
        ),
        (
            with_case(metrics=[replace(made.LATENCY, name="p50")]),
            "metrics",
            "latency/rate=100: not in the baseline: latency_p99",
        ),
        (with_case(window=9.0), "workload", "latency/rate=100: another window"),
        (with_case(workload={"measured": []}), "workload", "latency/rate=100: another workload"),
        (made.record(runs=[]), "no-runs", "the baseline has no valid run"),
        (
            made.record(runs=[made.run(invalid=[Note(code="x", data={"text": "x"})])]),
            "no-runs",
            "the baseline has no valid run",
        ),
    ],
)
def test_what_differs_is_a_difference_in_words(baseline, code, text):
    found = differences(made.record(), baseline)
    assert [(each.code, in_full(each)) for each in found] == [(code, text)]


def test_other_scenarios_and_cases_are_differences():
    other = replace(CASE, case=Case(scenario="churn"))
    smaller = made.record(plan=made.plan(cases=[CASE]))
    larger = made.record(plan=made.plan(cases=[CASE, other]))
    assert [in_full(reason) for reason in differences(larger, smaller)] == [
        "other scenarios: churn, latency instead of latency",
        "not in the baseline: churn",
    ]
    assert codes(smaller, larger) == ["scenarios"]


def test_cases_of_the_same_scenario_that_only_the_baseline_has_do_not_matter():
    other = replace(CASE, case=Case(scenario="latency", axes={"rate": 200}))
    larger = made.record(plan=made.plan(cases=[CASE, other]))
    assert codes(made.record(), larger) == []
    assert codes(larger, made.record()) == ["cases"]


def test_all_differences_are_told_at_once():
    baseline = made.record(
        plan=made.plan(component="gate", provider="kind", tier="pr"),
        environment=made.environment(key="other", harness="0.2.0"),
        runs=[],
    )
    assert codes(made.record(), baseline) == [
        "component", "provider", "tier", "harness", "environment", "no-runs",
    ]  # fmt: skip


def test_many_missing_cases_are_counted_not_listed():
    cases = [
        CasePlan(case=Case(scenario="latency", axes={"rate": rate}), metrics=[])
        for rate in range(9)
    ]
    plan = made.plan(cases=[CASE, *cases])
    (reason,) = differences(made.record(plan=plan), made.record())
    assert in_full(reason).endswith("latency/rate=4 and 4 more")
