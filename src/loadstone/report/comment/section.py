"""The section of a result: the verdict, what changed, what was measured, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadstone.report.comment import (
    accepted_rows,
    changed,
    folds,
    latency_part,
    latency_rows,
    metric_rows,
    not_known,
    objective_table,
    profile_table,
    slash_commands,
)
from loadstone.report.comment.accepted_rows import ChangedRows
from loadstone.report.comment.foot import foot
from loadstone.report.comment.parts import Fold, SectionText
from loadstone.report.comment.result import Result
from loadstone.report.comment.share import OPEN, shares
from loadstone.report.common import words
from loadstone.report.common.escape import Safe, text
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.tones import Tone
from loadstone.report.comparison.view import ComparisonView

_LEAST = (3, 2, 2, 2)  # open rows of what changed, latencies, objectives, profile
_SENTENCE = 600  # characters of the headline
_NAME = 120  # of a title
_RANKS = {Tone.BAD: 0, Tone.VOID: 1, Tone.GOOD: 2, Tone.UNSURE: 3, Tone.CALM: 4}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a section stands: how many rows may be open, and whether slash commands work there."""

    rows: int = OPEN
    slash: bool = True


def section(view: ComparisonView, result: Result, place: Place) -> SectionText:
    """A result in full."""
    found = accepted_rows.divided(view, result.accepted)
    return SectionText(
        title=_title(view, found),
        lead=Safe(f"**{text(plain(view.headline, most=_SENTENCE).strip())}**"),
        pieces=[piece for piece in _pieces(view, result, found, place) if piece],
        foot=foot(view, result),
        rank=_RANKS[Tone.CALM if found.excused else view.tone],
    )


def _title(view: ComparisonView, found: ChangedRows) -> Safe:
    return Safe(f"{_verdict(view, found)}: {text(plain(view.title, most=_NAME))}")


def _verdict(view: ComparisonView, found: ChangedRows) -> Safe:
    """The verdict with its mark; a regression that somebody accepted is called so."""
    if found.excused:
        return Safe(f"{metric_rows.ACCEPTED} {text(view.says)}, accepted")
    return Safe(f"{words.EMOJI[view.tone]} {text(view.says)}")


def _pieces(
    view: ComparisonView, result: Result, found: ChangedRows, place: Place
) -> Sequence[Safe | Fold]:
    every = _every(view)
    metrics = [
        *metric_rows.metric_rows(found.news, every),
        *metric_rows.metric_rows(found.accepted, every, accepted=True),
    ]
    accepted = {(row.comparison.case, row.comparison.metric.name) for row in found.accepted}
    cases = latency_rows.by_case(result.latencies, _shorts(view), accepted)
    missed = objective_table.groups(view.objectives)
    moved = profile_table.moved(view.profiles, found.news)
    wanted = (
        len(metrics),
        len(cases),
        len(missed),
        len(moved.lines) if moved else 0,
    )
    rows = shares(wanted, _LEAST, place.rows)
    return [
        folds.commits(view),
        *changed.pieces(metrics, view, found, rows[0]),
        *latency_part.pieces(result, cases, accepted, rows[1]),
        *objective_table.pieces(view, missed, rows[2]),
        *profile_table.pieces(view.profiles, moved, found.news, rows[3]),
        *not_known.pieces(view, slash=place.slash),
        folds.unchanged(view),
        folds.notes(view),
        folds.warnings(view),
        *([slash_commands.fold(view)] if place.slash else []),
        folds.setup(view),
    ]


def _every(view: ComparisonView) -> Sequence[ReportRow]:
    return [*view.changed, *view.unchanged, *view.inconclusive, *view.invalid]


def _shorts(view: ComparisonView) -> Callable[[str], str]:
    known = {each.case: each.short for each in view.setups}
    return lambda case: known.get(plain(case), plain(case))
