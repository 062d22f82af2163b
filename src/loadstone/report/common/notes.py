"""Notes beside the numbers, each once and at the level where it is true: row, case, report.

The judge repeats at every row what is true of a whole case, and every run brings its own figures
for the same note. Here they are told apart: of a row, of a case, of several runs.

On a busy machine a case that lost one run would else say so at each of its twelve rows, and a
reader skips all of it with the one note that matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

from loadstone.model import CasePlan, Comparison, Note, Run
from loadstone.report.common import units
from loadstone.report.common.names import ShortNames
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.sentences import INVALID_RUN, likeness, sentence, span

_OF_CASES = frozenset({INVALID_RUN, "unpaired", "no-base", "no-head", "one-pair"})
_NAMED = 6  # cases written out in one sentence
_MOST = 12  # notes on rows that did not change


def of_cases(comparisons: Sequence[Comparison]) -> Mapping[str, Sequence[str]]:
    """Case → sentences that its rows share and that are true of the whole case."""
    rows = Counter(each.case for each in comparisons)
    said: Counter[tuple[str, str]] = Counter()
    always: set[tuple[str, str]] = set()
    for each in comparisons:
        for warn in (warn for warn in each.warnings if warn.code in _OF_CASES):
            key = (each.case, sentence(warn))
            said[key] += 1
            if warn.code == INVALID_RUN:
                always.add(key)
    found: dict[str, list[str]] = {}
    for (case, text), times in said.items():
        if 2 * times > rows[case] or (case, text) in always:
            found.setdefault(case, []).append(text)
    return found


def split(
    comparison: Comparison, shared: Mapping[str, Sequence[str]]
) -> tuple[Sequence[str], Sequence[str]]:
    """The sentences of a row: its own, and those of its case."""
    said = list(dict.fromkeys(map(sentence, comparison.warnings)))
    common = shared.get(comparison.case, ())
    return (
        tuple(text for text in said if text not in common),
        tuple(text for text in said if text in common),
    )


def case_notes(
    comparisons: Sequence[Comparison], runs: Sequence[Run], names: ShortNames
) -> tuple[str, ...]:
    """What is true of whole cases; not why runs are invalid, which the list of these says."""
    told = {(run.case, reason.code) for run in runs for reason in run.invalid}
    left = {
        sentence(warn)
        for each in comparisons
        for warn in each.warnings
        if warn.code == INVALID_RUN and (each.case, _reason(warn)) in told
    }
    cases: dict[str, list[str]] = {}
    for case, texts in of_cases(comparisons).items():
        for text in texts:
            if text not in left:
                cases.setdefault(text, []).append(case)
    return tuple(f"in {named(where, names)}, {text}" for text, where in cases.items())


def row_notes(rows: Sequence[ReportRow], *, most: int = _MOST) -> tuple[str, ...]:
    """What is true of single rows: each sentence once for a metric, with the cases it is true of.

    Each says its metric and its cases; the order is that of the rows.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for note in row.notes:
            found.setdefault((row.title, note), []).append(row.short)
    lines = [f"{title} in {_listed(where)}: {note}" for (title, note), where in found.items()]
    left = len(lines) - most
    return (*lines[:most], *([f"and {left} more at their rows"] if left > 0 else []))


def plan_notes(plans: Sequence[CasePlan], names: ShortNames) -> tuple[str, ...]:
    """What was decided for cases before they ran: each once, with the cases it was decided for.

    Where the figures of a note differ between cases, their span is said.
    """
    alike: dict[Hashable, dict[str, Note]] = {}
    for plan in plans:
        for note in plan.notes:
            alike.setdefault(likeness(note), {})[plan.case.name] = note
    return tuple(
        f"in {named(list(found), names)}, {span(list(found.values()))}" for found in alike.values()
    )


def gathered(notes: Iterable[Note], noun: str) -> tuple[str, ...]:
    """Notes that differ in their figures alone become one, with the span of the figures.

    `noun` is what each note is of: with several, it is said how many.
    """
    alike: dict[Hashable, list[Note]] = {}
    for note in notes:
        alike.setdefault(likeness(note), []).append(note)
    return tuple(f"in {units.count(len(found), noun)}: {span(found)}" for found in alike.values())


def named(cases: Sequence[str], names: ShortNames) -> str:
    """Cases in a sentence: the name of one, the number and names of several."""
    return _listed([names.short(case) for case in cases])


def _listed(shorts: Sequence[str]) -> str:
    if len(shorts) == 1:
        return shorts[0]
    more = f" and {len(shorts) - _NAMED} more" if len(shorts) > _NAMED else ""
    return f"{units.count(len(shorts), 'case')} ({'; '.join(shorts[:_NAMED])}{more})"


def _reason(note: Note) -> str:
    return str(note.data.get("reason", ""))
