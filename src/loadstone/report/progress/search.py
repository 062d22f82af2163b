"""The display of a search for redlines: which size of which side, and what is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp

from rich.console import Group
from rich.text import Text

from loadstone.model import Bracket, Objective, Plan, Redlines, Run, Search, Side, SizeRun
from loadstone.model.events import (
    Event,
    LongWait,
    LookTaken,
    Progress,
    RunFinished,
    RunStarted,
    SearchProgress,
    SessionPlanned,
    SessionStarted,
)
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import UNKNOWN, figure, quantity
from loadstone.report.progress.common_lines import READY, opening, waiting

OutcomeOf = Callable[[Run, Sequence[Objective]], SizeRun]

_SAYS_NOTHING = {"generator": "the generator was the limit", "upstream": "the upstream was"}


class SearchDisplay:
    """The live picture of a search, and what each event adds to its log.

    `outcome`: what a run says of its size, by the rules of the search.
    """

    def __init__(self, outcome: OutcomeOf) -> None:
        self._outcome = outcome
        self.plan: Plan | None = None
        self.now: RunStarted | None = None
        self.known: Redlines | None = None
        self.runs = 0
        self.told: set[tuple[Side, float]] = set()

    def see(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case SessionPlanned():
                self.plan = event.plan
            case RunStarted():
                self.now = event
            case RunFinished():
                self.runs += 1
            case SearchProgress():
                self.known = event.redlines
            case Progress() | SessionStarted() | LongWait() | LookTaken():
                pass  # what only `lines` tells, or another display

    def lines(self, event: Event) -> list[str]:
        """The lines that an event adds to the log."""
        match event:
            case Progress() | SessionPlanned() | SessionStarted():
                return opening(event)
            case LongWait():
                return [waiting(event)]
            case RunFinished():
                return [self._run_line(event.run)]
            case SearchProgress():
                return self._decisions(event.redlines)
            case RunStarted() | LookTaken():
                return []

    def _run_line(self, run: Run) -> str:
        size = self._size_of(run.case)
        return f"round {run.round}  {run.side:4}  {size}  {run.seconds:5.1f} s  {self._said(run)}"

    def _said(self, run: Run) -> str:
        """How the run stands to the bound, or why it does not count."""
        if self.plan is None:
            return ""
        case = next(each for each in self.plan.cases if each.case.name == run.case)
        found = self._outcome(run, case.objectives)
        why = "; ".join(map(in_full, found.reasons))
        if found.outcome == "failed":
            return f"misses: {why}"
        if found.excess is None:
            who = _SAYS_NOTHING.get(found.outcome, "invalid")
            return f"says nothing, {who}: {why}"
        way = "misses" if found.excess > 0 else "meets"
        return f"{way} the objectives, {found.metric} {_against(found.excess)}"

    def _decisions(self, found: Redlines) -> list[str]:
        """A line for every size that was decided since the last one."""
        told = []
        for bracket in found.brackets:
            for step in bracket.steps:
                key = (bracket.side, step.size)
                if step.said != "open" and key not in self.told:
                    self.told.add(key)
                    words = f"{step.said} after {len(step.trials)} runs"
                    told.append(
                        f"{bracket.side:4}  {self._size(step.size)} is {words}; "
                        f"{self._standing(bracket)}"
                    )
        return told

    def _standing(self, bracket: Bracket) -> str:
        met = self._size(bracket.met) if bracket.met is not None else UNKNOWN
        missed = self._size(bracket.missed) if bracket.missed is not None else UNKNOWN
        return f"met {met}, missed {missed}"

    def _size_of(self, case: str) -> str:
        search = self._search()
        if self.plan is None or search is None:
            return case
        found = next(each.case for each in self.plan.cases if each.case.name == case)
        return self._size(float(found.axes[search.axis]))

    def _size(self, size: float) -> str:
        search = self._search()
        return quantity(search.unit if search else "1", size)

    def _search(self) -> Search | None:
        return self.plan.search if self.plan else None

    def __rich__(self) -> Group:
        search = self._search()
        if search is None or self.now is None:
            return Group(Text(READY, style="dim"))
        slot = self.now.slot
        where = f"{search.axis} {self._size_of(slot.case)}"
        now = Text.assemble((where, "bold"), f"  {slot.side}  run {self.runs + 1}")
        brackets = self.known.brackets if self.known else ()
        return Group(
            now, *(Text(f"{each.side:4}  {self._standing(each)}", "dim") for each in brackets)
        )


def _against(excess: float) -> str:
    return f"×{figure(exp(excess), 2)} of the bound"
