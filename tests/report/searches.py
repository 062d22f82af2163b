"""Searches for redlines as they would be stored, to look at their reports. Seeded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from loadstone.model import Commit, Commits, Note, RedlineRecord, Run, Side
from tests import searching
from tests.report.samples import HOSTILE
from tests.searching import System

NAMES = ("lower", "unchanged", "limited", "alone", "beyond", "budget", "silent")
_EVEN = System(redline=3900, noise=0.05)
_BROKEN = System(redline=4000, generator=10)
_SYSTEMS: Mapping[str, tuple[System | None, System]] = {
    "lower": (System(redline=4200), System(redline=3100)),
    "unchanged": (_EVEN, _EVEN),
    "limited": (System(redline=6000, generator=2000), System(redline=1500, generator=2000)),
    "alone": (None, System(redline=1234)),
    "beyond": (System(redline=1e6), System(redline=10)),
    "budget": (System(redline=4200), System(redline=3100)),
    "silent": (_BROKEN, _BROKEN),
}


@cache
def get(name: str) -> RedlineRecord:
    """A search of that kind."""
    if name == "hostile":
        return hostile()
    return searching.searched(*_SYSTEMS[name], budget=200.0 if name == "budget" else None)


def hostile() -> RedlineRecord:
    """One in which every text from outside means harm."""
    chosen = searching.plan()
    runs = searching.measured(
        chosen, {Side.BASE: System(redline=4200, generator=5000), Side.HEAD: System(redline=300)}
    )
    found = searching.stored(chosen, [_harmful(run) for run in runs])
    label = HOSTILE[3]
    return replace(
        found,
        plan=replace(
            found.plan,
            component=HOSTILE[4],
            base=replace(found.plan.base, label=label, version=HOSTILE[5], asked=HOSTILE[8]),
            head=replace(found.plan.head, label=HOSTILE[10], version=HOSTILE[9]),
            asked=HOSTILE[6],
            scenarios=[HOSTILE[7]],
            commits=Commits(
                ahead=99, behind=1, listed=[Commit(hash=text, subject=text) for text in HOSTILE]
            ),
        ),
        environment=replace(
            found.environment,
            facts={HOSTILE[3]: HOSTILE[9]},
            warnings=[Note(code="x", data={"text": text}) for text in HOSTILE],
        ),
    )


def _harmful(run: Run) -> Run:
    text = HOSTILE[run.order % len(HOSTILE)]
    return replace(run, invalid=[replace(each, data={"text": text}) for each in run.invalid])
