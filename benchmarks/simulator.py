"""Reports from a simulated cluster: a model of the noise, with the truth beside it.

One report is a suite of cases × metrics × rounds, measured on both sides in the order the planner
uses (both sides of a case next to each other, in random order). The logarithm of a value is a sum:

    level + machine + drift + neighbour + start-up + mode + order + run noise + bias + effect

where bias and effect are head's alone.

- *machine*: one factor for the whole session; other sessions have other machines.
- *drift*: a random walk over the session, shared by all cases and felt by both sides of a pair.
- *neighbour*: a round in which something else uses the machine; one side may feel more of it.
- *start-up*: a run that fell into a slow mode of its component and stays in it.
- *order*: the second run of a pair, and the first round of a session, are a little slower.
- *run noise*: Student-t, correlated between the metrics of a run; each case and metric has a scale.
- *mode*: a component that falls into a fast or a slow mode for a whole run.
- *bias*: what survives the rounds though nothing changed, such as a build's layout.

What a simple model leaves out is a number of `Suite` that is 0 unless a setting asks for it:
`layout`, `deployed`, `placed`, `blocked`, `modes`, `chained`, `uneven`, `lopsided`.

Everything is drawn from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from loadstone.model import Case, CasePlan, Design, Direction, Metric
from loadstone.stats.common.samples import Floats, Samples


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One metric of the suite: its run-to-run noise (log sd), margin, and what it shares."""

    name: str
    noise: float
    margin: float
    shared: float  # correlation of its run noise with the other metrics' of the same run
    tail: bool = False
    group: str = "latency"
    direction: Direction = Direction.LOWER
    unit: str = "s"
    lasts: float = 1.0  # factor on what a layout or a placement does to it


KINDS = (
    Kind(name="p50", noise=0.065, margin=0.05, shared=0.85),
    Kind(name="p90", noise=0.09, margin=0.10, shared=0.9),
    Kind(name="p99", noise=0.16, margin=0.15, shared=0.8, tail=True),
    Kind(name="p99.9", noise=0.30, margin=0.20, shared=0.65, tail=True),
    Kind(
        name="throughput",
        noise=0.055,
        margin=0.05,
        shared=-0.8,
        group="throughput",
        direction=Direction.HIGHER,
    ),
    Kind(name="cpu", noise=0.07, margin=0.05, shared=0.7, group="resource"),
    Kind(name="rss", noise=0.035, margin=0.03, shared=0.4, group="resource"),
    Kind(name="heap", noise=0.11, margin=0.10, shared=0.4, group="resource"),
)


# Pairs measured at once: the noise of a side is that of a pair over √2, where a pair has 1.5 % in
# CPU time, 1 % in the median and 0.5 % in allocations. No layout moves what is allocated.
_AMOUNT = Kind(name="", noise=0.0035, margin=0.005, shared=0.1, group="resource", lasts=0.1)
MIXED = (
    Kind(name="p50", noise=0.007, margin=0.01, shared=0.5),
    Kind(name="p90", noise=0.02, margin=0.03, shared=0.6),
    Kind(name="p99", noise=0.13, margin=0.15, shared=0.5, tail=True),
    Kind(name="cpu", noise=0.0106, margin=0.01, shared=0.5, group="resource"),
    replace(_AMOUNT, name="allocations", unit="1"),
    replace(_AMOUNT, name="allocated", unit="By"),
    replace(_AMOUNT, name="rss", unit="By", noise=0.02, margin=0.03),
    replace(_AMOUNT, name="heap", unit="By", noise=0.05, margin=0.10),
)


