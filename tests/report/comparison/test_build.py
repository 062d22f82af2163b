"""One view for all formats: nothing twice, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.model import Case, Side, Verdict
from loadstone.report.common.names import names
from loadstone.report.common.tones import Tone
from loadstone.report.comparison import build
from tests.report import samples


@pytest.mark.parametrize("name", samples.MAKERS)
def test_every_row_of_the_judgement_is_in_exactly_one_part(name):
    record = samples.get(name)
    view = build.view(record)
    parts = [*view.changed, *view.unchanged, *view.inconclusive, *view.invalid]

    shown = [item.comparison for item in parts if item.case]

    wanted = record.judgement.comparisons if record.judgement else ()
    assert sorted(map(id, shown)) == sorted(map(id, wanted))


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_chips_count_every_row(name):
    view = build.view(samples.get(name))
    rows = [*view.changed, *view.unchanged, *view.inconclusive, *view.invalid]
    cases = sum(bool(row.case) for row in rows)

    counted = sum(
        int(chip.text.split()[0].replace(",", ""))
        for chip in view.chips
        if "missed" not in chip.text and "over all" not in chip.text
    )

    assert counted == cases


def test_regressions_stand_before_improvements_and_the_suite_before_its_cases():
    view = build.view(samples.get("regression"))
    verdicts = [row.verdict for row in view.changed]

    assert verdicts == sorted(verdicts, key=[Verdict.REGRESSION, Verdict.IMPROVEMENT].index)
    assert [group.rows[0].case for group in view.groups] == ["", "", ""]


def test_a_missed_objective_of_the_head_is_bad_news_even_when_nothing_changed():
    view = build.view(samples.get("missed"))

    assert view.tone is Tone.BAD
    assert view.says == "1 objective missed"
    assert "as the base does" in view.headline


def test_a_missed_objective_of_the_base_alone_is_not():
    record = samples.get("missed")
    assert record.judgement
    results = [
        replace(item, verdict="met" if item.side is Side.HEAD else "missed")
        for item in record.judgement.objectives
    ]
    judgement = replace(record.judgement, objectives=results)

    view = build.view(replace(record, judgement=judgement))

    assert not view.missed
    assert view.tone is Tone.CALM


def test_a_report_without_a_judgement_claims_nothing():
    view = build.view(samples.get("not-judged"))

    assert view.says == "Not judged"
    assert not view.changed
    assert not view.sure


def test_a_change_of_a_suite_alone_is_counted_as_such():
    record = samples.get("improvement")
    assert record.judgement
    rows = [replace(row, verdict=Verdict.UNCHANGED) for row in record.judgement.comparisons]

    view = build.view(replace(record, judgement=replace(record.judgement, comparisons=rows)))

    assert view.tally.startswith("2 improvements over all cases")


def test_cases_are_named_by_what_tells_them_apart():
    record = samples.get("regression")
    short = names(record.plan).cases

    assert list(short.values()) == [
        "connections=50, body=600",
        "connections=50, body=22000",
        "connections=200, body=600",
    ]


def test_cases_of_two_scenarios_are_named_by_scenario_too():
    record = samples.get("regression")
    other = replace(record.plan.cases[0], case=Case(scenario="ingress-churn", axes={"rate": 5}))
    plan = replace(record.plan, cases=[*record.plan.cases, other])

    short = names(plan).cases

    assert short["ingress-churn/rate=5"] == "ingress-churn"
    assert short[record.plan.cases[0].case.name] == "ingress-latency: connections=50, body=600"


def test_the_command_quotes_what_a_shell_would_take_apart():
    record = samples.get("regression")
    plan = replace(
        record.plan, component="a b; rm -rf $HOME", base=replace(record.plan.base, asked="x")
    )

    command = build.view(replace(record, plan=plan)).command

    assert "--component 'a b; rm -rf $HOME' --base x" in command


def test_regressions_stand_before_improvements_whether_they_gate_or_not():
    record = samples.get("regression")
    assert record.judgement is not None
    rows = [
        replace(row, metric=replace(row.metric, gated=row.metric.name != "latency_p99"))
        for row in record.judgement.comparisons
    ]
    judgement = replace(record.judgement, comparisons=rows, suite=())
    shown = build.view(replace(record, judgement=judgement)).changed
    verdicts = [item.verdict for item in shown]
    assert verdicts == sorted(verdicts, key=lambda each: each is not Verdict.REGRESSION)
    worse = [item.gated for item in shown if item.verdict is Verdict.REGRESSION]
    assert worse == sorted(worse, reverse=True)
    assert {True, False} == set(worse)
