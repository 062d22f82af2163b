"""The display of a session: where it stands as a live picture, and its log."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loadstone.model import Comparison, Design, Side, Verdict
from loadstone.model.events import Event
from loadstone.report.progress import session_log
from loadstone.report.progress.common_lines import READY, clock
from loadstone.report.progress.session_state import SessionState


class SessionDisplay:
    """The live picture of a session, and what each event adds to its log."""

    def __init__(self) -> None:
        self.state = SessionState()

    def see(self, event: Event) -> None:
        """Take in an event."""
        self.state.see(event)

    def lines(self, event: Event) -> list[str]:
        """The lines that an event adds to the log."""
        return session_log.lines(self.state, event)

    def __rich__(self) -> Group:
        state = self.state
        if state.plan is None or state.now is None:
            return Group(Text(READY, style="dim"))
        slot = state.now.slot
        side = "both sides" if slot.design is Design.MIXED else str(slot.side)
        grid = Table.grid(padding=(0, 2))
        total = state.target * len(Side) * len(state.open)
        done = sum(run.round <= state.target and run.case in state.open for run in state.done)
        where = Text.assemble((slot.case, "bold"), f"  {side}  round {slot.round}/{state.target}")
        grid.add_row(ProgressBar(total=max(total, 1), completed=done, width=24), where)
        grid.add_row(Text(f"look in {clock(state.left())}", style="dim"), _found(state.found))
        return Group(grid)


def _found(rows: Sequence[Comparison]) -> Text:
    said = session_log.found_so_far(rows)
    if not rows:
        return Text(said, style="dim")
    worst = any(row.verdict is Verdict.REGRESSION for row in rows)
    return Text(said, style="red" if worst else "green")
