"""The memory of the comment: what a section says is known to the next job."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.comment_memory import FIELD, recall, remember
from loadstone.model import Commit, Conclusion, Interval, Note
from loadstone.model.bisect import BisectAnswer, BisectFinding, BisectStep, CommitVerdict
from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    CommentSection,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SkippedState,
    SupersededState,
    VerdictState,
)

SHA = "a" * 40
SAID = VerdictState(sha=SHA, conclusion=Conclusion.FAIL, alarm=True, changed=True, minutes=3.5)
COMMIT = Commit(hash="c" * 40, subject="faster @everyone -->")
BISECTED = BisectedState(
    sha=SHA,
    found=BisectFinding(
        metric="latency_p99",
        title="p99 latency",
        margin=0.1,
        case="a/x=1",
        answer=BisectAnswer.COMMIT,
        commits=3,
        steps=[
            BisectStep(
                commit=COMMIT,
                verdict=CommitVerdict.SLOWER,
                pairs=4,
                change=Interval(estimate=0.2, low=0.1, high=0.3),
                why=Note.of("build-failed", said="exit status 2"),
            )
        ],
        suspects=[COMMIT],
        among=1,
        cut=0.1,
        alpha=0.05,
        seconds=12.0,
        whole=True,
    ),
)
STATES = [
    QueuedState(sha=SHA, runner="ubuntu", ahead=3, wait=12.5),
    RunningState(sha=SHA, case="a/x=1", round=2, rounds=8, clear=[("a", "b", "regression")]),
    SAID,
    BISECTED,
    OutdatedState(sha=SHA, newer="b" * 40, said=BISECTED),
    SkippedState(sha=SHA, reason=Note.of("documentation-only", files=3)),
    FailedState(sha=SHA, reason=Note.of("artifact-refused", said="-->"), minutes=1),
    CancelledState(sha=SHA, by="grace"),
    OutdatedState(sha=SHA, newer="b" * 40, said=SAID),
    OutdatedState(sha=SHA, newer="b" * 40),
    SupersededState(sha=SHA, run=5, said=SAID),
]


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_recalled_as_it_was(state):
    kept = [
        CommentSection(component="proxy", state=state, run=7, attempt=2, alarmed=True),
        CommentSection(component="-->", state=SAID),
    ]
    assert recall(remember(kept)) == kept


def test_a_marker_cannot_be_ended_by_what_is_remembered():
    (value,) = remember([CommentSection(component="--> <b>", state=SAID)]).values()
    assert re.fullmatch(r"[A-Za-z0-9_-]+", value)


def packed(text):
    return {FIELD: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {FIELD: ""},
        {FIELD: "???"},
        {FIELD: "A"},
        {FIELD: "A" * 30_000},
        packed("{}"),
        packed("[{}]"),
        packed('[{"component": 1, "state": {"kind": "verdict"}}]'),
        packed('[{"component": "a", "state": {"kind": "nonsense"}, "run": 1, "attempt": 1}]'),
        packed('[{"component": "a", "state": "x", "run": 1, "attempt": 1, "alarmed": false}]'),
        packed("[" * 4000),
    ],
)
def test_what_cannot_be_read_is_forgotten(data):
    assert recall(data) == []


def test_what_was_said_is_a_result_and_nothing_else():
    text = '[{"component":"a","run":1,"attempt":1,"alarmed":false,"state":{"kind":"outdated",'
    text += '"sha":"a","newer":"b","said":{"kind":"queued","sha":"a"}}}]'
    assert recall(packed(text)) == []


@given(st.text(max_size=100))
def test_no_marker_crashes_it(text):
    assert recall({FIELD: text}) == []
