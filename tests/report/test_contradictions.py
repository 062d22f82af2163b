"""A report never says two things that cannot both be true."""

import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from loadstone.cli.compare import command as compare
from loadstone.cli.report import command as report_command
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.judge import against, judged, told
from loadstone.model import (
    Case,
    CasePlan,
    Comparison,
    Direction,
    Interval,
    Judgement,
    Metric,
    Plan,
    Policy,
    Revision,
    Side,
    Summary,
    Verdict,
)
from loadstone.report import comparison
from loadstone.report.common.bounds import within
from loadstone.report.common.commands import again
from loadstone.report.comparison import build, detectable
from loadstone.report.comparison.explain import explain
from loadstone.report.comparison.page import render
from loadstone.report.plan.console import terminal
from loadstone.store.rounds import RoundLog
from tests.e2e.command import loadstone
from tests.report import rendered, samples

GROWTH = Metric(
    name="growth",
    unit="By/s",
    direction=Direction.LOWER,
    margin=0.1,
    minimum=2.0**20,
    title="growth",
)


def summary(low, high):
    return Summary(n=6, center=(low + high) / 2, low=low, high=high)


def row(metric=samples.RSS, **changed):
    made = Comparison(
        case="s/n=1",
        metric=metric,
        verdict=Verdict.INCONCLUSIVE,
        n=6,
        base=summary(9.9e7, 1.01e8),
        head=summary(9.9e7, 1.01e8),
        change=Interval(estimate=0.0, low=-0.01, high=0.01),
        detectable=0.03,
    )
    return replace(made, **changed)


def record(*rows, runs=()):
    """A record with these rows."""
    axes = {str(each.case) for each in rows}
    cases = [
        CasePlan(case=Case(scenario="s", axes={"n": n}), metrics=[each.metric for each in rows])
        for n in range(1, len(axes) + 1)
    ]
    made = samples.get("regression")
    plan = replace(made.plan, cases=cases)
    verdict = Verdict.UNCHANGED
    judgement = Judgement(verdict=verdict, comparisons=list(rows), policy=Policy())
    return replace(made, plan=plan, runs=list(runs), judgement=judgement, profiles=())


# --- the headline and its rows --------------------------------------------------------------------


def test_a_row_that_is_blind_is_never_counted_as_one_that_would_have_shown_its_margin():
    tiny = row(base=summary(9e3, 1.1e4), head=summary(9e3, 1.1e4), detectable=30.0)
    assert detectable.sentence(tiny) == "even a tenfold change would have been missed"
    assert not detectable.precise(tiny)  # its minimum is a hundredfold change
    sure = build.view(record(tiny)).sure
    assert "none would have shown" in sure
    assert "even a tenfold change would have been missed" in sure


def test_rows_of_which_nothing_is_known_are_not_left_out_of_all():
    sure = build.view(record(row(), row(metric=GROWTH, detectable=None))).sure
    assert "All" not in sure
    assert "Of 2 gated rows without a finding, 1 would have shown" in sure
    assert "of 1 it is not known" in sure


def test_a_count_that_changed_and_was_not_found_is_not_one_that_would_show_any_change():
    eleven, six = summary(11.0, 11.0), summary(6.0, 6.0)
    change = Interval(estimate=-5 / 11, low=-5 / 11, high=-5 / 11)
    few = row(
        metric=samples.CALLS, n=2, base=eleven, head=six, change=change, detectable=0.0,
        p=0.33, threshold=0.004,
    )  # fmt: skip
    assert detectable.seen([few]) == detectable.BLIND
    assert not detectable.precise(few)
    assert (
        detectable.seen([replace(few, head=eleven, change=Interval(estimate=0, low=0, high=0))])
        == "any"
    )
    enough = replace(few, p=0.001, verdict=Verdict.IMPROVEMENT)
    assert detectable.seen([enough]) == "any"


def test_all_is_said_where_it_is_all():
    assert "All 1 gated row without a finding would have" in build.view(record(row())).sure


@pytest.mark.parametrize("name", samples.MAKERS)
def test_no_report_that_says_all_has_a_blind_row(name):
    view = build.view(samples.get(name))
    if view.sure and "All " in view.sure:
        gated = [item for item in [*view.unchanged, *view.inconclusive] if item.gated]
        assert detectable.BLIND not in [item.sees for item in gated]


# --- unchanged, and beyond what -------------------------------------------------------------------


