"""The progress of a search: which size is tried, what each run came to, what is known."""

import io
from typing import Any

from rich.console import Console

from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.model import Side, Slot
from loadstone.model.events import RunFinished, RunStarted, SessionPlanned
from loadstone.report.progress.search import SearchDisplay
from loadstone.stats.redline.run_outcomes import trial
from tests import searching


def test_the_log_says_of_every_run_and_size_what_it_came_to():
    plan = searching.plan(high=2000, precision=1)
    systems = {
        Side.BASE: searching.System(redline=900, generator=1500),
        Side.HEAD: searching.System(redline=300),
    }
    display, told = SearchDisplay(trial), []

    def see(event):
        display.see(event)
        told.extend(display.lines(event))

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
    display = SearchDisplay(trial)
    assert "getting ready" in drawn(display)
    display.see(SessionPlanned(plan=plan))
    slot = Slot(case=plan.cases[0].case.name, side=Side.BASE, round=1, order=0)
    display.see(RunStarted(slot=slot, estimate=7.0))
    assert "rate 125/s  base  run 1" in drawn(display)
    systems = dict.fromkeys(Side, searching.System(redline=300))
    searching.measured(plan, systems, next_slots=BisectionSchedule(plan, watch=display.see))
    assert "head  met 250/s, missed 500/s" in drawn(display)


def drawn(display):
    console: Any = Console(file=io.StringIO(), width=100, color_system=None)
    console.print(display)
    return console.file.getvalue()
