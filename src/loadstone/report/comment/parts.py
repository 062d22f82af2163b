"""Parts of a comment: texts that are open, and folds that may be shortened or left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from loadstone.report.common import units
from loadstone.report.common.escape import Safe, text
from loadstone.report.common.markdown_table import table

ALL = 1_000_000  # rows: no bound


class FoldKind(StrEnum):
    """A kind of fold, by what it holds, in the order in which they are left out."""

    SETUP = "configuration and environment"
    NOTES = "notes on rows that did not change"
    UNCHANGED = "unchanged rows"
    EARLIER = "earlier results"
    COMMITS = "commits"
    WARNINGS = "warnings"
    MET = "objectives that are met"
    SCALING = "cost against size, and growth in time"
    INCONCLUSIVE = "inconclusive rows"
    NOT_MEASURED = "what was not measured"
    PROFILES = "profile diffs"
    ACCEPTED = "accepted changes"
    LATENCIES = "percentiles by case"
    CHANGED = "rows of what changed"
    COMMANDS = "commands"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table of which the last rows may be left out; `noun` is what they are called then."""

    header: Sequence[str]
    rows: Sequence[Sequence[Safe]]
    numbers: Collection[int] = ()  # columns that are right-aligned
    noun: str = "row"

    def text(self, most: int) -> Safe:
        """At most so many rows, and how many are left out."""
        if not self.rows:
            return Safe()
        shown = table(self.header, self.rows[:most], numbers=self.numbers)
        return Safe(shown + _left_out(len(self.rows) - most, self.noun))


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A list of which the last lines may be left out."""

    lines: Sequence[Safe]
    noun: str = "line"

    def text(self, most: int) -> Safe:
        """At most so many lines, and how many are left out."""
        shown = "\n".join(f"- {line}" for line in self.lines[:most])
        return Safe(shown + _left_out(len(self.lines) - most, self.noun) if shown else "")


Block = Safe | Rows | Lines


@dataclass(frozen=True, kw_only=True)
class Fold:
    """A part of a comment that unfolds. A fold without anything in it is no part of the text."""

    kind: FoldKind
    summary: Safe
    blocks: Sequence[Block]

    def text(self, most: int) -> Safe:
        """The fold with at most so many rows in each of its tables and lists; "" for none."""
        inside = [_block(block, most) for block in self.blocks]
        body = "\n\n".join(block for block in inside if block)
        if not body or most <= 0:
            return Safe()
        return Safe(f"<details><summary>{self.summary}</summary>\n\n{body}\n\n</details>")


@dataclass(frozen=True, kw_only=True)
class SectionText:
    """All that a comment says of one component, before it is fitted into its room.

    `pieces` are in the order in which they are read; `foot` is its small print.
    """

    title: Safe  # without the signs of a heading
    lead: Safe  # the one sentence that matters
    pieces: Sequence[Safe | Fold] = ()
    foot: Safe = field(default_factory=Safe)
    rank: int = 0  # the least is read first


def joined(parts: Sequence[Safe]) -> Safe:
    """Paragraphs."""
    return Safe("\n\n".join(part for part in parts if part))


def _block(block: Block, most: int) -> Safe:
    return block if isinstance(block, Safe) else block.text(most)


def _left_out(number: int, noun: str) -> str:
    if number <= 0:
        return ""
    return f"\n\n{text(units.count(number, f'more {noun}'))} left out here."
