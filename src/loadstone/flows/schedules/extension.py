"""An extension of a session: rounds beyond those it stopped at, and what they do to its errors.

α is spent as if the looks of the extended session had been planned: those that were taken, and one
after the last of the new rounds. That holds for the new report alone. The report before it was
held to the levels of the plan as it was, which were wider; so the chance that *either* of the two
flags anything on two equal revisions is larger, and `either` bounds it. Nothing is left to spend
after the last look of a plan, so no way of going on could keep the first promise for both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import pairwise

from loadstone.errors import UsageError
from loadstone.model import MORE, Judgement, Look, Note, Plan, Policy, Run, Slot, Verdict
from loadstone.plan.schedule import slots
from loadstone.stats.common.spending import spent
from loadstone.system import signals


@dataclass(frozen=True, kw_only=True)
class Extension:
    """An extension: more rounds of some cases, after those that are done."""

    done: int  # rounds
    rounds: int  # more
    cases: Sequence[str]

    @property
    def last(self) -> int:
        """The number of the last round."""
        return self.done + self.rounds


def extension(
    judgement: Judgement,
    plan: Plan,
    runs: Sequence[Run],
    *,
    rounds: int | None,
    globs: Sequence[str],
    only: Collection[Verdict] = (),
) -> Extension:
    """Decide the extension: as asked, and else as the report says under "To settle it".

    `only`: the cases that have a gated row of such a verdict. `rounds`: None for the fewest that
    would settle a case; for one that is invalid, those of a first look. Without `globs` and `only`,
    the cases which the report names beside that number, or else all that fewer rounds would settle,
    or else all with a gated row that is inconclusive or invalid, or else, where rounds were asked
    for, all. Raises `UsageError` where nothing was asked for and nothing is to be settled.
    """
    number = rounds or _fewest(judgement, plan.policy, only)
    if not number:
        raise UsageError(
            "no more rounds would settle anything: no gated row is invalid, or inconclusive within "
            "their reach",
            next_step="say how many to measure nevertheless: --rounds N",
        )
    cases = _matching(plan, globs or ["*"])
    if only:
        cases = _only(judgement, cases, only)
    elif not globs:
        cases = _open(judgement, number) or cases
    return Extension(done=max((run.round for run in runs), default=0), rounds=number, cases=cases)


def _fewest(judgement: Judgement, policy: Policy, only: Collection[Verdict]) -> int:
    """The fewest rounds that would settle something of what is asked for; 0 where none would."""
    settling = min((need.rounds for need in judgement.needs), default=0)
    fresh = policy.looks[0] if _with(judgement, {Verdict.INVALID}) else 0
    if not only:
        return settling or fresh
    return max(
        (settling or policy.looks[0]) if Verdict.INCONCLUSIVE in only else 0,
        fresh if Verdict.INVALID in only else 0,
    )


def _only(judgement: Judgement, cases: Sequence[str], only: Collection[Verdict]) -> list[str]:
    wanted = set(_with(judgement, only))
    chosen = [case for case in cases if case in wanted]
    if not chosen:
        verdicts = " or ".join(sorted(verdict.value for verdict in only))
        raise UsageError(
            f"no case is {verdicts}", next_step="leave that out, or name cases with --case"
        )
    return chosen


def _with(judgement: Judgement, verdicts: Collection[Verdict]) -> list[str]:
    """The cases that have a gated row of such a verdict."""
    rows = (row for row in judgement.comparisons if row.metric.gated and row.verdict in verdicts)
    return list(dict.fromkeys(row.case for row in rows))


def _matching(plan: Plan, globs: Sequence[str]) -> list[str]:
    names = [each.case.name for each in plan.cases]
    chosen = [name for name in names if any(fnmatchcase(name, glob) for glob in globs)]
    if not chosen:
        raise UsageError(
            f"no case matches `{' '.join(globs)}`", next_step=f"the cases are: {', '.join(names)}"
        )
    return chosen


def _open(judgement: Judgement, rounds: int) -> list[str]:
    exact = [case for need in judgement.needs if need.rounds == rounds for case in need.cases]
    within = [case for need in judgement.needs if need.rounds <= rounds for case in need.cases]
    unsure = _with(judgement, {Verdict.INCONCLUSIVE, Verdict.INVALID})
    return list(dict.fromkeys(exact or within or unsure))


def extended(policy: Policy, looks: Sequence[Look], asked: Extension) -> Policy:
    """The policy as if the new rounds had been planned.

    Within the last look that was planned, only another look is added, and the plan keeps its end.
    The budget was of the plan as it was, and who asks for rounds has paid for them.
    """
    taken = {look.rounds for look in looks if look.rounds < asked.done} | {asked.done}
    taken |= set() if looks else {look for look in policy.looks if look < asked.done}
    end = max(asked.last, policy.looks[-1])
    return replace(policy, looks=tuple(sorted({*taken, asked.last, end})), budget=None)


def due(plan: Plan, asked: Extension, runs: Sequence[Run]) -> Sequence[Slot]:
    """The rest of the round that is under way, or the next one; empty when all are in."""
    signals.check()
    done = {(run.case, run.side, run.round) for run in runs}
    for number in range(asked.done + 1, asked.last + 1):
        before = sum(run.round < number for run in runs)
        planned = slots(
            asked.cases,
            round=number,
            seed=plan.seed,
            first_order=before,
            mixed=plan.mixed(number),
        )
        rest = [slot for slot in planned if (slot.case, slot.side, slot.round) not in done]
        if rest:
            return rest
    return ()


def begun(judgement: Judgement, asked: Extension) -> Look:
    """The look at which somebody asked for more."""
    return Look(
        rounds=asked.done,
        alpha=judgement.spent,
        open=list(asked.cases),
        found=judgement.found,
        why=MORE,
    )


def ended(judgement: Judgement, asked: Extension) -> Look:
    """The look after the last of the new rounds."""
    return Look(
        rounds=asked.last,
        alpha=judgement.spent,
        open=[],
        found=judgement.found,
        why="last-look",
    )


def either(looks: Sequence[Look]) -> float:
    """A bound on the chance that the report, or one before it, flags anything without a change.

    The first report's α, and of each extension what its plan spends after the rounds before it:
    whoever was not flagged at the wider levels before would not have been at its own.
    """
    bound = 0.0
    for look, following in pairwise(looks):
        if look.why == MORE:
            before = spent(following.alpha, look.rounds, following.rounds)
            bound = (bound or look.alpha) + following.alpha - before
    return bound


def warnings(looks: Sequence[Look], alpha: float) -> list[Note]:
    """The warning of an extended session, where reports before it share its promise."""
    went_on = [look.rounds for look in looks if look.why == MORE]
    bound = either(looks)
    if not went_on or bound <= alpha * (1 + 1e-9):
        return []
    return [Note(code="extended", data={"done": went_on[0], "either": bound, "alpha": alpha})]
