"""Judgements: comparisons, objectives, shapes and growth, with the verdict of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from loadstone.model.plan import Policy
from loadstone.model.values import Metric, Note, Objective, Scalar, Side


class Verdict(StrEnum):
    """The verdict on one case and metric, on a suite row, or on a whole report."""

    REGRESSION = "regression"
    IMPROVEMENT = "improvement"
    UNCHANGED = "unchanged"  # no change beyond the margin, with confidence
    INCONCLUSIVE = "inconclusive"  # more rounds could settle it
    INVALID = "invalid"  # no trustworthy number


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One side's sample of one metric: per-run values, base unit, in the order of rounds."""

    n: int
    center: float
    low: float  # smallest
    high: float  # largest


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A relative change (−0.37: head is 37 % less) with the interval that covers it at `level`."""

    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Base against head for one case and metric.

    `case` is "" in a suite row, which speaks of one metric over all its cases. `detectable`: the
    smallest relative change that this sample would have shown with the policy's power. `p`: as
    used, after every correction but the report-wide one; `threshold`: what p was held against.
    """

    case: str
    metric: Metric
    verdict: Verdict
    n: int = 0  # pairs judged
    base: Summary | None = None
    head: Summary | None = None
    change: Interval | None = None
    difference: float | None = None  # head − base of the centers, in the unit
    detectable: float | None = None
    p: float | None = None
    threshold: float | None = None
    method: str = ""  # paired-t, moderated, exact, conditional, …
    warnings: Sequence[Note] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)  # what `loadstone explain` shows


@dataclass(frozen=True, kw_only=True)
class ObjectiveResult:
    """An absolute bound held against one side: met, missed, or not decided by these rounds."""

    case: str
    metric: Metric
    objective: Objective
    side: Side
    verdict: str  # met, missed, inconclusive, invalid
    value: float | None = None
    low: float | None = None  # interval of the value, in the unit
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean over rounds, in its own unit (an exponent, By/s), with the interval that covers it."""

    n: int  # rounds
    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Linearity:
    """Whether a cost is a straight line in size.

    `r2`: share of the variance of the sizes' means that a line explains. `bend`: by how much the
    middle lies below the line between the ends, as a share of the rise; positive where cost rises
    faster and faster. `straight` is None where the rounds do not decide.
    """

    r2: float
    bend: Estimate | None = None
    straight: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One metric over the sizes of one axis: cost grows like size to the power of an exponent.

    `cases` of one `scenario`, by rising `sizes` of `axis`; what else they have is `fixed`. `base`,
    `head`: exponents; `difference`: head − base of them; `largest`: the change at the largest size.
    A regression rose and costs more at the largest size. `follows`: one of the cases was flagged
    for this metric, and the shape says what kind of change that is. A shape itself never gates.
    """

    scenario: str
    axis: str
    fixed: Mapping[str, Scalar] = field(default_factory=dict)
    sizes: Sequence[float]
    cases: Sequence[str]
    metric: Metric
    verdict: Verdict
    base: Estimate | None = None
    head: Estimate | None = None
    difference: Estimate | None = None
    largest: Interval | None = None
    base_line: Linearity | None = None
    head_line: Linearity | None = None
    follows: bool = False
    p: float | None = None
    threshold: float | None = None
    warnings: Sequence[Note] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """One series of one case over the time of a run: slopes in the metric's unit (per second).

    `series` is a name in `Run.series`. `difference`: head − base of the slopes. `growing`: by side,
    whether the slope is surely above 0 and at least the metric's minimum; None if not known.
    `row`: the slope is a metric of the scenario too, and its row, not this, gates and decides.
    """

    case: str
    series: str
    metric: Metric
    verdict: Verdict
    base: Estimate | None = None
    head: Estimate | None = None
    difference: Estimate | None = None
    growing: Mapping[str, bool | None] = field(default_factory=dict)
    row: bool = False
    p: float | None = None
    threshold: float | None = None
    warnings: Sequence[Note] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Need:
    """The rounds of these cases that would settle what is inconclusive."""

    cases: Sequence[str]
    rounds: int
    seconds: float


FAILED_ALIKE = "failed-alike"  # why a look was the last: base and head fail for one reason
MORE = "more"  # why a look went on: somebody asked for rounds that were not planned


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the data: how many rounds were in, what was open, and what was decided."""

    rounds: int
    alpha: float  # spent up to here
    open: Sequence[str]  # cases that go on
    found: int  # flagged rows
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The whole comparison: a verdict for the report, its rows, and what it cost."""

    verdict: Verdict
    comparisons: Sequence[Comparison]
    suite: Sequence[Comparison] = ()
    objectives: Sequence[ObjectiveResult] = ()
    shapes: Sequence[Shape] = ()  # cost over sizes
    growth: Sequence[Growth] = ()  # in the time of a run
    alpha: float = 0.05
    spent: float = 0.0
    looks: Sequence[Look] = ()
    needs: Sequence[Need] = ()
    warnings: Sequence[Note] = ()
    policy: Policy = field(default_factory=Policy)

    @property
    def found(self) -> int:
        """The number of gated rows that are flagged."""
        flagged = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
        rows = (*self.comparisons, *self.suite)
        return sum(row.metric.gated and row.verdict in flagged for row in rows)