BLOCKED = 10.0  # a run is so much shorter than a round of all cases: so much less it drifts


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The size of the reports and the size of each kind of noise."""

    cases: int = 12
    metrics: int = 8
    kinds_of: Sequence[Kind] = KINDS
    design: Design = Design.SOLO
    rounds: int = 12
    noise: float = 1.0  # factor on the run noise
    tails: float = 4.0  # degrees of freedom of the run noise
    case_spread: float = 0.3  # log sd of the noise scale between cases
    row_spread: float = 0.35  # and between the rows of a case
    today: float = 0.20  # log sd of the noise level between reports
    machine: float = 0.08
    drift: float = 0.08  # log sd of a round's step
    outliers: float = 0.08  # chance that a neighbour disturbs a pair
    startup: float = 0.02  # chance that a run starts in the slow mode
    order: float = 0.005
    missing: float = 0.0
    related: float = 1.0  # factor on how much the metrics of a run share
    layout: float = 0.0  # log sd of a case's bias, which its rounds do not reduce
    deployed: float = 0.0  # share of the run noise's variance that is drawn once for each side
    placed: float = 0.0  # log sd of what a side's placement does to all of its cases
    blocked: bool = False  # all runs of base come before all runs of head
    modes: float = 0.0  # log size of the slow mode that one run in three is in
    chained: float = 0.0  # correlation of a pair with the one before it
    uneven: float = 0.0  # log sd of the noise scale between rounds
    lopsided: float = 1.0  # factor on head's noise
    seed: int = 7  # of what does not change between reports: levels and scales

    @property
    def kinds(self) -> list[Kind]:
        """The suite's metrics: those of its kind, again with a number beyond them."""
        found = []
        for number in range(self.metrics):
            again, place = divmod(number, len(self.kinds_of))
            kind = self.kinds_of[place]
            found.append(replace(kind, name=f"{kind.name}-{again}") if again else kind)
        return found

    def plans(self) -> list[CasePlan]:
        """The suite as plans that the judge takes."""
        metrics = [
            Metric(name=k.name, unit=k.unit, direction=k.direction, margin=k.margin, group=k.group)
            for k in self.kinds
        ]
        return [
            CasePlan(case=Case(scenario=f"case{number:02d}"), metrics=metrics, design=self.design)
            for number in range(self.cases)
        ]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What head does to a quarter of the cases: every metric, or some of them only, by `change`."""

    change: float = 0.0
    tail_only: bool = False
    share: float = 0.25
    metrics: Collection[str] = ()  # all, if empty

    def touches(self, kind: Kind) -> bool:
        named = not self.metrics or kind.name in self.metrics
        return named and (kind.tail or not self.tail_only)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Samples, and the log-ratio that is true of each row."""

    samples: Samples
    truth: Floats = field(default_factory=lambda: np.zeros(0))


def simulate(suite: Suite, effect: Effect, random: Generator) -> Report:
    """One report."""
    kinds = suite.kinds
    shape = (suite.cases, suite.metrics, suite.rounds, 2)
    fixed = np.random.default_rng(suite.seed)
    level = fixed.normal(0, 1, shape[:2])
    scale = _scales(suite, fixed) * np.exp(random.normal(0, suite.today))
    common = _session(suite, random)[:, None, :, :] * _exposure(kinds)[None, :, None, None]
    noise = _run_noise(suite, kinds, random) * scale[:, :, None, None]
    truth = _truth(suite, kinds, effect, random)
    logs = level[:, :, None, None] + common + noise
    logs[..., 1] += (truth + _bias(suite, kinds, random))[:, :, None]
    lost = random.random((suite.cases, 1, suite.rounds, 2)) < suite.missing
    values = np.where(np.broadcast_to(lost, shape), np.nan, np.exp(logs))
    flat = values.reshape(-1, suite.rounds, 2)
    plans = suite.plans()
    return Report(
        samples=Samples(
            cases=[plan.case.name for plan in plans for _ in plan.metrics],
            metrics=[metric for plan in plans for metric in plan.metrics],
            rounds=list(range(suite.rounds)),
            base=flat[:, :, 0],
            head=flat[:, :, 1],
            designs=[suite.design] * len(flat),
        ),
        truth=truth.reshape(-1),
    )


def _scales(suite: Suite, fixed: Generator) -> Floats:
    kinds = np.array([kind.noise for kind in suite.kinds])
    cases = np.exp(fixed.normal(0, suite.case_spread, suite.cases))
    rows = np.exp(fixed.normal(0, suite.row_spread, (suite.cases, suite.metrics)))
    return np.asarray(suite.noise * kinds[None, :] * cases[:, None] * rows)


def _exposure(kinds: list[Kind]) -> Floats:
    """How much each metric feels what slows the machine down."""
    return np.array([0.3 if k.group == "resource" else np.sign(k.shared) for k in kinds])


