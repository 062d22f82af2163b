"""Sections after a command: what waits is shown, and what was said of results is kept."""

import pytest

from loadstone.bot.command_sections import after_command, judged_runs
from loadstone.model import Conclusion, Note
from loadstone.model.bot import (
    CancelledState,
    CommentSection,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SupersededState,
    VerdictState,
)
from tests.bot.made import BASE, HEAD

QUEUED = QueuedState(sha=HEAD, runner="arm", ahead=2)
STOPPED = CancelledState(sha=HEAD, by="grace")


def verdict(sha=HEAD):
    return VerdictState(sha=sha, conclusion=Conclusion.FAIL, alarm=True)


def section(state, component="c", run=7):
    return CommentSection(component=component, state=state, run=run)


@pytest.mark.parametrize(
    "state",
    [
        verdict(BASE),
        OutdatedState(sha=BASE, newer=HEAD, said=verdict(BASE)),
        FailedState(sha=HEAD, reason=Note.of("timed-out")),
        RunningState(sha=BASE),
    ],
)
def test_what_is_no_verdict_on_this_commit_gives_way(state):
    assert after_command([section(state)], QUEUED, ["c"]) == [section(QUEUED)]


@pytest.mark.parametrize(
    "state", [verdict(), SupersededState(sha=HEAD, run=8, said=verdict())], ids=["said", "again"]
)
def test_a_verdict_on_this_commit_stands(state):
    assert after_command([section(state)], QUEUED, ["c"]) == [section(state)]


def test_only_what_is_measured_waits_and_what_is_new_comes_last():
    before = [section(verdict(BASE), "other"), section(verdict(BASE))]
    after = after_command(before, QUEUED, ["c", "new"])
    assert after[0] == before[0]
    assert [each.state for each in after[1:]] == [QUEUED, QUEUED]
    assert [each.run for each in after] == [7, 7, 0]


def test_cancelled_is_what_waited_and_results_come_back():
    before = [
        section(QUEUED, "a"),
        section(RunningState(sha=HEAD), "b"),
        section(SupersededState(sha=HEAD, run=9, said=verdict()), "c"),
        section(verdict(BASE), "d"),
    ]
    after = [each.state for each in after_command(before, STOPPED, ())]
    assert after == [STOPPED, STOPPED, verdict(), verdict(BASE)]


def test_the_runs_of_verdicts_are_told_once():
    sections = [
        section(verdict(), "a"),
        section(verdict(), "b"),
        section(OutdatedState(sha=BASE, newer=HEAD, said=verdict(BASE)), "c", run=5),
        section(QUEUED, "d", run=9),
        section(verdict(), "e", run=0),
    ]
    assert judged_runs(sections) == [(7, 1), (5, 1)]
