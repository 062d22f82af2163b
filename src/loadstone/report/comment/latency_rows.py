"""Percentiles of every latency that was measured, side by side, whether or not they changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import Percentile, Verdict
from loadstone.report.comment.metric_rows import ACCEPTED, NAME, arrowed, ends
from loadstone.report.comment.parts import Rows
from loadstone.report.common import units, words
from loadstone.report.common.escape import Safe, cell, code, text
from loadstone.report.common.markdown_table import table
from loadstone.report.common.plain import plain

POINTS: Mapping[str, str] = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9"}
_CHANGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_SECONDS = "s"
Accepted = Collection[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class LatencyRow:
    """One latency of one case, or of all of them: a cell for each percentile."""

    latency: str
    short: str  # the case; "" in a row over all cases
    cells: Sequence[Safe]


def by_case(
    found: Sequence[Percentile], short: Callable[[str], str], accepted: Accepted = frozenset()
) -> list[LatencyRow]:
    """A row for each latency and case: base → head, the change, and its interval.

    Those with a percentile that changed come first. `accepted`: (case, metric) of changes that
    somebody accepted.
    """
    groups: dict[tuple[str, str], dict[str, Percentile]] = {}
    for each in found:
        groups.setdefault((each.latency, each.case), {})[each.point] = each
    ordered = sorted(groups.items(), key=lambda item: not _told(item[1].values()))
    return [
        LatencyRow(
            latency=plain(latency, most=NAME),
            short=plain(short(case), most=NAME),
            cells=[_cell(points.get(point), accepted) for point in POINTS],
        )
        for (latency, case), points in ordered
    ]


def over_cases(found: Sequence[Percentile], accepted: Accepted = frozenset()) -> list[LatencyRow]:
    """A row for each latency: from which to which its percentiles changed, over all cases."""
    groups: dict[str, list[Percentile]] = {}
    for each in found:
        groups.setdefault(each.latency, []).append(each)
    return [
        LatencyRow(
            latency=plain(latency, most=NAME),
            short="",
            cells=[
                _range([one for one in group if one.point == point], accepted) for point in POINTS
            ],
        )
        for latency, group in groups.items()
    ]


def shown(rows: Sequence[LatencyRow]) -> Rows:
    """The rows as a table; what they all have in common is not repeated."""
    several = len({row.latency for row in rows}) > 1
    header = ["latency", "case"] if several else ["case"]
    if not any(row.short for row in rows):
        header = ["latency"]
    return Rows(
        header=[*header, *POINTS.values()],
        rows=[[*_names(row, header), *row.cells] for row in rows],
        noun="row",
    )


def open_table(rows: Sequence[LatencyRow]) -> Safe:
    """The rows at first sight."""
    whole = shown(rows)
    return table(whole.header, whole.rows) if rows else Safe()


def _names(row: LatencyRow, header: Sequence[str]) -> list[Safe]:
    known = {"latency": text(row.latency), "case": code(row.short)}
    return [known[name] for name in header]


def _told(points: Iterable[Percentile]) -> bool:
    return any(each.verdict in _CHANGED for each in points)


def _mark(found: Sequence[Percentile], accepted: Accepted) -> str:
    """The mark of what changed: news before what is accepted, worse before better; "" for none."""
    for verdict in _CHANGED:
        if any(one.verdict is verdict and (one.case, one.metric) not in accepted for one in found):
            return f"{words.EMOJI[words.TONES[verdict]]}\u00a0"
    return f"{ACCEPTED}\u00a0" if _told(found) else ""


def _cell(found: Percentile | None, accepted: Accepted) -> Safe:
    if found is None or (found.base is None and found.head is None):
        return Safe(units.UNKNOWN)
    sides = [side.center if side else None for side in (found.base, found.head)]
    values = f"{_mark([found], accepted)}{cell(arrowed(*units.quantities(_SECONDS, sides)))}"
    if found.change is None:
        return Safe(values)
    change, bracket, ends_ = units.change(found.change).partition(" [")
    interval = f"<br><sub>{cell(bracket + ends_).strip()}</sub>" if bracket else ""
    return Safe(f"{values}<br>{cell(change)}{interval}")


def _range(found: Sequence[Percentile], accepted: Accepted) -> Safe:
    """From which to which change; of one case, all of it."""
    if len(found) == 1:
        return _cell(found[0], accepted)
    known = [each.change.estimate for each in found if each.change]
    if not known:
        return Safe(units.UNKNOWN)
    return Safe(f"{_mark(found, accepted)}{cell(units.span(*ends(known)))}")
