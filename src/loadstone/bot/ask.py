"""Asks: what is measured because of an event, and what is not, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.bot.minutes import ForetoldCost, SpentMinutes
from loadstone.bot.more_rounds import MoreRounds
from loadstone.model import Goal, Note


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One measuring of one component.

    `component` is what a request takes, `label` its short name, of which section and status are
    called. Where a field is None, the scenario's tier says it. `budget` is in seconds. `cases` is a
    glob. `baseline`: its record is kept. `more`: its rounds are added to those of an earlier
    result. `audit`: both sides are one revision on purpose. `bisect`: the first commit that is
    surely slower is wanted, not a comparison, by `metric` of the one case. `against`: the releases
    whose records the head is compared with as well.
    """

    component: str
    label: str
    scenarios: Sequence[str]
    base: str
    head: str
    tier: str
    provider: str = "memory"
    cases: str = "*"
    goal: Goal = Goal.DETECT
    alpha: float = 0.05
    looks: Sequence[int] | None = None
    budget: float | None = None
    certain: bool = False
    seed: int = 0
    generator: str = "openloop"
    baseline: bool = False
    more: MoreRounds | None = None
    audit: bool = False
    bisect: bool = False
    metric: str = ""
    against: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Skip:
    """A component that is not measured, and why (codes: `model.bot.SKIPS`)."""

    label: str
    reason: Note


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """The facts on which it is decided what an event asks for.

    `now`: RFC 3339 in UTC. `changed`: files that differ between merge base and head, None where
    nobody knows. `merge_base`: of head and base branch, "" for none. `sha`: the tip of the default
    branch, for the clock. `measured`: the commit of it that was measured last, "" for none.
    `releases`: earlier tags, newest first. `digests`: of the programs of base and head, by label,
    once they are built; `costs`: what a plan foretells, by label, once there is one.
    """

    now: str
    changed: Sequence[str] | None = None
    merge_base: str = ""
    sha: str = ""
    measured: str = ""
    releases: Sequence[str] = ()
    digests: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    costs: Mapping[str, ForetoldCost] = field(default_factory=dict)
    spent: SpentMinutes = field(default_factory=SpentMinutes)


@dataclass(frozen=True, kw_only=True)
class EventAsks:
    """All that an event asks for: asks and skips, one or the other for each component.

    Neither is there where the event changes nothing: then nothing is said either. `event` is the
    section of the configuration that was used, `sha` the commit whose status it is, `number` the
    pull request, 0 for none.
    """

    event: str
    sha: str = ""
    number: int = 0
    asks: Sequence[Ask] = ()
    skips: Sequence[Skip] = ()
