"""The state of a session as its events tell it: what is done, and how long until the next look."""

from __future__ import annotations

from loadstone.model import Comparison, Plan, Run, Side, Verdict
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

FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


class SessionState:
    """Where a session stands: what is done and open, the next look, and what was found."""

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
                    if row.metric.gated and row.verdict in FLAGGED
                ]
            case Progress() | SessionStarted() | LongWait() | SearchProgress():
                pass  # what only `lines` tells, or another display

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
