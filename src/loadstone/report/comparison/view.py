"""The view of a comparison: one value with all that its report says, which every renderer shows.

All texts are one plain line each (see `plain`), numbers are already worded (see `units`). Renderers
choose what to show and escape it; they decide nothing, so they can never disagree.

Formats that pick rows and words for themselves drift apart, and a reader who finds two answers
trusts neither. Pictures need the runs, and take them through the rows of the view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Record
from loadstone.report.common.commits import CommitRange
from loadstone.report.common.facts import Fact
from loadstone.report.common.rows import GrowthRow, ProfileTable, ReportRow, ShapeRow
from loadstone.report.common.tones import Tone
from loadstone.report.comparison.grid import Grid


@dataclass(frozen=True, kw_only=True)
class Chip:
    """How many rows have one verdict."""

    tone: Tone
    text: str  # 2 regressions


@dataclass(frozen=True, kw_only=True)
class Group:
    """The rows of one metric that changed, over all cases first."""

    title: str
    better: str
    margin: str
    rows: Sequence[ReportRow]


@dataclass(frozen=True, kw_only=True)
class UnchangedRows:
    """Unchanged rows of one metric, summed up."""

    title: str
    cases: str  # 3 cases
    span: str  # −0.9 % to +1.2 %
    margin: str  # 5 %
    sees: str  # of the least precise case, in the same words


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Cost over sizes and growth in time: every row, and each in a line ("": there is nothing)."""

    shapes: Sequence[ShapeRow]
    growth: Sequence[GrowthRow]
    sizes_line: str
    growth_line: str
    lead: Sequence[str]  # of gated shapes that changed, for the headline

    @property
    def told_shapes(self) -> Sequence[ShapeRow]:
        return [row for row in self.shapes if row.told]

    @property
    def told_growth(self) -> Sequence[GrowthRow]:
        return [row for row in self.growth if row.told]


@dataclass(frozen=True, kw_only=True)
class ObjectiveRow:
    """An absolute bound and how one side stands to it."""

    case: str
    short: str
    metric: str
    title: str
    side: str
    revision: str
    bound: str  # ≤ 30 ms
    value: str
    tone: Tone
    says: str
    other: str  # what the other side measured, "" when it was not asked
    other_tone: Tone | None
    why: str  # why it is not decided, "" where that is for want of rounds


@dataclass(frozen=True, kw_only=True)
class LevelRow:
    """The level of one side of a mixed case, alone and in pairs."""

    case: str
    short: str
    title: str
    side: str
    solo: str
    mixed: str
    apart: str  # by how much pairs differ from solo rounds, with its interval
    coupled: bool  # beyond noise


@dataclass(frozen=True, kw_only=True)
class InvalidRuns:
    """Runs of one case that were measured and do not count, or in part, for one reason."""

    case: str
    short: str
    runs: str  # 7 runs (base rounds 2–8), or: the latencies of 7 runs (base rounds 2–8)
    reason: str


@dataclass(frozen=True, kw_only=True)
class RevisionFact:
    """A fact that is known of both revisions."""

    name: str
    base: str
    head: str


@dataclass(frozen=True, kw_only=True)
class UnjudgedMetrics:
    """Metrics of one case without a trustworthy number."""

    case: str
    short: str
    metrics: str
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class CaseSetup:
    """The configuration of one case, beside its results."""

    case: str
    short: str
    axes: Sequence[Fact]
    window: str
    metrics: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A way to settle some rows: what it takes, and the command that does it ("": none can)."""

    what: str  # 2 more rounds of ingress-config, about 23 s
    command: str


@dataclass(frozen=True, kw_only=True)
class ComparisonView:
    """A whole report. Sequences are in the order in which they are shown."""

    title: str  # traefik 3.7.15 against 3.7.10
    component: str
    base: str
    head: str
    tone: Tone
    says: str  # the verdict in a word or two
    headline: str  # what changed
    sure: str  # how sure, and what was detectable
    tally: str  # 2 regressions · 1 improvement · 40 unchanged
    chips: Sequence[Chip]  # the same, one by one
    judged: bool
    first: bool  # the head alone was measured, and there was nothing to compare it with
    commits: CommitRange | None  # from base to head
    grid: Grid | None
    suite: Sequence[ReportRow]
    changed: Sequence[ReportRow]
    groups: Sequence[Group]  # the changed, by metric
    unchanged: Sequence[ReportRow]
    steady: Sequence[UnchangedRows]  # the unchanged, by metric
    inconclusive: Sequence[ReportRow]
    invalid: Sequence[ReportRow]
    unmeasured: Sequence[str]  # what has no value on either side, in words
    missed: Sequence[ObjectiveRow]
    objectives: Sequence[ObjectiveRow]
    levels: Sequence[LevelRow]  # of mixed cases
    scaling: Scaling
    needs: Sequence[Remedy]
    left_out: str  # 3 rows, 2 runs, parts of 5 runs; "" where everything counts
    unjudged: Sequence[UnjudgedMetrics]  # the invalid rows, by case
    void: Sequence[InvalidRuns]  # the invalid runs, by case and reason
    warnings: Sequence[str]  # of cases, environment, runs and the comparison, each once
    noted: Sequence[str]  # of rows that changed
    quiet: Sequence[str]  # of rows that did not change
    ungated: Sequence[str]  # metrics that gate elsewhere and not in these cases, and why
    looks: Sequence[str]
    profiles: Sequence[ProfileTable]
    where: Sequence[str]  # what changed is, by the profiles, or that none says why
    setups: Sequence[CaseSetup]
    revisions: Sequence[RevisionFact]
    environment: Sequence[Fact]
    tools: Sequence[Fact]
    command: str
    footer: Sequence[str]
    record: Record
