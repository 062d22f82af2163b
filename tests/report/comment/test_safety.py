"""Names and messages of someone who means harm, in every state: text, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loadstone.github.hidden_line import read
from loadstone.model import Commit, Conclusion, Note, Record
from loadstone.model.accepted import AcceptanceStatus, AcceptedChange, AcceptedRow
from loadstone.model.bisect import BisectAnswer, BisectFinding, BisectStep, CommitVerdict
from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    CommentSection,
    CommentState,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SkippedState,
    VerdictState,
)
from loadstone.report.comment import Result, RunnerMinutes, pull_request
from loadstone.report.comment.links import link
from loadstone.report.comment.marker import marker
from loadstone.stats.comparison.latencies import percentiles
from tests.report import samples
from tests.report.comment import reading, situations
from tests.report.common.test_escape import TEXTS
from tests.report.test_github import tree

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENDS = VerdictState(sha=situations.SHA, conclusion=Conclusion.FAIL, alarm=True)


def posted(
    state: SectionState, name: str, results: Mapping[str, Result] | None = None, by: str = ""
) -> str:
    whole = CommentState(
        number=1,
        sections=[CommentSection(component=name, state=state)],
        notes=[Note(code="configuration-of-base", data={"file": name})],
    )
    return pull_request(
        whole,
        results or {},
        asked_by=by,
        run_url=situations.RUN,
        report_url=situations.REPORT,
    )


@given(TEXTS, TEXTS, TEXTS)
@SLOW
def test_no_state_lets_a_name_or_a_message_do_anything(one, two, three):
    clear = [(one, two, three), (three, one, "regression")]
    states: list[SectionState] = [
        QueuedState(sha=one, runner=two, ahead=1),
        RunningState(sha=one, case=two, round=1, rounds=2, clear=clear),
        SkippedState(sha=two, reason=Note(code="label-missing", data={"labels": three})),
        SkippedState(sha=two, reason=Note(code=three, data={one: two})),
        FailedState(sha=one, reason=Note(code="artifact-refused", data={"said": three})),
        CancelledState(sha=one, by=two),
        OutdatedState(sha=one, newer=two),
        RunningState(sha=one, since=two, seconds_left=1.0),
        *(BisectedState(sha=one, found=each) for each in bisections_of(one, two, three)),
    ]
    for state in states:
        text = posted(state, three, by=one)
        reading.check(text)
        assert text.count("<!--") == 0


def bisections_of(one: str, two: str, three: str) -> list[BisectFinding]:
    """Bisections in which every name and message is one of these."""
    commit = Commit(hash=one, subject=two)
    why = Note.of("build-failed", said=three)
    step = BisectStep(commit=commit, verdict=CommitVerdict.SKIPPED, why=why)
    return [
        BisectFinding(
            metric=one, title=two, margin=0.1, case=three, answer=answer, commits=3, steps=[step],
            suspects=[commit], among=1, cut=0.1, alpha=0.05, seconds=1.0, whole=False,
        )
        for answer in BisectAnswer
    ]  # fmt: skip


@given(st.lists(TEXTS, min_size=3, max_size=3, unique=True))
@SLOW
def test_no_record_does_either(names):
    found = result(names)
    text = posted(ENDS, names[0], {names[0]: found})

    reading.check(text, links=[found.report])  # which whoever makes a result gives, and no artifact
    assert reading.open_rows(tree(text)) <= 10
    assert len(text) <= 60_000
    assert text.count("<!--") == 0


def result(names: list[str]) -> Result:
    """A small record that is called so in every place, with one change accepted."""
    one, two, three = names
    metrics = tuple(
        replace(samples.P99, name=name, title=name, unit=unit)
        for name, unit in ((one, "s"), (two, three), (three, "By"))
    )
    shape = samples.Shape(
        effects=dict.fromkeys((one, two), 0.5),
        cases=[{one: two}, {one: three}, {two: one}],
        metrics=metrics,
        scenario=two,
        component=three,
        base=one,
        head=two,
        rounds=3,
        histograms=False,
    )
    record = _told(samples.record(shape), names)
    change = AcceptedChange(
        component=one,
        case=record.plan.cases[0].case.name,
        metric=one,
        reason=three,
        who=two,
        when=three,
        expires=one,
    )
    rows = record.judgement.comparisons if record.judgement else ()
    return Result(
        record=record,
        latencies=percentiles(record.plan.cases, record.runs, rows),
        accepted=[
            AcceptedRow(case=change.case, metric=one, change=change, status=status)
            for status in AcceptanceStatus
        ],
        cost=RunnerMinutes(minutes=1.0),
        report=one,
    )


def _told(record: Record, names: list[str]) -> Record:
    """The record with these messages, a profile of theirs, and latencies."""
    one, two, three = names
    reason = Note(code=one, data={"text": two})
    runs = [
        replace(
            run,
            quantities={"latency.p50": 1e-3 * (1 + run.order), "latency.p99": 5e-3},
            invalid=[reason] if run.order == 0 else (),
            notes=[Note(code=three, data={two: one})],
        )
        for run in record.runs
    ]
    row = replace(samples.PROFILES[0].rows[0], function=three)
    profile = replace(samples.PROFILES[0], case=two, kind=one, rows=[row])
    return replace(record, runs=runs, profiles=[profile])


@given(st.text(max_size=200) | TEXTS.map("https://github.com/{}".format))
def test_a_link_leads_where_it_says_or_is_none(url):
    root = tree(link("the report", url))

    found = [node.attributes["href"] for node in root.every("a")]
    assert len(found) <= 1
    assert all(href == url.replace("&", "&") for href in found)
    assert {node.tag for node in root.every()} <= {"p", "a"}


@given(TEXTS, TEXTS, TEXTS)
def test_a_marker_is_one_comment_that_nothing_in_it_closes_and_is_read_as_it_was(key, one, two):
    line = marker(key, {"base": one, "head": two})

    assert line.startswith("<!-- loadstone:v1 key=")
    assert line.endswith(" -->")
    assert "--" not in line[4:-3]
    found = read(line)
    assert found is None or found.key == key[:100].replace("--", "-_")
    assert not key or found is not None
