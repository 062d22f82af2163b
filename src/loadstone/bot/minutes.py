"""Minutes: what a measuring costs, what is spent, and what may still be spent today.

The ledger is data: a line for each measuring, kept in a document of the store. It says what runs
cost, and not who is to blame: caps are for a run, a pull request and a day in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from loadstone.bot.more_rounds import MoreRounds
from loadstone.formats.configuration import Caps
from loadstone.model import Note, Plan

KEPT = timedelta(days=60)  # a pull request that is open longer begins anew


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """The cost of one measuring. `when`: its end, RFC 3339; `run`: its workflow run."""

    run: int
    attempt: int
    component: str
    pull_request: int  # 0 for none
    when: str
    minutes: float


Ledger = Sequence[LedgerEntry]


@dataclass(frozen=True, kw_only=True)
class ForetoldCost:
    """The minutes that a measuring takes: to its first look, and at the most."""

    least: float
    most: float


@dataclass(frozen=True, kw_only=True)
class SpentMinutes:
    """Minutes that are spent already, of a pull request and of today."""

    pull_request: float = 0.0
    day: float = 0.0


def foretold(plan: Plan) -> ForetoldCost:
    """The cost of a plan: all its cases on both sides, within its budget."""
    a_round = 2 * sum(case.estimate for case in plan.cases) / 60
    budget = plan.policy.budget / 60 if plan.policy.budget else float("inf")
    looks = plan.policy.looks
    least, most = a_round * min(looks), a_round * max(looks)
    return ForetoldCost(least=least, most=max(least, min(most, budget)))


def foretold_more(plan: Plan, more: MoreRounds) -> ForetoldCost:
    """The cost of rounds that are added to those which are there: all of them are measured."""
    places = set(more.cases)
    cases = [case for place, case in enumerate(plan.cases, start=1) if place in places]
    minutes = more.rounds * 2 * sum(case.estimate for case in cases) / 60
    return ForetoldCost(least=minutes, most=minutes)


def spent(ledger: Ledger, *, now: str, number: int = 0) -> SpentMinutes:
    """The minutes that are spent on a pull request, and today, by the ledger."""
    today = _moment(now).date()
    return SpentMinutes(
        pull_request=sum(each.minutes for each in ledger if number and each.pull_request == number),
        day=sum(each.minutes for each in ledger if _moment(each.when).date() == today),
    )


def noted(ledger: Ledger, spending: LedgerEntry, *, now: str) -> list[LedgerEntry]:
    """The ledger with one more line, each attempt once, and without what is too old to matter."""
    key = (spending.run, spending.attempt, spending.component)
    others = [each for each in ledger if (each.run, each.attempt, each.component) != key]
    oldest = _moment(now) - KEPT
    return [each for each in [*others, spending] if _moment(each.when) >= oldest]


def granted(
    cost: ForetoldCost, already: SpentMinutes, caps: Caps, *, now: str, number: int = 0
) -> float | Note:
    """The minutes that a measuring may take, or why it may not begin.

    Less than it would take at the most is enough, as long as it gets to its first look: a judgement
    of fewer rounds is one, and of none there is none.
    """
    if cost.least > caps.run:
        return Note.of("minutes-per-run", needed=_up(cost.least), cap=caps.run)
    left = caps.pull_request - already.pull_request
    if number and cost.least > left:
        return Note.of(
            "minutes-per-pull-request",
            needed=_up(cost.least),
            spent=_up(already.pull_request),
            cap=caps.pull_request,
        )
    if cost.least > caps.day - already.day:
        return Note.of(
            "minutes-per-day",
            needed=_up(cost.least),
            spent=_up(already.day),
            cap=caps.day,
            again=_tomorrow(now),
        )
    most = [cost.most, caps.run, caps.day - already.day, *([left] if number else [])]
    return max(cost.least, min(most))


def _up(minutes: float) -> int:
    return int(-(-minutes // 1))


def _moment(text: str) -> datetime:
    """A time of ours, or of a document; one that is none was long ago."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _tomorrow(now: str) -> str:
    day = _moment(now).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC).isoformat(timespec="minutes")
