"""The live display of a session: case, round, time left, and what it has found so far.

Everything goes to standard error, so that `loadstone run > report.txt` keeps the report alone. In a
terminal the last lines are a live picture of where the session stands; elsewhere (a CI log) every
run is a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loadstone.flows.schedules.sequential import FAILED_ALIKE, alike
from loadstone.model import Comparison, Note, Plan, Run, Side, Verdict, reasons
from loadstone.model.events import (
    Event,
    LookTaken,
    Progress,
    RunFinished,
    RunStarted,
    SearchProgress,
    SessionPlanned,
    SessionStarted,
    Watch,
)
from loadstone.report.common.bounds import within
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import change, count

_FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_WHY = {
    "settled": "more rounds would hardly find more",
    "last-look": "that was the last look",
    "budget": "the budget is spent",
}


@contextmanager
def progress(
    *, quiet: bool = False, console: Console | None = None, board: Display | None = None
) -> Iterator[Watch]:
    """Something to hand to the pipeline as `watch`. `quiet` shows nothing."""
    console = console or Console(stderr=True, highlight=False)
    board = board or Board()
    if quiet:
        yield lambda _event: None
    elif console.is_terminal:
        with Live(board, console=console, refresh_per_second=4, transient=True) as live:
            yield lambda event: _show(board, event, live.console)
    else:
        yield lambda event: _show(board, event, console)


def _show(board: Display, event: Event, console: Console) -> None:
    board.see(event)
    for line in board.lines(event):
        console.print(line, markup=False, soft_wrap=True)


class Display(Protocol):
    """What takes in events, has lines for a log, and renders as a live picture."""

    def see(self, event: Event) -> None: ...

    def lines(self, event: Event) -> list[str]: ...

    def __rich__(self) -> Group: ...


class Board:
    """Where the session stands; it renders as the live picture."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.done: list[Run] = []
        self.open: list[str] = []
        self.target = 0
        self.now: RunStarted | None = None
        self.found: list[Comparison] = []
        self.seconds: dict[str, list[float]] = {}

    def see(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case SessionPlanned():
                self.plan = event.plan
                self.open = [each.case.name for each in event.plan.cases]
                self.target = event.plan.policy.looks[0]
            case RunStarted():
                self.now = event
            case RunFinished():
                self.done.append(event.run)
                self.seconds.setdefault(event.run.case, []).append(event.run.seconds)
            case LookTaken():
                self.open = list(event.look.open)
                self.target = event.target or self._next_target(event.look.rounds)
                self.found = [
                    row
                    for row in (*event.judgement.suite, *event.judgement.comparisons)
                    if row.metric.gated and row.verdict in _FLAGGED
                ]
            case Progress() | SessionStarted() | SearchProgress():
                pass  # what only `lines` tells, or another display

    def lines(self, event: Event) -> list[str]:
        """What an event adds to the log."""
        return lines(self, event)

    @property
    def round(self) -> int:
        return self.now.slot.round if self.now else 0

    def left(self) -> float:
        """Seconds to the next look, as the runs so far have taken."""
        if self.plan is None:
            return 0.0
        estimates = {each.case.name: each.estimate for each in self.plan.cases}
        means = {
            case: sum(taken) / len(taken) if (taken := self.seconds.get(case)) else estimates[case]
            for case in self.open
        }
        ahead = (self.target - max(self.round, 1)) * len(Side) * sum(means.values())
        this_round = {(run.case, run.side) for run in self.done if run.round == self.round}
        rest = sum(
            means[case] for case in self.open for side in Side if (case, side) not in this_round
        )
        return max(0.0, ahead + rest)

    def _next_target(self, rounds: int) -> int:
        looks = self.plan.policy.looks if self.plan else ()
        return next((look for look in looks if look > rounds), rounds)

    def __rich__(self) -> Group:
        if self.plan is None or self.now is None:
            return Group(Text("getting ready …", style="dim"))
        slot = self.now.slot
        grid = Table.grid(padding=(0, 2))
        total = self.target * len(Side) * len(self.open)
        done = sum(run.round <= self.target and run.case in self.open for run in self.done)
        where = Text.assemble(
            (slot.case, "bold"), f"  {slot.side}  round {slot.round}/{self.target}"
        )
        grid.add_row(ProgressBar(total=max(total, 1), completed=done, width=24), where)
        grid.add_row(Text(f"look in {clock(self.left())}", style="dim"), found_so_far(self.found))
        return Group(grid)


def lines(board: Board, event: Event) -> list[str]:
    """What an event adds to the log."""
    match event:
        case Progress():
            return [event.text]
        case SessionPlanned():
            return [f"note: {in_full(note)}" for note in event.notes]
        case SessionStarted():
            resumed = f", {event.done} runs are in already" if event.done else ""
            return [f"generator {event.generator}, upstream {event.upstream}{resumed}"]
        case RunFinished():
            return [_run_line(board, event.run), *_failed_alike(board, event.run)]
        case LookTaken():
            return [_look_line(event)]
        case RunStarted() | SearchProgress():
            return []


def _run_line(board: Board, run: Run) -> str:
    what = "; ".join(_told(reason) for reason in run.invalid) if run.invalid else "ok"
    mark = "" if run.valid else "invalid: "
    left = clock(board.left())
    return (
        f"round {run.round}/{board.target}  {run.case}  {run.side:4}  {run.seconds:5.1f} s  "
        f"{mark}{what}  (look in {left})"
    )


def _told(reason: Note) -> str:
    """Why something of a run does not count, and what, where that is not all of it."""
    spoilt = reasons.words(reason.voids)
    return f"without {spoilt}: {in_full(reason)}" if spoilt else in_full(reason)


def _failed_alike(board: Board, run: Run) -> list[str]:
    """That both sides of a case's first pair failed for one reason: hardly the head's doing."""
    mine = [each for each in board.done if each.case == run.case]
    sides = {each.side: each for each in mine}
    if len(mine) != len(Side) or len(sides) != len(Side):
        return []
    reason = alike(sides[Side.BASE], sides[Side.HEAD])
    if reason is None:
        return []
    return [f"{run.case}: base and head failed alike ({reason.code}): {in_full(reason)}"]


def _look_line(event: LookTaken) -> str:
    if event.look.why == FAILED_ALIKE:
        why = f": {in_full(event.reason)}" if event.reason else ""
        rounds = count(event.look.rounds, "round")
        return f"ended after {rounds}: every run failed, base and head alike{why}"
    rows = (row for row in event.judgement.comparisons if row.metric.gated)
    flagged = [row for row in rows if row.verdict in _FLAGGED]
    said = found_so_far(flagged).plain
    lost = _without_numbers(event)
    nothing = f"; {count(lost, 'case')} without a trustworthy number" if lost else ""
    goes_on = ", ".join(event.look.open)
    why = "no more rounds would help" if lost and event.look.why == "settled" else ""
    then = why or _WHY.get(event.look.why, event.look.why)
    then = f"going on with {goes_on}" if goes_on else then
    return f"look after {event.look.rounds} rounds: {said}{nothing}; {then}"


def _without_numbers(event: LookTaken) -> int:
    """The cases of which a gated row has no trustworthy number."""
    rows = event.judgement.comparisons
    return len({row.case for row in rows if row.metric.gated and row.verdict is Verdict.INVALID})


def found_so_far(rows: list[Comparison], *, most: int = 3) -> Text:
    """The largest changes so far, in words."""
    if not rows:
        return Text("no change found so far", style="dim")
    words = [f"{row.metric.name} {change(within(row).change)}" for row in rows[:most]]
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    worst = any(row.verdict is Verdict.REGRESSION for row in rows)
    return Text(", ".join(words) + more, style="red" if worst else "green")


def clock(seconds: float) -> str:
    """Seconds as `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
