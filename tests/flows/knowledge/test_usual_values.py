"""What a plan knows of values from baselines: which metrics can hardly gate."""

from dataclasses import replace

import pytest

from loadstone.flows.judge import judged
from loadstone.flows.knowledge.usual_values import above_usual, usual
from loadstone.report.common.sentences import in_full
from loadstone.report.plan.console import terminal
from loadstone.store.directory import DirectoryStore
from tests.report import samples


@pytest.fixture(scope="module")
def record():
    return judged(samples.regression(), anew=True)


def demanding(plan, metric, minimum):
    """The plan in which one metric asks for a larger change than it asked for."""
    cases = [
        replace(
            case,
            metrics=[
                replace(each, minimum=minimum) if each.name == metric else each
                for each in case.metrics
            ],
        )
        for case in plan.cases
    ]
    return replace(plan, cases=cases)


def test_a_minimum_larger_than_the_value_is_said_before_anything_is_measured(record, tmp_path):
    DirectoryStore(tmp_path).save(record)
    plan = demanding(record.plan, "rss_peak", 2.0**30)
    (reason,) = above_usual(plan, usual(plan, DirectoryStore(tmp_path)))
    assert in_full(reason).startswith("rss_peak can hardly gate")
    assert "minimum 1 GiB" in in_full(reason)
    assert all(case.case.name in in_full(reason) for case in plan.cases)
    assert "note: rss_peak can hardly gate" in terminal(plan, [reason])


@pytest.mark.parametrize(("metric", "minimum"), [("latency_p50", 0.1), ("achieved_rate", 5000.0)])
def test_whatever_the_unit_is(record, tmp_path, metric, minimum):
    DirectoryStore(tmp_path).save(record)
    plan = demanding(record.plan, metric, minimum)
    assert [
        in_full(reason).split(" ")[0]
        for reason in above_usual(plan, usual(plan, DirectoryStore(tmp_path)))
    ] == [metric]


def test_a_sensible_minimum_is_no_reason_to_speak(record, tmp_path):
    DirectoryStore(tmp_path).save(record)
    assert above_usual(record.plan, usual(record.plan, DirectoryStore(tmp_path))) == []


def test_a_metric_that_does_not_gate_may_ask_for_anything(record, tmp_path):
    DirectoryStore(tmp_path).save(record)
    plan = demanding(record.plan, "latency_p999", 100.0)
    assert above_usual(plan, usual(plan, DirectoryStore(tmp_path))) == []


def test_without_baselines_or_of_another_provider_nothing_is_known(record, tmp_path):
    assert usual(record.plan, DirectoryStore(tmp_path)) == {}
    DirectoryStore(tmp_path).save(record)
    assert usual(replace(record.plan, provider="kind"), DirectoryStore(tmp_path)) == {}
    assert usual(replace(record.plan, component="other"), DirectoryStore(tmp_path)) == {}


def test_a_baseline_that_cannot_be_read_is_passed_over(record, tmp_path):
    kept = DirectoryStore(tmp_path).save(record)
    (tmp_path / kept.key).write_text("{")
    assert usual(record.plan, DirectoryStore(tmp_path)) == {}
