"""What a report says, before any format: one value that every renderer shows.

All texts are one plain line each (see `plain`), numbers are already worded (see `units`). Renderers
choose what to show and escape it; they decide nothing, so they can never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadstone.model import Comparison, Growth, ProfileDiff, Record, Shape, Verdict
from loadstone.report.common.commits import Between


class Tone(StrEnum):
    """How a line should feel: what a colour or a mark stands for."""

    GOOD = "good"
    BAD = "bad"
    CALM = "calm"
    UNSURE = "unsure"
    VOID = "void"  # no trustworthy number


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
class ReportRow:
    """One metric of one case (`case` "" : of all cases), base against head."""

    case: str
    short: str  # the case by what tells it from the others
    metric: str
    title: str
    tone: Tone
    verdict: Verdict
    says: str  # the verdict in a word or two
    base: str
    head: str
    change: str  # ▲ +3.1 % [+1.9, +4.2]
    difference: str
    sees: str  # the change that would have been seen: ≥ 3 %, any, –, or "" when not known
    margin: str
    better: str  # less is better
    gated: bool
    pairs: int
    notes: Sequence[str]  # of this row alone
    case_notes: Sequence[str]  # of its whole case: said once, not at every row
    comparison: Comparison


@dataclass(frozen=True, kw_only=True)
class UnchangedRows:
    """Unchanged rows of one metric, summed up."""

    title: str
    cases: str  # 3 cases
    span: str  # −0.9 % to +1.2 %
    margin: str  # 5 %
    sees: str  # of the least precise case, in the same words


@dataclass(frozen=True, kw_only=True)
class ShapeRow:
    """How one metric grows with one axis, base against head."""

    scenario: str
    sweep: str  # ingress-config over ingresses (changes=40)
    axis: str
    fixed: str  # what else the cases have, such as changes=40
    sizes: str  # 200 to 1,000 (3 sizes)
    metric: str
    title: str
    tone: Tone
    verdict: Verdict
    says: str
    base: str  # its exponent
    head: str
    base_range: str  # [1.02, 1.10]
    head_range: str
    change: str  # ▲ +0.25 [+0.21, +0.29]
    largest: str  # the change at the largest size
    lines: str  # whether it is a straight line in size; "" where nobody asks
    gated: bool  # its metric gates, and a row of it was flagged
    told: bool  # worth a line of its own
    notes: Sequence[str]
    shape: Shape


@dataclass(frozen=True, kw_only=True)
class GrowthRow:
    """How fast one series of one case grows inside a run, base against head."""

    case: str
    short: str
    series: str
    title: str
    tone: Tone
    verdict: Verdict
    says: str
    base: str  # 1.2 KiB/s
    head: str
    base_range: str  # 1.2 KiB/s [1.1, 1.3]
    head_range: str
    change: str
    gated: bool
    told: bool
    both: bool  # it surely grows on both sides
    notes: Sequence[str]
    growth: Growth


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


@dataclass(frozen=True, kw_only=True)
class InvalidRuns:
    """Runs of one case that were measured and do not count, or in part, for one reason."""

    case: str
    short: str
    runs: str  # 7 runs (base rounds 2–8), or: the latencies of 7 runs (base rounds 2–8)
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProfileLine:
    """One function of a profile diff."""

    function: str
    base: str  # share of its profile
    head: str
    delta: str  # per run, with its interval


@dataclass(frozen=True, kw_only=True)
class ProfileTable:
    """The functions of one case and kind of profile that changed most."""

    case: str
    short: str
    kind: str
    note: str
    lines: Sequence[ProfileLine]
    diff: ProfileDiff


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A name and what it is."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Something that is known of each revision."""

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
class GridCell:
    """One case and metric in a grid."""

    tone: Tone
    says: str  # the verdict in a word or two
    gated: bool
    about: str  # peak RSS, body=600: improvement, ▼ −37 %


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """One case in a grid ("" : all of them); None where it lacks the metric."""

    case: str
    short: str
    cells: Sequence[GridCell | None]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Cases and metrics at a glance."""

    metrics: Sequence[str]
    lines: Sequence[GridLine]
    left_out: int  # cases


@dataclass(frozen=True, kw_only=True)
class Settling:
    """What would settle some rows, and the command that does it ("" where none can)."""

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
    commits: Between | None  # from base to head
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
    scaling: Scaling
    needs: Sequence[Settling]
    left_out: str  # 3 rows, 2 runs, parts of 5 runs; "" where everything counts
    unjudged: Sequence[UnjudgedMetrics]  # the invalid rows, by case
    void: Sequence[InvalidRuns]  # the invalid runs, by case and reason
    warnings: Sequence[str]  # of cases, environment, runs and the comparison, each once
    noted: Sequence[str]  # of rows that changed
    quiet: Sequence[str]  # of rows that did not change
    ungated: Sequence[str]  # metrics that gate elsewhere and not in these cases, and why
    looks: Sequence[str]
    profiles: Sequence[ProfileTable]
    setups: Sequence[CaseSetup]
    revisions: Sequence[Sides]
    environment: Sequence[Fact]
    tools: Sequence[Fact]
    command: str
    footer: Sequence[str]
    marker: str  # key=value pairs for whoever looks for this report again
    record: Record
