"""Rows of a comparison in words, as tables and pictures show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Comparison, Growth, ProfileDiff, Shape, Verdict
from loadstone.report.common.tones import Tone


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
class CostInside:
    """What a function costs a side with all that it calls."""

    base: str
    head: str


@dataclass(frozen=True, kw_only=True)
class ProfileLine:
    """One function of a profile diff."""

    function: str
    base: str  # its own cost, for each unit of work; of older records, its share of the profile
    head: str
    delta: str  # of its own cost, with the interval
    total: str  # of its cost with all that it calls, "" where not known
    about: str  # for what it was, whose it is, where, who called it
    moved: bool  # beyond noise
    by_calls: CostInside | None = None  # where what it calls changed, and not it itself


@dataclass(frozen=True, kw_only=True)
class ProfileTable:
    """The functions of one case and kind of profile that changed most."""

    case: str
    short: str
    kind: str
    unit: str  # of work: request, reload, run
    lead: str  # what changed, in one line; "" where nobody judged it
    way: int  # 1 or −1 as the function of that line costs more or less, 0 without one
    note: str
    lines: Sequence[ProfileLine]
    diff: ProfileDiff
