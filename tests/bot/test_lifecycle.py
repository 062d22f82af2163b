"""The life of the comment: what a section says after some news, in whatever order it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot import lifecycle
from loadstone.bot.lifecycle import merged
from loadstone.bot.news import (
    CancelNews,
    FailureNews,
    MeasuringRun,
    ProgressNews,
    QueueNews,
    SkipNews,
    VerdictNews,
)
from loadstone.model import Conclusion, Note
from loadstone.model.bot import (
    CancelledState,
    CommentSection,
    CommentState,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SkippedState,
    SupersededState,
    VerdictState,
)

OLD, NEW = "a" * 40, "b" * 40
FIRST = MeasuringRun(component="proxy", sha=OLD, run=100)
AGAIN = MeasuringRun(component="proxy", sha=OLD, run=200)
NEXT = MeasuringRun(component="proxy", sha=NEW, run=300)
ALARM = VerdictNews(conclusion=Conclusion.FAIL, changed=True, minutes=12)
FINE = VerdictNews(conclusion=Conclusion.PASS, changed=False, minutes=9)
DRAFT = SkipNews(reason=Note.of("draft"))


def turn(*given, **more):
    return lifecycle.turn(*given, **more)


def moved(before, head):
    return lifecycle.moved(before, head)


def withdrawn(*given):
    return lifecycle.withdrawn(*given)


def published(state, mode, data):
    return lifecycle.published(state, mode, "words", data)


def life(*turns, before=None):
    """The section after each (measuring, news), None where nothing changed."""
    for measuring, news in turns:
        before = turn(before, measuring, news) or before
    return before


def test_a_measuring_waits_runs_and_is_judged():
    section = life((FIRST, QueueNews(runner="ubuntu", ahead=2, wait=60)))
    assert section.state == QueuedState(sha=OLD, runner="ubuntu", ahead=2, wait=60)
    clear = (("a/x=1", "latency_p99", "regression"),)
    running = ProgressNews(case="a/x=1", round=2, rounds=8, seconds_left=90, clear=clear)
    section = life((FIRST, running), before=section)
    assert section.state == RunningState(
        sha=OLD, case="a/x=1", round=2, rounds=8, seconds_left=90, clear=clear
    )
    section = life((FIRST, ALARM), before=section)
    assert section.state == VerdictState(
        sha=OLD, conclusion=Conclusion.FAIL, alarm=True, changed=True, minutes=12
    )
    assert (section.run, section.component, section.alarmed) == (100, "proxy", True)


@pytest.mark.parametrize(
    ("news", "state"),
    [
        (DRAFT, SkippedState(sha=OLD, reason=Note.of("draft"))),
        (FailureNews(reason=Note.of("timed-out"), minutes=3), FailedState),
        (CancelNews(by="grace"), CancelledState(sha=OLD, by="grace")),
    ],
)
def test_what_has_no_result_says_so(news, state):
    section = life((FIRST, QueueNews()), (FIRST, news))
    assert section.state == state or isinstance(section.state, FailedState)


def test_a_verdict_of_a_head_that_moved_is_outdated_as_it_is_said():
    section = turn(None, FIRST, ALARM, head=NEW)
    assert isinstance(section.state, OutdatedState)
    assert (section.state.sha, section.state.newer) == (OLD, NEW)
    said = section.state.said
    assert isinstance(said, VerdictState)
    assert said.conclusion is Conclusion.FAIL


def test_a_push_makes_what_is_said_outdated():
    section = life((FIRST, ALARM))
    old = moved(section, NEW)
    assert old.state == OutdatedState(sha=OLD, newer=NEW, said=section.state)
    assert moved(section, OLD) is None
    assert moved(old, NEW) is None
    assert moved(old, "c" * 40).state.said == section.state
    running = life((FIRST, QueueNews()))
    assert moved(running, NEW).state.said is None


def test_a_result_without_a_finding_takes_an_earlier_alarm_away():
    section = life((FIRST, ALARM), (NEXT, QueueNews()), (NEXT, ProgressNews()), (NEXT, FINE))
    assert section.state.eased
    assert not section.alarmed
    assert not life((NEXT, FINE)).state.eased
    later = life((MeasuringRun(component="proxy", sha=NEW, run=400), FINE), before=section)
    assert not later.state.eased


def test_a_verdict_stays_to_be_read_while_it_is_measured_again():
    section = life((FIRST, ALARM), (AGAIN, QueueNews()))
    assert section.state == SupersededState(sha=OLD, run=200, said=life((FIRST, ALARM)).state)
    section = life((AGAIN, ProgressNews(round=1)), before=section)
    assert isinstance(section.state, SupersededState)
    assert life((AGAIN, FINE), before=section).state.eased


def test_a_late_word_of_an_older_run_changes_nothing():
    section = life((NEXT, FINE))
    assert turn(section, FIRST, ALARM) is None
    assert turn(section, FIRST, ProgressNews()) is None
    second = MeasuringRun(component="proxy", sha=NEW, run=300, attempt=2)
    assert turn(section, second, ALARM) is not None
    assert turn(turn(section, second, ALARM), NEXT, FINE) is None


RUNS = st.sampled_from([FIRST, AGAIN, NEXT])
NEWS = st.sampled_from(
    [
        QueueNews(),
        ProgressNews(),
        ALARM,
        FINE,
        DRAFT,
        CancelNews(),
        FailureNews(reason=Note.of("x")),
    ]
)


@given(st.lists(st.tuples(RUNS, NEWS), min_size=1, max_size=8))
def test_whatever_order_runs_get_to_it_in_the_newest_one_has_the_last_word(turns):
    section = life(*turns)
    newest = max(measuring.run for measuring, _ in turns)
    assert section.run == newest
    last = [news for measuring, news in turns if measuring.run == newest][-1]
    if last is FINE:
        assert not section.alarmed
        assert isinstance(section.state, VerdictState)


def section(name, state):
    return CommentSection(component=name, state=state)


def test_each_component_keeps_its_place():
    one, two = section("a", QueuedState(sha=OLD)), section("b", QueuedState(sha=OLD))
    new = section("a", RunningState(sha=OLD))
    assert merged([one, two], new) == [new, two]
    assert merged([one], two) == [one, two]


def verdict(conclusion, changed=False):
    alarm = conclusion is not Conclusion.PASS
    return VerdictState(sha=OLD, conclusion=conclusion, alarm=alarm, changed=changed)


@pytest.mark.parametrize(
    ("state", "always", "on_change", "on_regression"),
    [
        (QueuedState(sha=OLD), True, False, False),
        (SkippedState(sha=OLD, reason=Note.of("draft")), True, False, False),
        (verdict(Conclusion.PASS), True, False, False),
        (verdict(Conclusion.PASS, changed=True), True, True, False),
        (verdict(Conclusion.FAIL), True, True, True),
        (verdict(Conclusion.INVALID), True, True, False),
        (verdict(Conclusion.UNSURE), True, True, False),
        (FailedState(sha=OLD, reason=Note.of("timed-out")), True, True, False),
    ],
)
def test_a_mode_says_when_a_comment_is_made_and_one_that_is_there_is_edited(
    state, always, on_change, on_regression
):
    said = CommentState(number=17, sections=[section("proxy", state)])
    modes = {"always": always, "on-change": on_change, "on-regression": on_regression}
    for mode, create in modes.items():
        effect = published(said, mode, {"sections": "x"})
        assert (effect.number, effect.body, effect.create) == (17, "words", create)
    assert published(said, "never", {}) is None


def test_one_section_that_is_worth_it_is_enough():
    fine, bad = verdict(Conclusion.PASS), verdict(Conclusion.FAIL)
    said = CommentState(number=17, sections=[section("a", fine), section("b", bad)])
    assert published(said, "on-regression", {}).create


def test_a_run_that_measured_nothing_leaves_what_stood_before_it_waited():
    verdict = life((FIRST, FINE))
    waits = life((AGAIN, QueueNews()), before=verdict)
    assert withdrawn(waits, AGAIN).state == verdict.state
    assert withdrawn(verdict, AGAIN) == verdict
    alone = life((AGAIN, QueueNews()))
    assert withdrawn(alone, AGAIN).state == CancelledState(sha=OLD)
    assert withdrawn(None, AGAIN) is None, "nobody was told anything"


@pytest.mark.parametrize("shown", [(), ((AGAIN, QueueNews()),)])
def test_a_run_that_measured_nothing_takes_no_verdict_of_an_older_one_away(shown):
    """Another label starts one that is newer than the one that measures, and is skipped."""
    section = life((FIRST, ProgressNews()), *shown)
    section = withdrawn(section, AGAIN)
    assert life((FIRST, FINE), before=section).state == life((FIRST, FINE)).state
