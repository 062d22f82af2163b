"""Progress: a reader always knows the case, the round, the time left and what was found."""

import io
import re
from dataclasses import replace
from typing import Any

from rich.console import Console

from loadstone.flows.schedules.sequential import SequentialSchedule
from loadstone.model import Design, Note, Run, Side, Slot
from loadstone.model.events import LongWait, RunFinished, RunStarted, SessionPlanned, SessionStarted
from loadstone.report.progress import session_log
from loadstone.report.progress.common_lines import clock
from loadstone.report.progress.session import SessionDisplay
from tests.flows.schedules.test_sequential import done, plan


def planned():
    return SessionPlanned(
        plan=plan(looks=(2, 4)), notes=[Note(code="x", data={"text": "left out"})]
    )


def slot(case="s/n=1", side=Side.BASE, number=1, order=0):
    return Slot(case=case, side=side, round=number, order=order)


def events():
    """All events of a session, as the pipeline gives them."""
    begun = SessionStarted(generator="openloop 1", upstream="nginx 1", done=0)
    told: list[Any] = [planned(), begun]
    steering = SequentialSchedule(plan(looks=(2, 4)), watch=told.append)
    runs: list[Run] = []
    while due := steering(runs):
        run = done(due[0], value=lambda s: 100.0 if s.side is Side.BASE else 50.0)
        told.append(RunStarted(slot=due[0], estimate=5.0))
        told.append(RunFinished(slot=due[0], run=run))
        runs.append(run)
    return told


def logged(told):
    """The lines of the log of these events."""
    display, said = SessionDisplay(), []
    for event in told:
        display.see(event)
        said += display.lines(event)
    return said


def drawn(display):
    said = io.StringIO()
    Console(file=said, width=100, force_terminal=False).print(display)
    return said.getvalue()


def test_the_live_picture_says_that_both_sides_are_measured_at_once():
    display = SessionDisplay()
    display.see(planned())
    display.see(RunStarted(slot=replace(slot(), design=Design.MIXED), estimate=5.0))
    assert "both sides" in drawn(display)


def test_the_live_picture_names_case_side_round_and_time_left():
    display = SessionDisplay()
    display.see(planned())
    display.see(RunStarted(slot=slot(), estimate=5.0))
    picture = drawn(display)
    assert "s/n=1" in picture
    assert "base" in picture
    assert "round 1/2" in picture
    assert "look in 0:40" in picture  # two rounds of two cases, two sides, 5 s each


def test_time_left_follows_what_runs_really_take():
    display = SessionDisplay()
    display.see(planned())
    display.see(RunStarted(slot=slot(), estimate=5.0))
    display.see(RunFinished(slot=slot(), run=done(slot(), seconds=20.0)))
    assert display.state.left() == 20.0 + 2 * 5.0 + 2 * (20.0 + 5.0)


def test_what_was_found_so_far_is_shown():
    display = SessionDisplay()
    for event in events():
        display.see(event)
    assert any("rss" in part for part in drawn(display).splitlines())


def test_an_invalid_run_says_why():
    run = done(slot(), invalid=(Note(code="not-ready", data={"text": "not ready after 30 s"}),))
    display = SessionDisplay()
    display.see(planned())
    (line,) = display.lines(RunFinished(slot=slot(), run=run))
    assert "invalid: not ready after 30 s" in line


READY = Note(code="not-ready", data={"text": "not ready after 30 s"})

LATE = Note(
    code="generator-bottleneck", data={"text": "sent 40 ms late"}, voids=("latencies", "rates")
)


def log(why):
    """The lines of a session in which `why` tells what voids each run."""
    begun = SessionStarted(generator="openloop 1", upstream="nginx 1", done=0)
    told: list[Any] = [planned(), begun]
    steering = SequentialSchedule(plan(looks=(2, 4, 6)), watch=told.append)
    runs: list[Run] = []
    while due := steering(runs):
        runs.append(done(due[0], invalid=tuple(why(due[0]))))
        told += [
            RunStarted(slot=due[0], estimate=5.0),
            RunFinished(slot=due[0], run=runs[-1]),
        ]
    return "\n".join(logged(told))


def test_a_session_whose_runs_all_fail_says_so_at_the_first_pair_and_ends_with_the_reason():
    text = log(lambda _slot: [READY])
    first = text.splitlines()[3:5]
    assert any("base and head failed alike (not-ready): not ready after 30 s" in x for x in first)
    assert (
        "ended after 1 round: every run failed, base and head alike: not ready after 30 s" in text
    )
    assert "nothing is left to find out" not in text
    assert "no change found" not in text


def test_a_case_that_fails_alike_is_told_once_and_not_called_settled():
    text = log(lambda slot: [READY] if slot.case == "s/n=1" else [])
    assert text.count("failed alike") == 1
    assert "1 case without a trustworthy number" in text
    assert "nothing is left to find out" not in text


def test_a_long_wait_says_what_it_is_for():
    why = "Website w0: it has no condition Ready"
    note = Note.of("waiting", template="object", copies=60, right=0, said=why)
    (line,) = SessionDisplay().lines(LongWait(slot=slot(), note=note))
    assert line == (
        f"s/n=1  {slot().side}: waiting for 60 `object`: 0 right; the first that is not: {why}"
    )


def test_no_round_is_beyond_the_next_look():
    for lost in ((1,), (2, 3), (1, 2, 3, 4, 5, 6)):
        text = log(lambda slot, lost=lost: [READY] if slot.round in lost else [])
        rounds = re.findall(r"round (\d+)/(\d+)", text)
        assert rounds
        assert all(int(number) <= int(target) for number, target in rounds)


def test_a_run_that_is_void_in_part_says_what_is():
    display = SessionDisplay()
    display.see(planned())
    (line,) = display.lines(RunFinished(slot=slot(), run=done(slot(), invalid=(LATE,))))
    assert "without latencies and rates: sent 40 ms late" in line
    assert "invalid" not in line


def test_a_clock_reads_minutes_and_seconds():
    assert [clock(seconds) for seconds in (0, 59.9, 60, 605)] == ["0:00", "0:59", "1:00", "10:05"]


def test_every_reason_to_stop_has_words():
    assert {"settled", "last-look", "budget"} <= set(session_log.WHY)
