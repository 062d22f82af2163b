"""Notes beside the numbers, each once and at the level where it is true: row, case, report.

The judge repeats at every row what is true of a whole case, and every run brings its own figures
for the same remark. Here they are told apart: of a row, of a case, of several runs.

On a busy machine a case that lost one run would else say so at each of its twelve rows, and a
reader skips all of it with the one note that matters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from loadstone.model import CasePlan, Comparison, Reason, Run, Warn
from loadstone.report.common import units, words
from loadstone.report.common.names import ShortNames
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.sentences import sentence

INVALID = "invalid-run"
_OF_CASES = frozenset({INVALID, "unpaired", "no-base", "no-head", "one-pair"})
_NAMED = 6  # cases written out in one sentence
_MOST = 12  # remarks on rows that did not change
_UNITS = {
    "": 1.0,
    "ns": 1e-9,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "%": 1.0,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
}
_FIGURE = re.compile(r"(\d+(?:[.,]\d+)*)(?: (ns|µs|ms|s|%|KiB|MiB|GiB)(?!\w))?")


def of_cases(comparisons: Sequence[Comparison]) -> Mapping[str, Sequence[str]]:
    """Case → sentences that its rows share and that are true of the whole case."""
    rows = Counter(each.case for each in comparisons)
    said: Counter[tuple[str, str]] = Counter()
    always: set[tuple[str, str]] = set()
    for each in comparisons:
        for warn in (warn for warn in each.warnings if warn.code in _OF_CASES):
            key = (each.case, sentence(warn))
            said[key] += 1
            if warn.code == INVALID:
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


def case_remarks(
    comparisons: Sequence[Comparison], runs: Sequence[Run], names: ShortNames
) -> tuple[str, ...]:
    """What is true of whole cases; not why runs are invalid, which the list of these says."""
    told = {(run.case, reason.code) for run in runs for reason in run.invalid}
    left = {
        sentence(warn)
        for each in comparisons
        for warn in each.warnings
        if warn.code == INVALID and (each.case, _reason(warn)) in told
    }
    cases: dict[str, list[str]] = {}
    for case, texts in of_cases(comparisons).items():
        for text in texts:
            if text not in left:
                cases.setdefault(text, []).append(case)
    return tuple(f"in {named(where, names)}, {text}" for text, where in cases.items())


def row_remarks(rows: Sequence[ReportRow], *, most: int = _MOST) -> tuple[str, ...]:
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


def plan_remarks(plans: Sequence[CasePlan], names: ShortNames) -> tuple[str, ...]:
    """What was decided for cases before they ran: each once, with the cases it was decided for.

    Where the figures of a remark differ between cases, their span is said.
    """
    alike: dict[tuple[str, str], dict[str, str]] = {}
    for plan in plans:
        for text in map(words.reason, plan.notes):
            metric = text.partition(" ")[0]  # p90 and p99 do not differ in a figure
            alike.setdefault((metric, _FIGURE.sub("#", text)), {})[plan.case.name] = text
    return tuple(
        f"in {named(list(texts), names)}, {spanned(list(texts.values()))}"
        for texts in alike.values()
    )


def gathered(reasons: Iterable[Reason], noun: str) -> tuple[str, ...]:
    """Reasons that differ in their figures alone become one, with the span of the figures.

    `noun` is what each reason is of: with several, it is said how many.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for reason in reasons:
        text = words.reason(reason)
        alike.setdefault((reason.code, _FIGURE.sub("#", text)), []).append(text)
    return tuple(
        f"in {units.count(len(texts), noun)}: {spanned(texts)}" for texts in alike.values()
    )


def spanned(texts: Sequence[str]) -> str:
    """One text for several: where their figures differ, the smallest and the largest.

    Texts that are not alike otherwise are passed over: the first one counts.
    """
    shape = _FIGURE.sub("#", texts[0])
    rows = [list(_FIGURE.finditer(text)) for text in texts if _FIGURE.sub("#", text) == shape]
    parts = _FIGURE.split(texts[0])[::3]
    figures = [_span([row[place] for row in rows]) for place in range(len(parts) - 1)]
    return "".join(part + figure for part, figure in zip(parts, [*figures, ""], strict=True))


def named(cases: Sequence[str], names: ShortNames) -> str:
    """Cases in a sentence: the name of one, the number and names of several."""
    return _listed([names.short(case) for case in cases])


def _listed(shorts: Sequence[str]) -> str:
    if len(shorts) == 1:
        return shorts[0]
    more = f" and {len(shorts) - _NAMED} more" if len(shorts) > _NAMED else ""
    return f"{units.count(len(shorts), 'case')} ({'; '.join(shorts[:_NAMED])}{more})"


def _reason(warn: Warn) -> str:
    return str(warn.data.get("reason", ""))


def _span(figures: Sequence[re.Match[str]]) -> str:
    low, high = min(figures, key=_size), max(figures, key=_size)
    if low.group() == high.group():
        return low.group()
    same = low.group(2) == high.group(2)
    return f"{low.group(1) if same else low.group()}–{high.group()}"


def _size(figure: re.Match[str]) -> float:
    try:
        return float(figure.group(1).replace(",", "")) * _UNITS[figure.group(2) or ""]
    except ValueError:  # a version, or an address: not a figure
        return 0.0
