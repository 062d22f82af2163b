"""The view of series: all that their report says. All texts are plain lines (see `plain`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model.series import Series
from loadstone.report.common.facts import Fact
from loadstone.report.common.tones import Tone


@dataclass(frozen=True, kw_only=True)
class ChangePointRow:
    """One change point of one metric and case (`case` "": over all cases)."""

    case: str
    short: str
    title: str
    tone: Tone
    says: str  # regression, improvement, changed
    before: str
    after: str
    change: str  # ▲ +3.1 % [+1.9, +4.2]
    chance: str  # 1 in 2,500 by chance, certain
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ChangeGroup:
    """The change points between the same two revisions."""

    between: str  # 3.7.10 and 3.7.12
    when: str  # 2026-11-22 07:51, when the later one was measured
    surely: str  # what is known with 95 %, where that is wider; or ""
    commits: str  # abc..def, where they are known and the revisions are not called so
    lines: Sequence[ChangePointRow]


@dataclass(frozen=True, kw_only=True)
class Section:
    """Change points of one kind, the newest first."""

    title: str
    about: str
    tone: Tone
    stops: Sequence[ChangeGroup]


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One record of a series."""

    revision: str
    when: str
    key: str


@dataclass(frozen=True, kw_only=True)
class SeriesView:
    """One series. Sequences are in the order in which they are shown."""

    title: str  # traefik: ingress-config
    tone: Tone
    says: str
    headline: str
    sure: str
    sections: Sequence[Section]
    notes: Sequence[str]
    refused: Sequence[str]
    records: Sequence[RecordRow]  # the newest first
    facts: Sequence[Fact]
    footer: Sequence[str]
    series: Series


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A whole report."""

    title: str
    tone: Tone
    says: str
    headline: str
    views: Sequence[SeriesView]
