"""The schedule of a redline search: bisection over sizes, run by run.

A round is the next run of every side whose search goes on, at whatever size that is, next to each
other and in random order. Everything is derived from the runs that are in, so an interrupted search
goes on exactly where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from loadstone.model import Plan, Run, Side, Slot
from loadstone.model.events import SearchProgress, silent
from loadstone.plan.schedule import sides
from loadstone.stats.redline.brackets import case_at, searched
from loadstone.stats.redline.redline_change import redlines
from loadstone.system import signals


class BisectionSchedule:
    """A schedule that is asked for the next runs until it has none, or none within the budget."""

    def __init__(self, plan: Plan, *, watch: Callable[[SearchProgress], None] = silent) -> None:
        self._plan = plan
        self._watch = watch
        self._told = 0

    def __call__(self, runs: Sequence[Run]) -> Sequence[Slot]:
        """The rest of the round that is under way, or the next one; empty when all is done."""
        signals.check()
        last = max((run.round for run in runs), default=0)
        due = self._due(runs, last) or self._next(runs, last)
        return due if self._fits(runs, due) else ()

    def _next(self, runs: Sequence[Run], last: int) -> list[Slot]:
        if last > self._told:
            self._told = last
            found = redlines(self._plan, runs)
            self._watch(SearchProgress(plan=self._plan, round=last, redlines=found))
        return self._due(runs, last + 1)

    def _due(self, runs: Sequence[Run], number: int) -> list[Slot]:
        """What is left of a round, which follows from the rounds before it."""
        before = [run for run in runs if run.round < number]
        done = {run.side for run in runs if run.round == number}
        wanted = self._wanted(before) if number else {}
        first, second = sides("", number, self._plan.seed)
        return [
            Slot(
                case=case_at(self._plan, wanted[side]),
                side=side,
                round=number,
                order=len(before) + place,
            )
            for place, side in enumerate(side for side in (first, second) if side in wanted)
            if side not in done
        ]

    def _wanted(self, runs: Sequence[Run]) -> Mapping[Side, float]:
        """The next size of every side whose search goes on."""
        search = self._plan.search
        found = {
            side: searched(self._plan, runs, side).next()
            for side in (search.sides if search else ())
        }
        return {side: size for side, size in found.items() if size is not None}

    def _fits(self, runs: Sequence[Run], due: Sequence[Slot]) -> bool:
        budget = self._plan.policy.budget
        if budget is None or not runs:
            return True
        taken = [run.seconds for run in runs]
        return sum(taken) + fmean(taken) * len(due) <= budget
