"""The schedule of one commit of a bisection: pairs against the good end, until it is decided."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Metric, Plan, Run, Slot
from loadstone.model.bisect import CommitVerdict
from loadstone.plan.schedule import slots
from loadstone.stats.bisect.commit_search import SearchTerms, TriedCommit, decided
from loadstone.stats.bisect.pairs import worse
from loadstone.system import signals

LOST = 3  # rounds that may be without a pair before a commit that has no more pairs is given up


class CommitPairs:
    """A schedule that is asked for the next pair until its commit is decided or given up.

    `tried` is what is known so far; a commit is given up that loses more rounds than it keeps.
    """

    def __init__(
        self,
        plan: Plan,
        metric: Metric,
        terms: SearchTerms,
        *,
        place: int,
        others: Sequence[Sequence[float]],
        cut: float | None,
    ) -> None:
        self._plan = plan
        self._metric = metric
        self._terms = terms
        self._others = others
        self._cut = cut
        self.tried = TriedCommit(place=place)

    def __call__(self, runs: Sequence[Run]) -> Sequence[Slot]:
        """The rest of the pair that is under way, or the next one; empty when all is done."""
        signals.check()
        case = self._plan.cases[0].case.name
        done = {(run.side, run.round) for run in runs}
        number = max((run.round for run in runs), default=0)
        before = sum(run.round < number for run in runs)
        due = (
            slots([case], round=number, seed=self._plan.seed, first_order=before) if number else []
        )
        rest = [slot for slot in due if (slot.side, slot.round) not in done]
        return rest or self._next(runs, number)

    def _next(self, runs: Sequence[Run], done: int) -> Sequence[Slot]:
        case = self._plan.cases[0].case.name
        sample = worse(runs, case, self._metric)[: self._terms.looks[-1]]
        lost = done - len(sample)
        given_up = lost >= LOST and lost > len(sample)
        self.tried = TriedCommit(place=self.tried.place, sample=sample, skipped=given_up)
        said = decided(self._terms, self.tried, self._others, self._cut)
        if given_up or said.verdict is not CommitVerdict.OPEN:
            return ()
        return slots([case], round=done + 1, seed=self._plan.seed, first_order=len(runs))
