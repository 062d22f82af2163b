"""Fitting of a comment into its room: what is left out first, and what is said about it.

Every folded table is cut to 100 rows, one fold after the other in the order of `FoldKind`; then
each fold is cut to 30 rows, to 10, and left out, again in that order. Of several components the
last one's gives way first. When no fold is left, the open tables go, from the last component up,
then whole components, and last the lead of the first one. What was cut or left out is named, with a
link to the whole report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from loadstone.report.comment.parts import ALL, Fold, FoldKind, SectionText, joined
from loadstone.report.common.escape import Safe

STEPS = ((100,), (30, 10, 0))  # rows of a table, as folds give way in two passes
TABLES, COMPONENTS = "tables", "components"
Measure = Callable[[str], int]
_HEAD, _FOOT = -1, 10**6
Key = tuple[int, int]  # section, and place in it
Texts = dict[Key, Safe]


@dataclass(frozen=True, kw_only=True)
class FittedText:
    """A text that fits, and the names of what is shortened or missing in it."""

    text: Safe
    left_out: Sequence[str]


def fitted(
    sections: Sequence[SectionText], room: int, *, level: int = 3, measure: Measure = len
) -> FittedText:
    """The sections in at most `room` of what `measure` counts: characters, or bytes."""
    texts = _whole(sections, level)
    used = sum(_cost(each, measure) for each in texts.values())
    left: dict[str, None] = {}
    for key, smaller, name in _given_way(sections):
        if used <= room:
            break
        used -= _cost(texts[key], measure)
        shorter = smaller()
        if shorter != texts[key]:
            left[name] = None
        texts[key] = shorter
        used += _cost(texts[key], measure)
    return FittedText(text=joined([texts[key] for key in sorted(texts)]), left_out=tuple(left))


def _whole(sections: Sequence[SectionText], level: int) -> Texts:
    found: Texts = {}
    for at, section in enumerate(sections):
        found[at, _HEAD] = Safe(f"{'#' * level} {section.title}\n{section.lead}".rstrip())
        for place, piece in enumerate(section.pieces):
            found[at, place] = piece.text(ALL) if isinstance(piece, Fold) else piece
        found[at, _FOOT] = section.foot
    return found


def _cost(text: Safe, measure: Measure) -> int:
    """With the line between it and the next."""
    return measure(text) + 2 if text else 0


def _given_way(
    sections: Sequence[SectionText],
) -> Iterator[tuple[Key, Callable[[], Safe], str]]:
    """What gives way, one after the other: the text, what is left of it, and its name."""
    yield from _folds(sections)
    backwards = range(len(sections) - 1, -1, -1)
    for at in backwards:
        for place, piece in enumerate(sections[at].pieces):
            if not isinstance(piece, Fold):
                yield (at, place), Safe, TABLES
        yield (at, _FOOT), Safe, TABLES
    for at in backwards:
        yield (at, _HEAD), Safe, COMPONENTS


def _folds(sections: Sequence[SectionText]) -> Iterator[tuple[Key, Callable[[], Safe], str]]:
    places = [
        (piece, (at, place))
        for at in range(len(sections) - 1, -1, -1)
        for place, piece in enumerate(sections[at].pieces)
        if isinstance(piece, Fold)
    ]
    for steps in STEPS:
        for kind in FoldKind:
            for fold, key in places:
                for most in steps if fold.kind is kind else ():
                    yield key, partial(fold.text, most), kind.value
