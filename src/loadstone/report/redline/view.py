"""The view of a search: one value with all that its report says, which every renderer shows.

As in `loadstone.report.comparison.view`, all texts are one plain line each, numbers worded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import RedlineRecord
from loadstone.report.common.commits import CommitRange
from loadstone.report.common.facts import Fact
from loadstone.report.common.tones import Tone


@dataclass(frozen=True, kw_only=True)
class SideRow:
    """One side's redline."""

    side: str
    revision: str
    redline: str  # 4,200/s, ≥ 8,000/s, < 125/s, –
    met: str  # the largest size that met, or a dash
    missed: str  # the smallest size that missed, or a dash
    runs: str  # 31 runs of 8 sizes
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class SizeRow:
    """One size on one side."""

    side: str
    size: str
    tone: Tone
    says: str  # met, missed, undecided, open
    runs: str
    worst: str  # p99 latency 12.3 ms, ×0.41 of the bound (0.38 to 0.47)
    note: str  # runs that failed or say nothing, and why


@dataclass(frozen=True, kw_only=True)
class RedlineView:
    """A whole report. Sequences are in the order in which they are shown."""

    title: str
    component: str
    base: str  # "" where one revision was searched alone
    head: str
    tone: Tone
    says: str
    headline: str
    sure: str
    commits: CommitRange | None  # from base to head
    sides: Sequence[SideRow]
    open: Sequence[str]  # what is left undecided, and what would settle it
    steps: Sequence[SizeRow]
    setup: Sequence[Fact]
    revisions: Sequence[tuple[str, Sequence[Fact]]]
    environment: Sequence[Fact]
    warnings: Sequence[str]
    command: str
    footer: Sequence[str]
    record: RedlineRecord
