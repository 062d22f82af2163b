"""Judgements: comparisons, objectives, shapes and growth, with the verdict of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from loadstone.model.audit import LaneBias
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
class Adjustment:
    """A row read beside a control variate: what both sides were given by a neighbour of theirs.

    `variate` is a measured quantity, `per` what it is divided by; `coefficient` is the part of its
    log-ratio that was taken off each pair. `moved`: the variate's own change over the same pairs.
    `refused`: the variate itself changed beyond noise, or nobody can say, so that nothing is taken
    off and there is no `change`. `p` as of the raw row, of what is left.
    """

    variate: str
    per: str = ""
    n: int = 0  # pairs with both
    coefficient: float = 0.0
    moved: Interval | None = None
    refused: bool = False
    change: Interval | None = None
    p: float | None = None
    ratios: Sequence[float] = ()  # what is left of each pair, as log-ratios, in the order of …
    rounds: Sequence[int] = ()  # … these rounds


FEW_PAIRS = "few-pairs"  # why a row shows nothing: no order of so few pairs is unlikely enough


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
    adjusted: Adjustment | None = None  # of a solo row; it is shown beside the row and never gates

    @property
    def beyond_noise(self) -> bool:
        """Whether it was tested and told from noise, by however little it changed."""
        return self.p is not None and self.threshold is not None and self.p <= self.threshold

    @property
    def blind(self) -> bool:
        """Whether so few pairs cannot show any change, however large, and none is excluded."""
        few = self.n == 1 or any(each.code == FEW_PAIRS for each in self.warnings)
        return self.verdict is Verdict.INCONCLUSIVE and few


@dataclass(frozen=True, kw_only=True)
class Percentile:
    """One percentile of one latency of one case, base against head, whether or not it changed.

    `latency` is the name of a histogram (`latency`, `propagation`), `point` one of p50, p90, p99
    and p999. Where a `metric` of the case is this percentile, these are the numbers of its row,
    with the `verdict` on it; else that is None, and the interval is of the paired rounds alone.
    """

    case: str
    latency: str
    point: str
    base: Summary | None = None
    head: Summary | None = None
    change: Interval | None = None
    metric: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveResult:
    """An absolute bound held against one side: met, missed, or not decided by these rounds.

    Of a mixed case it is held against the solo rounds alone. `reasons`: why it is not decided.
    """

    case: str
    metric: Metric
    objective: Objective
    side: Side
    verdict: str  # met, missed, inconclusive, invalid
    value: float | None = None
    low: float | None = None  # interval of the value, in the unit
    high: float | None = None
    reasons: Sequence[Note] = ()


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


@dataclass(frozen=True, kw_only=True)
class DesignLevel:
    """The level of one side of a mixed case: alone with the machine, and beside the other side.

    `solo` and `mixed` are geometric means over rounds, in the metric's unit. `ratio`: by how much
    mixed rounds differ from the solo ones next to them, with its interval. `coupled`: they differ
    beyond noise, so that what was measured in pairs is not what the program does alone.
    """

    case: str
    metric: Metric
    side: Side
    solo: Estimate | None = None
    mixed: Estimate | None = None
    ratio: Interval | None = None
    coupled: bool = False


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
    levels: Sequence[DesignLevel] = ()  # of mixed cases
    lanes: Sequence[LaneBias] = ()  # of this session's mixed pairs, by metric
    profiling: Sequence[Comparison] = ()  # rounds with profiles, as head, against those without
    alpha: float = 0.05
    spent: float = 0.0
    looks: Sequence[Look] = ()
    needs: Sequence[Need] = ()
    warnings: Sequence[Note] = ()
    policy: Policy = field(default_factory=Policy)

    @property
    def blind(self) -> Sequence[Comparison]:
        """The gated rows that had too few pairs to show any change."""
        return [row for row in self.comparisons if row.metric.gated and row.blind]

    @property
    def found(self) -> int:
        """The number of gated rows that are flagged."""
        flagged = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
        rows = (*self.comparisons, *self.suite)
        return sum(row.metric.gated and row.verdict in flagged for row in rows)
