"""Which runs are due next: rounds up to a look, then what the judge wants to go on with.

Everything is derived from the runs that are in, so an interrupted session goes on exactly where it
stopped: the same rounds, the same looks, the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from loadstone import signals
from loadstone.model import Judgement, Look, Plan, Reason, Run, Side, Slot, Verdict
from loadstone.plan.schedule import slots
from loadstone.stats.history import History
from loadstone.stats.judge import judge
from loadstone.stats.samples import measurements
from loadstone.stats.sequential import Steering as Steer
from loadstone.stats.sequential import steer

OUT_OF_BUDGET = "budget"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """An event: the judge has looked, and says what it goes on with."""

    look: Look
    judgement: Judgement


class Steering:
    """Asked for the next runs again and again, until it has none.

    `looks` is what the judge has seen so far; `why` is set when it stops.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        history: History | None = None,
        watch: Callable[[Looked], None] = lambda _event: None,
    ) -> None:
        self._plan = plan
        self.history = history
        self._watch = watch
        self._open: Sequence[str] = [each.case.name for each in plan.cases]
        self._complete = 0  # rounds that are in for all that was open
        self._target = plan.policy.looks[0]
        self.looks: list[Look] = []
        self.why = ""

    def __call__(self, runs: Sequence[Run]) -> Sequence[Slot]:
        """The rest of the round that is under way, or the next one; empty when all is done."""
        signals.check()
        while not self.why:
            due = self._round(runs)
            if due and _fits(self._plan, runs, due):
                return due
            if due:
                self.why = OUT_OF_BUDGET
            else:
                self._advance(runs)
        return ()

    def _round(self, runs: Sequence[Run]) -> Sequence[Slot]:
        number = self._complete + 1
        before = sum(run.round < number for run in runs)
        done = {(run.case, run.side, run.round) for run in runs}
        planned = slots(self._open, round=number, seed=self._plan.seed, first_order=before)
        return [slot for slot in planned if (slot.case, slot.side, slot.round) not in done]

    def _advance(self, runs: Sequence[Run]) -> None:
        self._complete += 1
        if self._complete < self._target:
            return
        seen = [run for run in runs if run.round <= self._complete]
        judgement = judged(self._plan, seen, history=self.history, looks=self.looks)
        steering = steer(
            measurements(seen, self._plan.cases),
            self._plan.cases,
            self._plan.policy,
            judgement=judgement,
            history=self.history,
            seconds_per_round=_seconds(self._plan, seen),
            spent_seconds=sum(run.seconds for run in seen),
        )
        look = _look(self._complete, judgement, steering)
        self.looks.append(look)
        self._watch(Looked(look=look, judgement=judgement))
        self._open = steering.open
        self._target = self._complete + max(1, steering.rounds)
        # Invalid runs measure nothing, so the rounds are counted here and not by the judge.
        over = steering.stop or self._complete >= self._plan.policy.looks[-1]
        self.why = steering.why if over else ""


def judged(
    plan: Plan, runs: Sequence[Run], *, history: History | None, looks: Sequence[Look]
) -> Judgement:
    """The judgement of what is in."""
    return judge(
        measurements(runs, plan.cases),
        plan.cases,
        plan.policy,
        history=history,
        looks=looks,
        invalid=_invalid(runs),
    )


def _invalid(runs: Sequence[Run]) -> Mapping[str, Sequence[Reason]]:
    """Case → why runs of it are invalid."""
    found: dict[str, list[Reason]] = {}
    for run in (run for run in runs if run.invalid):
        found.setdefault(run.case, []).extend(run.invalid)
    return found


def _look(rounds: int, judgement: Judgement, steering: Steer) -> Look:
    flagged = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    rows = (*judgement.comparisons, *judgement.suite)
    return Look(
        rounds=rounds,
        alpha=judgement.spent,
        open=steering.open,
        found=sum(row.metric.gated and row.verdict in flagged for row in rows),
        why=steering.why,
    )


def _fits(plan: Plan, runs: Sequence[Run], due: Sequence[Slot]) -> bool:
    budget = plan.policy.budget
    if budget is None or not runs:
        return True
    seconds = _seconds(plan, runs)
    wanted = sum(seconds[slot.case] for slot in due) / len(Side)
    return sum(run.seconds for run in runs) + wanted <= budget


def _seconds(plan: Plan, runs: Sequence[Run]) -> Mapping[str, float]:
    """Seconds that a round of each case takes: as measured, or else as estimated."""
    return {
        each.case.name: len(Side) * _mean(runs, each.case.name, each.estimate)
        for each in plan.cases
    }


def _mean(runs: Sequence[Run], case: str, estimate: float) -> float:
    taken = [run.seconds for run in runs if run.case == case]
    return sum(taken) / len(taken) if taken else estimate
