"""What a section is told of: its state, the last result of its component, and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loadstone.model import Note
from loadstone.model.bot import BISECTION, CommentSection
from loadstone.report.comment.foot import cost
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Block, Fold, FoldKind, SectionText
from loadstone.report.comment.result import Result, RunnerMinutes
from loadstone.report.comment.section import Place, section
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison import build

_SHORT = 7  # hexadecimal digits


@dataclass(frozen=True, kw_only=True)
class SectionContext:
    """A state with what is known beside it; `result` is the last one of the component."""

    of: CommentSection
    result: Result | None
    place: Place
    asked_by: str = ""  # who asked for the measuring that waits

    @property
    def name(self) -> Safe:
        """The component, as titles have it; of a bisection that it is one."""
        component = self.of.component.removesuffix(BISECTION)
        kind = "bisection of " if component != self.of.component else ""
        return text(f"{kind}{plain(component, most=NAME)}")


def commit(sha: str) -> Safe:
    """A commit as Git shortens it."""
    return code(plain(sha[:_SHORT]))


def said(note: Note) -> Safe:
    """A note as a sentence with its full stop."""
    line = sentence(note).strip()
    return text(f"{line[:1].upper()}{line[1:].rstrip('.')}.")


def small(*lines: Safe) -> Safe:
    """Lines of small print."""
    shown = [line for line in lines if line]
    return Safe(f"<sub>{'<br>'.join(shown)}</sub>") if shown else Safe()


def sentences(parts: Sequence[Safe | str]) -> Safe:
    """One paragraph."""
    return Safe(" ".join(part for part in parts if part))


def spent(minutes: float) -> Safe:
    """What it cost, where it cost something."""
    return cost(RunnerMinutes(minutes=minutes)) if minutes else Safe()


def full(result: Result, place: Place) -> SectionText:
    """The section of a result."""
    return section(build.view(result.record), result, place)


def earlier(told: SectionContext) -> Sequence[Fold]:
    """The result before this one, folded."""
    if told.result is None:
        return []
    whole = full(told.result, replace(told.place, rows=0))
    return [
        Fold(
            kind=FoldKind.EARLIER,
            summary=Safe(f"Before that: {whole.title}"),
            blocks=[whole.lead, *_inside(whole), whole.foot],
        )
    ]


def _inside(whole: SectionText) -> Sequence[Block]:
    """What of an earlier result is worth keeping: what changed, and its percentiles."""
    kept = (FoldKind.CHANGED, FoldKind.LATENCIES)
    return [
        block
        for piece in whole.pieces
        if isinstance(piece, Fold) and piece.kind in kept
        for block in piece.blocks
    ]
