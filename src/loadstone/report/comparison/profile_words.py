"""Words on where metrics changed: what the profile of each says, or that none says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loadstone.model import Comparison, Metric
from loadstone.model.profile_kinds import parted
from loadstone.report.common.metrics import title
from loadstone.report.common.rows import ProfileTable, ReportRow
from loadstone.report.comparison.profiles import sign

_NAMED = 8  # metrics
_PER_SECOND = "By/s"  # of memory that grows
# By a kind of profile, whether a metric may be of what it shows.
_SHOWN: Mapping[str, Callable[[Metric], bool]] = {
    "cpu": lambda metric: "cpu" in metric.name,
    "heap": lambda metric: metric.unit in ("By", _PER_SECOND) and "alloc" not in metric.name,
    "allocs": lambda metric: "alloc" in metric.name,
    "goroutine": lambda metric: "goroutine" in metric.name,
}


def distance(of: ProfileTable, rows: Sequence[ReportRow]) -> int:
    """How far a profile is from rows that changed: 0 where its costs make up one's metric.

    1 where it shows the same sort of thing, both where its first function went the metric's way; 2
    where it is of the same case alone.
    """
    near = [row.comparison for row in rows if row.comparison.case in (of.diff.case, "")]
    along = [row for row in near if _way(row) == of.way]
    if any(row.metric.name == of.diff.metric for row in along):
        return 0
    shown = _SHOWN.get(parted(of.diff.kind)[0])
    if shown is not None and any(shown(row.metric) for row in along):
        return 1
    return 2 if near else 3


def where(
    tables: Sequence[ProfileTable], changed: Sequence[ReportRow], shown: ProfileTable | None = None
) -> Sequence[str]:
    """A line for each profile that tells where metrics changed, and one for the other metrics.

    `shown`: the profile that a reader sees already. Nothing where no profiles were taken.
    """
    if not tables:
        return ()
    by_metric: dict[str, list[ReportRow]] = {}
    for row in changed:
        by_metric.setdefault(title(row.comparison.metric), []).append(row)
    telling: dict[int, list[str]] = {}
    silent = []
    for name, rows in by_metric.items():
        found = _telling(tables, rows, shown)
        if found is None:
            silent.append(name)
        else:
            telling.setdefault(found, []).append(name)
    lines = [_line(tables[at], names) for at, names in telling.items() if tables[at] is not shown]
    if silent:
        more = f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else ""
        said = ", ".join(silent[:_NAMED])
        lines.append(f"no profile tells why these changed: {said}{more}")
    return tuple(lines)


def _telling(
    tables: Sequence[ProfileTable], rows: Sequence[ReportRow], shown: ProfileTable | None
) -> int | None:
    """The number of the profile that tells most of a metric, by a function that went its way.

    What there is does not tell of what grows.
    """
    of_cases = [row for row in rows if row.comparison.case] or rows
    grows = any(row.comparison.metric.unit.endswith("/s") for row in rows)
    ranked = [
        (
            distance(table, of_cases),
            table is not shown,
            table.diff.growth is not grows,
            at,
        )
        for at, table in enumerate(tables)
        if any(line.moved for line in table.lines) and (table.diff.growth or not grows)
    ]
    nearest = min(ranked, default=None)
    return nearest[-1] if nearest and nearest[0] < 2 else None


def _way(found: Comparison) -> int:
    return sign(found.change.estimate if found.change else found.difference or 0.0)


def _line(table: ProfileTable, names: Sequence[str]) -> str:
    *others, last = names
    if len(names) > _NAMED:
        others, last = list(names[:_NAMED]), f"{len(names) - _NAMED} more"
    what = f"{', '.join(others)} and {last}" if others else last
    return f"{what} ({table.kind} profile of `{table.short}`): {table.lead}"
