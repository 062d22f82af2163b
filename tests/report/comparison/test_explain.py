"""Explaining a row: every round is shown, and the words are the judge's own numbers."""

from dataclasses import replace

import pytest

from loadstone.errors import UsageError
from loadstone.flows.judge import judged
from loadstone.model import MetricSource, Note, Side
from loadstone.report.comparison.explain import explain
from loadstone.report.comparison.lookup import row
from loadstone.report.comparison.round_picture import WIDTH, picture
from tests.report import samples

RECORD = judged(samples.get("improvement"), anew=True)
CASE = RECORD.plan.cases[0].case.name
assert RECORD.judgement
ROWS, SUITE = RECORD.judgement.comparisons, RECORD.judgement.suite


def test_every_round_of_both_sides_is_shown():
    text = explain(RECORD, CASE, "rss_peak")
    rounds = {run.round for run in RECORD.runs if run.case == CASE and run.valid}
    shown = [line.split()[0] for line in text.split("\n\n")[1].splitlines()[1:]]
    assert shown == [str(number) for number in sorted(rounds)]


def test_the_explanation_ends_in_the_verdict_of_the_row():
    for each in ROWS:
        text = explain(RECORD, each.case, each.metric.name)
        assert f"Hence: {each.verdict}." in text
        assert "{" not in text


def test_it_is_said_why_a_metric_does_not_gate_at_that_metric_alone():
    made = samples.get("busy")
    case = made.plan.cases[0].case.name
    why = "note: latency_p999 is shown, not gated: "
    assert why in explain(made, case, "latency_p999")
    assert why not in explain(made, case, "latency_p99")


def test_a_part_of_a_name_is_enough_where_only_one_case_has_it():
    assert row(RECORD, CASE[3:], "rss_peak") == row(RECORD, CASE, "rss_peak")


def test_a_part_that_several_cases_have_gets_their_names():
    with pytest.raises(UsageError) as caught:
        row(RECORD, "ingress", "rss_peak")
    assert all(each.case.name in caught.value.next_step for each in RECORD.plan.cases)


def test_an_unknown_metric_gets_the_known_ones():
    with pytest.raises(UsageError) as caught:
        row(RECORD, CASE, "rss_pork")
    assert "rss_peak" in caught.value.next_step


def test_a_suite_row_can_be_explained_too():
    metric = SUITE[0].metric.name
    assert "all cases" in explain(RECORD, "suite", metric)


def test_the_picture_keeps_its_width_and_marks_no_change():
    found = row(RECORD, CASE, "rss_peak")
    head, *dots = picture(found)
    assert head.strip().startswith("−")
    assert all(len(line) <= WIDTH + 7 for line in dots)
    assert sum("●" in line for line in dots) == found.n
    assert dots[-1].count("◆") == 1


def test_a_row_without_pairs_is_explained_without_a_picture():
    one = judged(samples.one_side(), anew=True)
    assert one.judgement
    lonely = next(each for each in one.judgement.comparisons if each.n == 0)
    text = explain(one, lonely.case, lonely.metric.name)
    assert "●" not in text
    assert {run.side for run in one.runs} <= set(Side)


def test_a_metric_that_a_prometheus_was_asked_for_names_what_it_said_and_where_its_series_are():
    told = (
        Note.of("series-kept", series=3, samples=40),
        Note.of("query-empty", alias="errors"),
        Note.of("query-empty", alias="of_others"),
    )
    cases = [
        replace(case, sources={**case.sources, "rss_peak": MetricSource(quantity="promql.errors")})
        for case in RECORD.plan.cases
    ]
    asked = replace(
        RECORD,
        plan=replace(RECORD.plan, cases=cases),
        runs=[replace(run, notes=told) for run in RECORD.runs],
    )
    said = " ".join(explain(asked, CASE, "rss_peak").split())
    assert "is kept below prometheus/: 3 series, 40 samples" in said
    assert "errors has no value" in said
    assert "of_others" not in said
    assert "prometheus/" not in explain(asked, CASE, "latency_p99")
