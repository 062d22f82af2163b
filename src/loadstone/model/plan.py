"""Plans: cases with their metrics and workload, the policy of the judge, and the runs due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

from loadstone.model.values import Case, Design, Metric, Note, Objective, Revision, Side

_ROUNDING = 1e-9  # so that three times a third is one
PLACES = PROCESSES, PODS = "processes", "pods"  # of this machine, or of the cluster


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit and the first line of its message."""

    hash: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Commits:
    """The commits between the two revisions, as Git knows them.

    `ahead`: commits that head has and base has not, of which `listed` are the newest, the newest
    first; `behind`: commits that base has and head has not. `changed`: by file, the first and last
    line in the head of each change; empty where too much changed, or nobody knows. `by`: for each
    of these changes the newest commit that made it, its first twelve digits, or "". `tails`: by
    file, the shortest end of its path that no other file of the head has, where there is one.
    """

    ahead: int
    behind: int
    listed: Sequence[Commit] = ()
    changed: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MetricSource:
    """The source of a metric's value: a measured quantity, by its dotted name.

    With `per`, the quantity is divided by that other one; the result is multiplied by `times`
    (CPU seconds per 1,000 requests: `process.cpu_seconds` per `load.requests` times 1000).
    """

    quantity: str
    per: str = ""
    times: float = 1.0

    def value(self, quantities: Mapping[str, float]) -> float | None:
        """The metric's value in its base unit, or None where nothing finite was measured."""
        value = measured(self.quantity, quantities)
        divisor = measured(self.per, quantities) if self.per else 1.0
        if value is None or not divisor:
            return None
        value = value / divisor * self.times
        return value if isfinite(value) else None


def measured(name: str, quantities: Mapping[str, float]) -> float | None:
    """A quantity of a run, None where it was not measured.

    Requests to the API server are all counted, so those of a kind that there is none of are 0.
    """
    counted = name.startswith("api.requests.") and "api.requests" in quantities
    return quantities.get(name, 0.0 if counted else None)


def values(
    sources: Mapping[str, MetricSource], quantities: Mapping[str, float]
) -> dict[str, float]:
    """A run's values by metric. A metric whose quantities were not measured has no value."""
    found = {metric: source.value(quantities) for metric, source in sources.items()}
    return {metric: value for metric, value in found.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class CasePlan:
    """One case, ready to run: its metrics and objectives, its times, and its bound workload.

    `workload` is the scenario with every `${axis}` replaced: plain data of the shape
    `loadstone.formats.Workload`, kept plain so that a saved plan stays readable when it grows.
    """

    case: Case
    metrics: Sequence[Metric]
    objectives: Sequence[Objective] = ()
    warmup: float = 0.0  # s
    window: float = 0.0  # s; 0: as long as the steps take
    estimate: float = 0.0  # s a run is expected to take, start and stop included
    scale: Mapping[str, float] = field(default_factory=dict)  # axis → factor on its full size
    workload: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, MetricSource] = field(default_factory=dict)  # by metric: see `values`
    role: str = ""  # which components the scenario fits
    notes: Sequence[Note] = ()  # what was decided for this case, such as a metric not gated
    design: Design = Design.SOLO
    because: str = ""  # why this design, in the words of the scenario
    solo: float = 0.0  # share of the rounds of a mixed case that are solo, for absolute values

    def design_of(self, round: int) -> Design:  # noqa: A002
        """The design of a round, from 1: the last of every 1 / `solo` rounds is solo."""
        if self.design is Design.SOLO:
            return Design.SOLO
        alone = self._alone(round) > self._alone(round - 1)
        return Design.SOLO if alone else Design.MIXED

    def turn(self, round: int) -> int:  # noqa: A002
        """The number of a round among those of the case that have its design, from 1."""
        if self.design_of(round) is self.design:
            return round - self._alone(round)
        return self._alone(round)

    def _alone(self, rounds: int) -> int:
        """How many of the first rounds of a mixed case are solo."""
        return int(rounds * self.solo + _ROUNDING) if self.design is Design.MIXED else 0


class Goal(StrEnum):
    """The question to the judge: find changes, or certify that none is beyond the margin."""

    DETECT = "detect"
    CERTIFY = "certify"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The policy of the judge: how it may spend rounds and errors.

    `alpha`: chance that a report on two equal revisions flags anything. `looks`: rounds per case at
    which it may stop, rising. `power`: of the detectable change. `budget`: seconds of measuring,
    None for no bound. `certain`: an inconclusive gated row fails the run (exit code 4).
    """

    alpha: float = 0.05
    looks: Sequence[int] = (4, 6, 8, 10, 12)
    power: float = 0.8
    goal: Goal = Goal.DETECT
    budget: float | None = None
    certain: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """The bounds of a search for a redline: sizes of one axis, rising, in its unit.

    Every size is run `least` to `most` times on each of `sides`; neighbours are about a factor of
    1 + `precision` apart. The plan has a case for every size.
    """

    axis: str
    unit: str
    sizes: Sequence[float]
    precision: float
    least: int
    most: int
    sides: Sequence[Side] = tuple(Side)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One of the machines that share the cases of a plan: its number, from 1, of how many."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a session: everything that is decided before the first run.

    `scenarios`, `asked` (the component), `selected` (a glob over case names) and `config` (the file
    that was named, "" for none) are the words of whoever asked, names or paths, from which
    `component` and `cases` were found.
    """

    component: str
    provider: str
    tier: str
    base: Revision
    head: Revision
    cases: Sequence[CasePlan]
    policy: Policy
    seed: int
    created: str = ""  # RFC 3339, UTC
    scenarios: Sequence[str] = ()
    asked: str = ""
    selected: str = "*"
    config: str = ""
    generator: str = ""  # what sends the load
    search: Search | None = None  # of a search for a redline, which judges no changes
    commits: Commits | None = None  # between base and head, where both are commits and Git knows
    shard: Shard | None = None  # which of the cases are measured here; the plan is of all
    processes: Sequence[str] = ()  # the names of a component's processes, where it has several
    place: str = PROCESSES  # where the component runs, one of `PLACES`

    def mixed(self, round: int) -> frozenset[str]:  # noqa: A002
        """The cases whose two sides are measured at once in a round."""
        return frozenset(
            case.case.name for case in self.cases if case.design_of(round) is Design.MIXED
        )


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One run that is due: the case, the side, the round and the place in the session.

    The two slots of a mixed pair are done at once; the one with the lower order starts first.
    """

    case: str
    side: Side
    round: int
    order: int
    design: Design = Design.SOLO
    lane: int = 0  # of a mixed pair, see `Run`