@pytest.mark.parametrize("form", [comparison.terminal, rendered.markdown_of])
def test_unchanged_stands_beside_the_margin_it_is_within(form):
    off = row(
        metric=samples.P99,
        verdict=Verdict.UNCHANGED,
        change=Interval(estimate=0.084, low=0.07, high=0.098),
        base=summary(0.0042, 0.0044),
        head=summary(0.0045, 0.0048),
    )
    (line,) = [each for each in form(record(off)).splitlines() if "+8.4" in each][:1]
    assert re.search(r"10\s%", line)


def test_a_minimum_beyond_the_value_is_said_at_the_row_and_in_words():
    tiny = row(
        base=summary(9e3, 1.1e4),
        head=summary(9e3, 1.1e4),
        explain={"margin": 9.2, "location": 0.0, "error": 0.1},
    )
    view = build.view(record(tiny))
    assert "its minimum of 1 MiB is more than all of it" in view.inconclusive[0].notes[0]
    text = explain(record(tiny), "s/n=1", "rss_peak")
    assert "A change matters beyond its minimum of 1 MiB" in text
    assert "∞" not in text


def test_a_margin_of_differences_is_told_in_the_unit():
    found = row(
        metric=GROWTH,
        method="difference",
        detectable=None,
        base=summary(-10.0, 10.0),
        head=summary(-10.0, 10.0),
        change=None,
        explain={"margin": 1.0, "unit": 2.0**20, "location": 0.0, "error": 0.1},
    )
    text = explain(record(found), "s/n=1", "growth")
    assert "A change matters beyond 1 MiB/s" in text


# --- no fall by more than all of it ---------------------------------------------------------------


def test_a_fall_to_exactly_zero_is_one_by_all_of_it():
    gone = row(
        verdict=Verdict.IMPROVEMENT,
        base=summary(90.0, 110.0),
        head=summary(0.0, 0.0),
        change=Interval(estimate=-1.002, low=-1.011, high=-0.994),
    )
    assert build.view(record(gone)).changed[0].change == "▼ −100 %"
    for text in (comparison.terminal(record(gone)), rendered.markdown_of(record(gone))):
        assert "100.2" not in text
        assert "101" not in text
    assert "▼ −100 %" in explain(record(gone), "s/n=1", "rss_peak")


def test_nearly_to_zero_has_an_interval_that_ends_there():
    nearly = row(
        base=summary(90.0, 110.0),
        head=summary(0.0, 1.0),
        change=Interval(estimate=-0.996, low=-1.011, high=-0.98),
    )
    change = within(nearly).change
    assert change is not None
    assert (change.estimate, change.low, change.high) == (-0.996, -1.0, -0.98)


def test_what_may_be_negative_may_fall_by_more_than_all_of_it():
    change = Interval(estimate=-2.5, low=-2.7, high=-2.3)
    signed = row(metric=GROWTH, base=summary(-5.0, 20.0), head=summary(-30.0, -9.0), change=change)
    assert within(signed) is signed


def test_a_rise_is_left_as_it_is():
    assert within(row()).change == row().change


# --- the command under a report -------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured():
    return judged(samples.regression(), anew=True)


def test_a_comparison_with_a_baseline_names_the_command_that_gives_it_again(
    measured, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)  # where no configuration file says anything
    samples.keep(measured, tmp_path / "today")
    samples.keep(measured, tmp_path / "then of it")
    words = [str(tmp_path / "today"), "--baseline", str(tmp_path / "then of it"), "--gate"]
    first = CliRunner().invoke(compare, [*words, "--out", str(tmp_path / "shown")])
    assert first.exit_code == 0, first.output
    line = again(output_directory.load(tmp_path / "shown"))
    assert line == (f"loadstone compare {tmp_path}/today --baseline '{tmp_path}/then of it' --gate")
    flat = re.sub(r"\s+", " ", first.output)
    assert "again: loadstone compare" in flat
    assert "loadstone run" not in flat
    assert "the base was not measured now" in flat
    shown = CliRunner().invoke(report_command, [str(tmp_path / "shown")])
    assert "again: loadstone compare" in re.sub(r"\s+", " ", shown.output)


def test_rounds_of_two_days_are_never_paired_by_judging_them_anew(measured):
    joined = told(
        against(measured, measured, gate=False),
        {"saved": "out", "baseline": "then", "gate": False, "store": ""},
    )
    with pytest.raises(UsageError) as caught:
        judged(joined, anew=True)
    assert "loadstone compare out --baseline then" in caught.value.next_step


