"""Progress: a reader always knows the case, the round, the time left and what was found."""

import io
from typing import Any

from rich.console import Console

from loadstone.cli import progress as shown
from loadstone.cli.progress import Board, clock, lines, progress
from loadstone.jobs import Job
from loadstone.measure.events import RunFinished, RunStarted, SessionStarted
from loadstone.model import Reason, Run, Side, Slot
from loadstone.plan.components import parse_component
from loadstone.steering import Steering
from tests.e2e.command import PLANTED
from tests.test_steering import done, plan

COMPONENT = parse_component(
    (PLANTED / "component.yaml").read_text(), str(PLANTED / "component.yaml")
)


def job():
    return Job(
        plan=plan(looks=(2, 4)), component=COMPONENT, notes=[Reason(code="x", text="left out")]
    )


def slot(case="s/n=1", side=Side.BASE, number=1, order=0):
    return Slot(case=case, side=side, round=number, order=order)


def events():
    """All events of a session, as the pipeline gives them."""
    told: list[Any] = [job(), SessionStarted(generator="openloop 1", upstream="nginx 1", done=0)]
    steering = Steering(plan(looks=(2, 4)), watch=told.append)
    runs: list[Run] = []
    while due := steering(runs):
        run = done(due[0], value=lambda s: 100.0 if s.side is Side.BASE else 50.0)
        told.append(RunStarted(slot=due[0], estimate=5.0))
        told.append(RunFinished(slot=due[0], run=run))
        runs.append(run)
    return told


def drawn(board):
    said = io.StringIO()
    Console(file=said, width=100, force_terminal=False).print(board)
    return said.getvalue()


def test_in_a_log_every_run_is_a_line_with_the_time_to_the_next_look():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(console=console) as watch:
        for event in events():
            watch(event)
    text = said.getvalue()
    assert text.count("round 1/2") == 4
    assert "look in 0:50" in text  # measured and estimated
    assert "note: left out" in text
    assert "look after 2 rounds" in text


def test_the_live_picture_names_case_side_round_and_time_left():
    board = Board()
    board.see(job())
    board.see(RunStarted(slot=slot(), estimate=5.0))
    picture = drawn(board)
    assert "s/n=1" in picture
    assert "base" in picture
    assert "round 1/2" in picture
    assert "look in 0:40" in picture  # two rounds of two cases, two sides, 5 s each


def test_time_left_follows_what_runs_really_take():
    board = Board()
    board.see(job())
    board.see(RunStarted(slot=slot(), estimate=5.0))
    board.see(RunFinished(slot=slot(), run=done(slot(), seconds=20.0)))
    assert board.left() == 20.0 + 2 * 5.0 + 2 * (20.0 + 5.0)


def test_what_was_found_so_far_is_shown():
    board = Board()
    for event in events():
        board.see(event)
    assert any("rss" in part for part in drawn(board).splitlines())


def test_an_invalid_run_says_why():
    run = done(slot(), invalid=(Reason(code="not-ready", text="not ready after 30 s"),))
    board = Board()
    board.see(job())
    (line,) = lines(board, RunFinished(slot=slot(), run=run))
    assert "invalid: not ready after 30 s" in line


def test_words_of_the_program_are_never_read_as_markup():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(console=console) as watch:
        watch("[bold]x[/bold]")
    assert "[bold]" in said.getvalue()


def test_quiet_shows_nothing():
    said = io.StringIO()
    console = Console(file=said, width=200)
    with progress(quiet=True, console=console) as watch:
        for event in events():
            watch(event)
    assert said.getvalue() == ""


def test_a_clock_reads_minutes_and_seconds():
    assert [clock(seconds) for seconds in (0, 59.9, 60, 605)] == ["0:00", "0:59", "1:00", "10:05"]


def test_every_reason_to_stop_has_words():
    assert {"settled", "last-look", "budget"} <= set(shown._WHY)
