"""Profile diffs: the functions that changed beyond noise at first sight, the others folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Verdict
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Block, Fold, FoldKind, Lines, Rows
from loadstone.report.common.escape import Safe, cell, code, spans, text
from loadstone.report.common.markdown_table import table
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ProfileLine, ProfileTable, ReportRow
from loadstone.report.comparison.profile_words import distance, where
from loadstone.report.comparison.profiles import short

MOST = 10  # functions of one profile
_INSIDE = "with all that it calls"


@dataclass(frozen=True, kw_only=True)
class ProfileMoves:
    """The functions of one profile whose cost changed beyond noise."""

    of: ProfileTable
    lines: Sequence[ProfileLine]


def moved(tables: Sequence[ProfileTable], news: Sequence[ReportRow]) -> ProfileMoves | None:
    """The profile that tells most of what got worse and gates, then of what gates, then of all."""
    gated = [row for row in news if row.gated]
    worse = [row for row in gated if row.verdict is Verdict.REGRESSION]
    for each in sorted(tables, key=lambda one: [distance(one, of) for of in (worse, gated, news)]):
        lines = [line for line in each.lines if line.moved]
        if lines:
            return ProfileMoves(of=each, lines=lines[:MOST])
    return None


def open_table(found: ProfileMoves, most: int) -> Safe:
    """One line of words, and the functions that changed most by their short names."""
    title = Safe(
        f"**Where it changed** ({text(plain(found.of.kind, most=NAME))} profile of "
        f"{code(plain(found.of.short, most=NAME))})"
    )
    lead = Safe(f". {spans(found.of.lead)}." if found.of.lead else "")
    rows = [_row(each, short_name=True) for each in found.lines[:most]]
    return Safe(f"{title}{lead}\n\n{table(_header(found.of), rows, numbers=(1, 2))}")


def _header(of: ProfileTable) -> Sequence[str]:
    return ("function", "base", "head", f"change per {plain(of.unit, most=NAME)}", "of it")


def _row(line: ProfileLine, *, short_name: bool) -> Sequence[Safe]:
    name = short(line.function) if short_name else line.function
    inside = line.by_calls
    said = [inside.base, inside.head, line.total] if inside else [line.base, line.head, line.delta]
    about = [_INSIDE, line.about] if inside else [line.about]
    return (
        code(plain(name, most=NAME) if short_name else name),
        *(cell(each) for each in said),
        text(" · ".join(each for each in about if each)),
    )


def summary(tables: Sequence[ProfileTable]) -> Safe:
    """What the fold of the profiles is called."""
    if len(tables) == 1:
        kind, where = tables[0].kind, tables[0].short
        return Safe(f"Profile: {text(kind)} in {code(where)}, what changed most")
    return text(f"Profiles: what changed most in {len(tables):,} of them")


def folded(tables: Sequence[ProfileTable]) -> Sequence[Block]:
    """Every profile: at most ten functions where any changed, else a line."""
    blocks: list[Block] = []
    quiet = []
    for each in tables:
        said = Safe(f"{text(each.kind)} in {code(each.short)}: {text(each.note)}")
        if not any(line.moved for line in each.lines) and (each.lead or not each.lines):
            quiet.append(Safe(f"{said}; {spans(each.lead)}." if each.lead else f"{said}."))
            continue
        lead = Safe(f" {spans(each.lead)}." if each.lead else "")
        blocks.append(Safe(f"**Profile** {said}.{lead}"))
        rows = [_row(line, short_name=False) for line in each.lines[:MOST]]
        blocks.append(Rows(header=_header(each), rows=rows, numbers=(1, 2), noun="function"))
    return [*blocks, *([Lines(lines=quiet, noun="profile")] if quiet else [])]


def pieces(
    tables: Sequence[ProfileTable],
    found: ProfileMoves | None,
    news: Sequence[ReportRow],
    most: int,
) -> Sequence[Safe | Fold]:
    """The functions that changed, at most so many, where all else did, every profile folded."""
    said = where(tables, news, found.of if found else None) if most or not found else ()
    return [
        open_table(found, most) if found and most else Safe(),
        Safe("\n".join(f"- {spans(line)}" for line in said)),
        Fold(
            kind=FoldKind.PROFILES,
            summary=summary(tables),
            blocks=folded(tables),
        ),
    ]