def _session(suite: Suite, random: Generator) -> Floats:
    """Cases × rounds × sides of what the machine did to each run, as log-latency."""
    shape = (suite.cases, suite.rounds, 2)
    found = random.normal(0, suite.machine) + _drift(suite, shape, random)
    struck = random.random(shape[:2]) < suite.outliers
    size = np.where(struck, random.exponential(0.4, shape[:2]), 0.0)
    felt = np.where(random.random(shape) < 0.5, 1.0, random.random(shape))
    slow = np.where(random.random(shape) < suite.startup, 0.12, 0.0)
    if suite.modes:
        slow = slow + np.where(random.random(shape) < 1 / 3, suite.modes, 0.0)
    second = random.permuted(np.broadcast_to(np.array([0.0, suite.order]), shape), axis=2)
    first = np.where(np.arange(suite.rounds) == 0, 0.01, 0.0)[None, :, None]
    return np.asarray(found + size[:, :, None] * felt + slow + second + first)


def _drift(suite: Suite, shape: tuple[int, int, int], random: Generator) -> Floats:
    """What the session's hours do to each run: the same to both of a pair.

    In blocked order a case's runs follow one another, and the second half of them is head's.
    """
    if suite.blocked:
        steps = random.normal(0, suite.drift / BLOCKED, (shape[0], 2 * suite.rounds))
        return np.moveaxis(np.cumsum(steps, axis=1).reshape(shape[0], 2, suite.rounds), 1, 2)
    walk = np.cumsum(random.normal(0, suite.drift, suite.rounds))
    within = random.normal(0, suite.drift / 2, shape[:2])
    return np.broadcast_to((walk[None, :] + within)[:, :, None], shape)


def _bias(suite: Suite, kinds: list[Kind], random: Generator) -> Floats:
    """Cases × metrics of what makes head differ in this session though nothing changed."""
    found = np.zeros((suite.cases, 1))
    if suite.layout:
        found = found + random.normal(0, suite.layout, (suite.cases, 1))
    if suite.placed:
        found = found + random.normal(0, suite.placed)
    ways = [np.sign(kind.shared) * kind.lasts for kind in kinds]
    return np.asarray(found * np.array(ways)[None, :])


def _run_noise(suite: Suite, kinds: list[Kind], random: Generator) -> Floats:
    """Student-t noise of sd about 1, correlated between the metrics of a run, and what survives."""
    drawn = _independent(suite, kinds, random)
    if suite.uneven:
        drawn = drawn * np.exp(random.normal(0, suite.uneven, (suite.cases, 1, suite.rounds, 1)))
    for before, after in pairwise(range(suite.rounds)) if suite.chained else ():
        kept = suite.chained * drawn[:, :, before]
        drawn[:, :, after] = kept + np.sqrt(1 - suite.chained**2) * drawn[:, :, after]
    if lasting := suite.deployed:
        once = _independent(replace(suite, rounds=1, tails=np.inf), kinds, random)
        drawn = np.sqrt(lasting) * once + np.sqrt(1 - lasting) * drawn
    return np.asarray(drawn * np.array([1.0, suite.lopsided]))


def _independent(suite: Suite, kinds: list[Kind], random: Generator) -> Floats:
    shape = (suite.cases, 1, suite.rounds, 2)
    shared = suite.related * np.array([kind.shared for kind in kinds])[None, :, None, None]
    own = random.standard_normal((suite.cases, suite.metrics, suite.rounds, 2))
    mixed = shared * random.standard_normal(shape) + np.sqrt(1 - shared**2) * own
    if not np.isfinite(suite.tails):
        return np.asarray(mixed)
    heavy = np.sqrt(suite.tails / random.chisquare(suite.tails, shape))
    return np.asarray(mixed * heavy * np.sqrt((suite.tails - 2) / suite.tails))


def _truth(suite: Suite, kinds: list[Kind], effect: Effect, random: Generator) -> Floats:
    affected = np.zeros(suite.cases, dtype=bool)
    affected[random.permutation(suite.cases)[: max(1, round(suite.cases * effect.share))]] = True
    step = np.log1p(effect.change) * np.array(
        [np.sign(k.shared) * effect.touches(k) for k in kinds]
    )
    return np.asarray(np.where(affected[:, None], step[None, :], 0.0))
