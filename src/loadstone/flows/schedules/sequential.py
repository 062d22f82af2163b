"""The sequential schedule of a comparison: rounds up to a look, then what the judge goes on with.

A case whose first pair fails alike, for a reason that is the same every time, is not measured
again. A session of which every run has failed, base and head alike in the last round, ends there:
more rounds would fail too. Where the head failed more often than the base, and not yet surely so,
the case goes on.

Everything is derived from the runs that are in, so an interrupted session goes on exactly where it
stopped: the same rounds, the same looks, the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from loadstone.model import CasePlan, Judgement, Look, Note, Plan, Run, Side, Slot
from loadstone.model.events import LookTaken, silent
from loadstone.model.judgement import FAILED_ALIKE
from loadstone.model.reasons import alike, hopeless
from loadstone.plan.schedule import slots
from loadstone.stats.common.bucket_widths import with_bucket_widths
from loadstone.stats.common.samples import measurements, solo_measurements
from loadstone.stats.comparison import coupling, failures
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.judge import judge
from loadstone.stats.comparison.sequential import NextRounds as Steer
from loadstone.stats.comparison.sequential import steer
from loadstone.system import signals

OUT_OF_BUDGET = "budget"


class SequentialSchedule:
    """A schedule that is asked for the next runs until the judge has seen enough.

    `looks` is what the judge has seen so far; `why` is set when it stops.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        history: History | None = None,
        cores: float | None = None,
        watch: Callable[[LookTaken], None] = silent,
    ) -> None:
        self._plan = plan
        self._cores = cores
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
        earlier = [run for run in runs if run.round < number]
        planned = slots(
            [case for case in self._open if not _given_up(case, earlier)],
            round=number,
            seed=self._plan.seed,
            first_order=before,
            mixed=self._plan.mixed(number),
        )
        return [slot for slot in planned if (slot.case, slot.side, slot.round) not in done]

    def _advance(self, runs: Sequence[Run]) -> None:
        self._complete += 1
        seen = [run for run in runs if run.round <= self._complete]
        reason = failed_alike(seen)
        if self._complete < self._target and reason is None:
            return
        judgement = judged(
            self._plan, seen, history=self.history, looks=self.looks, cores=self._cores
        )
        steering = self._steered(seen, judgement)
        if reason is not None:
            steering = Steer(open=(), rounds=0, why=FAILED_ALIKE, stop=True)
        over = steering.stop or self._complete >= self._plan.policy.looks[-1]
        self._open = steering.open
        self._target = self._complete + max(1, steering.rounds)
        look = _look(self._complete, judgement, steering)
        self.looks.append(look)
        target = self._complete if over else self._target
        self._watch(LookTaken(look=look, judgement=judgement, target=target, reason=reason))
        self.why = steering.why if over else ""

    def _steered(self, seen: Sequence[Run], judgement: Judgement) -> Steer:
        # Failed runs measure nothing else, and their rounds are rounds all the same.
        plans = _plans(self._plan, seen, self._cores)
        found = steer(
            [*measurements(seen, plans), *failures.measured(seen, plans)],
            plans,
            self._plan.policy,
            judgement=judgement,
            history=self.history,
            seconds_per_round=_seconds(self._plan, seen),
            spent_seconds=sum(run.seconds for run in seen),
            done=self._complete,
        )
        later = [look for look in self._plan.policy.looks if look > self._complete]
        undecided = set(failures.undecided(judgement.comparisons, self._plan.policy)) - set(
            found.open
        )
        if not undecided or not later or found.why == OUT_OF_BUDGET:
            return found
        names = [each.case.name for each in self._plan.cases]
        open_ = [name for name in names if name in undecided | set(found.open)]
        rounds = found.rounds or later[0] - self._complete
        return replace(found, open=open_, rounds=rounds, why="promising", stop=False)


def judged(
    plan: Plan,
    runs: Sequence[Run],
    *,
    history: History | None,
    looks: Sequence[Look],
    cores: float | None = None,
) -> Judgement:
    """Judge the rounds that are in. `cores`: that the session may use, None if not known."""
    plans = _plans(plan, runs, cores)
    return judge(
        [*measurements(runs, plans), *failures.measured(runs, plans)],
        plans,
        plan.policy,
        history=history,
        looks=looks,
        invalid=_invalid(runs),
        solo=solo_measurements(runs, plans),
        rounds=max((run.round for run in runs), default=0),
        told=coupling.warnings(plans, runs, cores),
    )


def _plans(plan: Plan, runs: Sequence[Run], cores: float | None) -> list[CasePlan]:
    cases = with_bucket_widths(plan.cases, runs)
    return failures.planned(coupling.uncoupled(cases, runs, cores), runs)


def _given_up(case: str, runs: Sequence[Run]) -> bool:
    """Whether another round of a case would fail as its earlier ones did."""
    return hopeless([run for run in runs if run.case == case]) is not None


def failed_alike(runs: Sequence[Run]) -> Note | None:
    """The reason of all failures, where base and head failed alike in each case's last round.

    None where a run counts, or where a pair is not complete or failed for different reasons.
    """
    last: dict[str, dict[Side, Run]] = {}
    for run in sorted(runs, key=lambda each: each.round):
        last.setdefault(run.case, {})[run.side] = run
    pairs = list(last.values())
    if any(run.valid for run in runs) or not all(len(pair) == len(Side) for pair in pairs):
        return None
    shared = [alike(pair[Side.BASE], pair[Side.HEAD]) for pair in pairs]
    return shared[0] if shared and all(shared) else None


def _invalid(runs: Sequence[Run]) -> Mapping[str, Sequence[Note]]:
    """Case → why runs of it are invalid."""
    found: dict[str, list[Note]] = {}
    for run in (run for run in runs if run.invalid):
        found.setdefault(run.case, []).extend(run.invalid)
    return found


def _look(rounds: int, judgement: Judgement, steering: Steer) -> Look:
    return Look(
        rounds=rounds,
        alpha=judgement.spent,
        open=steering.open,
        found=judgement.found,
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
