"""The queue of a runner label: runs that wait for it or are on it, and a new one's place."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model.bot import CancelRun, WorkflowRun


def place(runs: Sequence[WorkflowRun], runner: str, *, run: int | None = None) -> int:
    """So many runs are before this one on its runner label; before a new one, where it is None.

    A run of which the label is not known may be on it, and counts.
    """
    same = [each for each in runs if each.runner in ("", runner)]
    return sum(1 for each in same if run is None or each.run < run)


def runs_of(runs: Sequence[WorkflowRun], number: int) -> list[WorkflowRun]:
    """The runs of a pull request, oldest first."""
    return sorted((each for each in runs if each.number == number), key=lambda each: each.run)


def superseded(runs: Sequence[WorkflowRun], number: int, *, run: int | None) -> list[CancelRun]:
    """The older runs of a pull request, cancelled: it was pushed to again by `run`, or closed."""
    older = [each for each in runs_of(runs, number) if run is None or each.run < run]
    return [CancelRun(run=each.run) for each in older]
