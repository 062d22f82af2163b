"""`loadstone redline`: its exit codes and what it shows on the way."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from loadstone.cli.redline import exit_code
from loadstone.cli.redline_progress import SearchBoard
from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.model import Side, Slot
from loadstone.model.events import RunFinished, RunStarted, SessionPlanned
from tests import searching
from tests.report import searches


def certain(record):
    policy = replace(record.plan.policy, certain=True)
    return replace(record, plan=replace(record.plan, policy=policy))


@pytest.mark.parametrize(
    ("name", "code", "sure"),
    [
        ("lower", 1, 1),
        ("unchanged", 0, 0),
        ("limited", 1, 1),
        ("alone", 0, 0),
        ("beyond", 1, 1),
        ("budget", 0, 4),
        ("silent", 3, 3),
    ],
)
def test_exit_codes(name, code, sure):
    assert exit_code(searches.get(name)) == code
    assert exit_code(certain(searches.get(name))) == sure


def test_a_redline_below_every_size_is_a_missed_objective():
    assert exit_code(searching.searched(None, searching.System(redline=10))) == 1


def test_the_log_says_of_every_run_and_size_what_it_came_to():
    plan = searching.plan(high=2000, precision=1)
    systems = {
        Side.BASE: searching.System(redline=900, generator=1500),
        Side.HEAD: searching.System(redline=300),
    }
    board, told = SearchBoard(), []

    def see(event):
        board.see(event)
        told.extend(board.lines(event))

    def ran(run):
        slot = Slot(case=run.case, side=run.side, round=run.round, order=run.order)
        see(RunFinished(slot=slot, run=run))

    see(SessionPlanned(plan=plan))
    searching.measured(plan, systems, next_slots=BisectionSchedule(plan, watch=see), on_run=ran)
    text = "\n".join(told)
    assert "meets the objectives, latency_p99 ×0." in text
    assert "misses: " in text
    assert "says nothing, the generator was the limit: without the component" in text
    assert "base  2,000/s is undecided after 3 runs" in text
    assert "head  2,000/s is missed after 3 runs; met 125/s, missed 2,000/s" in text
    assert len([line for line in told if " is met after " in line]) >= 2


def test_the_live_picture_shows_the_size_under_way_and_what_is_known():
    plan = searching.plan(high=2000, precision=1)
    board = SearchBoard()
    assert "getting ready" in drawn(board)
    board.see(SessionPlanned(plan=plan))
    slot = Slot(case=plan.cases[0].case.name, side=Side.BASE, round=1, order=0)
    board.see(RunStarted(slot=slot, estimate=7.0))
    assert "rate 125/s  base  run 1" in drawn(board)
    systems = dict.fromkeys(Side, searching.System(redline=300))
    searching.measured(plan, systems, next_slots=BisectionSchedule(plan, watch=board.see))
    assert "head  met 250/s, missed 500/s" in drawn(board)


def drawn(board):
    console: Any = Console(file=io.StringIO(), width=100, color_system=None)
    console.print(board)
    return console.file.getvalue()
