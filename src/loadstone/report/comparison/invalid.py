"""Invalid runs and unjudged rows: what does not count, by case and reason."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Note, Run, Side, reasons
from loadstone.report.common import units
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.sentences import span
from loadstone.report.comparison.view import InvalidRuns, UnjudgedMetrics

Key = tuple[str, str, tuple[str, ...]]  # case, code, what is voided


def void(runs: Sequence[Run], names: ShortNames) -> tuple[InvalidRuns, ...]:
    """The invalid runs by case and reason, most first; runs with several appear under each.

    Reasons with one code are one reason, told with the span of their figures.
    """
    found: dict[Key, list[Run]] = {}
    told: dict[Key, list[Note]] = {}
    for run in runs:
        for reason in run.invalid:
            key = (run.case, reason.code, reason.voids)
            found.setdefault(key, []).append(run)
            told.setdefault(key, []).append(reason)
    return tuple(
        InvalidRuns(
            case=plain(case),
            short=names.short(case),
            runs=_what(voids, _which(group)),
            reason=span(told[case, code, voids]),
        )
        for (case, code, voids), group in sorted(found.items(), key=_weight)
    )


def _weight(item: tuple[Key, Sequence[Run]]) -> tuple[bool, int]:
    """Runs that are void as a whole first, most runs first."""
    return bool(item[0][2]), -len(item[1])


def _what(voids: Sequence[str], runs: str) -> str:
    return f"the {plain(reasons.words(voids))} of {runs}" if voids else runs


def left_out(rows: int, runs: Sequence[Run]) -> str:
    """How much does not count: `3 rows, 2 runs, parts of 5 runs`; "" where everything does."""
    whole = sum(not run.valid for run in runs)
    parts = sum(run.valid and bool(run.invalid) for run in runs)
    if not rows and not whole and not parts:
        return ""
    told = [units.count(rows, "row"), units.count(whole, "run")]
    return ", ".join([*told, *([f"parts of {units.count(parts, 'run')}"] if parts else [])])


def unjudged(rows: Sequence[ReportRow]) -> tuple[UnjudgedMetrics, ...]:
    """Rows without a trustworthy number, by case, each note once."""
    by_case: dict[str, list[ReportRow]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row)
    return tuple(
        UnjudgedMetrics(
            case=case,
            short=group[0].short,
            metrics=", ".join(row.title for row in group),
            notes=tuple(dict.fromkeys(note for row in group for note in row.notes)),
        )
        for case, group in by_case.items()
    )


def _which(group: Sequence[Run]) -> str:
    sides = [
        f"{side.value} {_rounds(sorted({run.round for run in group if run.side is side}))}"
        for side in Side
        if any(run.side is side for run in group)
    ]
    return f"{units.count(len(group), 'run')} ({', '.join(sides)})"


def _rounds(numbers: Sequence[int]) -> str:
    """`round 3`, `rounds 2–8`, `rounds 1, 4–5`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words_ = [f"{low}" if low == high else f"{low}–{high}" for low, high in spans]
    return ("round " if len(numbers) == 1 else "rounds ") + ", ".join(words_)