def test_no_rounds_of_today_are_offered_to_settle_a_comparison_with_another_day(measured):
    joined = told(against(measured, measured, gate=False), {"saved": "out", "baseline": "b"})
    assert joined.judgement is not None
    inconclusive = samples.get("inconclusive").judgement
    assert inconclusive is not None
    needs = inconclusive.needs
    joined = replace(joined, judgement=replace(joined.judgement, needs=needs))
    assert [need.command for need in build.view(joined).needs] == [""] * len(needs) != []


def test_what_would_settle_it_is_a_command_that_does_it():
    view = build.view(samples.get("inconclusive"), saved="out of it")
    (need,) = view.needs
    assert need.what.startswith("8 more rounds of")
    assert need.command == "loadstone more 'out of it' --rounds 8"
    for text in (
        comparison.terminal(samples.get("inconclusive"), saved="o"),
        rendered.markdown_of(samples.get("inconclusive"), saved="o"),
        render(build.view(samples.get("inconclusive"), saved="o"), pictures=()),
    ):
        assert "loadstone more o --rounds 8" in text


# --- a plan ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (None, "4 to 8 rounds: 80 s to 3 min"),
        (1000.0, "4 to 8 rounds: 80 s to 3 min"),
        (90.0, "4 to 8 rounds: 80 s to 3 min, at most 90 s"),
        (60.0, "but the budget of 60 s ends before the first look"),
    ],
)
def test_a_plan_never_promises_more_minutes_than_its_budget(budget, said):
    plan = Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="1", label="1"),
        head=Revision(side=Side.HEAD, asked="2", label="2"),
        cases=[CasePlan(case=Case(scenario="s"), metrics=[], estimate=10.0)],
        policy=Policy(looks=(4, 6, 8), budget=budget),
        seed=0,
    )
    line = next(each for each in terminal(plan).splitlines() if "a round takes" in each)
    assert line.endswith(said) or (budget == 60.0 and said in line)


# --- a session that has just begun ----------------------------------------------------------------


def begun(*sides):
    made = samples.get("regression")
    runs = [next(run for run in made.runs if run.side is side) for side in sides]
    return replace(made, runs=runs, judgement=None, finished="", profiles=())


@pytest.mark.parametrize("sides", [(), (Side.BASE,), (Side.HEAD,), tuple(Side)])
def test_before_a_round_is_complete_a_report_says_how_far_it_is_and_no_rows(
    sides, tmp_path, capsys
):
    output_directory.begin(replace(begun(*sides), runs=()), tmp_path)
    log = RoundLog.create(tmp_path / output_directory.ROUNDS, begun().plan)
    for run in begun(*sides).runs:
        log.append(run)
    said = loadstone("report", tmp_path, capsys=capsys)
    assert said.code == 3
    assert "Not judged" in said.out
    flat = re.sub(r"\s+", " ", said.out)
    assert f"The first round is not complete yet: {len(sides)} of 6 runs so far" in flat
    assert "Inconclusive" not in said.out
    assert len(said.out.splitlines()) < 12
    for command in (("report", tmp_path, "--json"), ("compare", tmp_path)):
        said = loadstone(*command, capsys=capsys)
        assert said.code == 3
        assert "the first round is not complete yet" in said.err


def test_a_case_that_has_not_been_measured_yet_is_a_line_and_not_a_row_for_each_metric():
    made = samples.get("regression")
    case = made.plan.cases[0].case.name
    rest = [run for run in made.runs if run.case != case]
    early = judged(replace(made, runs=rest, judgement=None), anew=True)
    view = build.view(early)
    assert case not in {item.case for item in view.inconclusive}
    assert [line for line in view.unmeasured if line.startswith("connections=50, body=600 has no")]
    assert "not measured" in view.tally
    assert view.says != "No change"


def test_a_session_that_goes_on_says_so_and_offers_no_rounds():
    made = replace(samples.get("inconclusive"), finished="")
    view = build.view(made)
    assert view.warnings[0].startswith("the session has not ended")
    assert [need.command for need in view.needs] == [""]


def test_a_run_without_a_value_is_not_called_within_its_margin():
    empty = row(base=None, head=None, change=None, n=0, detectable=None)
    fine = row(verdict=Verdict.UNCHANGED)
    view = build.view(record(fine, replace(empty, metric=samples.P99)))
    assert view.says == "No change found"
    assert "1 not measured on either side" in view.headline
