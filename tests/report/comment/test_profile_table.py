"""Which profile of a comment is open: the one that tells most of what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadstone.model import Verdict
from loadstone.report.comment import profile_table
from loadstone.report.comment.parts import Lines
from loadstone.report.common.rows import CostInside, ReportRow
from loadstone.report.comparison import build
from tests.report import samples

RECORD = samples.get("regression")
(DIFF,) = RECORD.profiles
VIEW = build.view(RECORD)
(TABLE,) = VIEW.profiles


def of(kind: str, metric: str = "", case: str = DIFF.case):
    return replace(TABLE, kind=kind, diff=replace(DIFF, kind=kind, metric=metric, case=case))


def news(name: str, unit: str, case: str = DIFF.case) -> ReportRow:
    row = VIEW.changed[0]
    metric = replace(row.comparison.metric, name=name, unit=unit)
    return replace(row, comparison=replace(row.comparison, metric=metric, case=case))


@pytest.mark.parametrize(
    ("metric", "unit", "case", "kind"),
    [
        ("cpu_per_1k_requests", "s", DIFF.case, "cpu"),
        ("heap_inuse", "By", DIFF.case, "heap"),
        ("memory_peak", "By", "", "heap"),  # of all cases
        ("goroutines", "1", DIFF.case, "goroutine"),
        ("latency_p50", "s", DIFF.case, "allocs"),  # the first of the case
        ("heap_inuse", "By", "another", "mutex"),
    ],
)
def test_the_open_profile_is_of_what_changed(metric, unit, case, kind):
    tables = [
        of("mutex", case="another"),
        of("allocs", "allocated_bytes"),
        of("goroutine"),
        of("heap"),
        of("cpu", "cpu_per_1k_requests"),
    ]
    found = profile_table.moved(tables, [news(metric, unit, case)])
    assert found is not None
    assert found.of.kind == kind


def test_what_got_worse_comes_before_what_got_better():
    better = replace(news("heap_inuse", "By"), verdict=Verdict.IMPROVEMENT)
    tables = [of("heap"), of("allocs")]
    found = profile_table.moved(tables, [better, news("allocated_bytes", "By")])
    assert found is not None
    assert found.of.kind == "allocs"
    found = profile_table.moved(tables, [better])
    assert found is not None
    assert found.of.kind == "heap"


def test_what_gates_comes_before_what_is_only_shown():
    shown = replace(news("cpu_per_1k_requests", "s"), gated=False)
    tables = [of("cpu", "cpu_per_1k_requests"), of("heap")]
    found = profile_table.moved(tables, [shown, news("heap_inuse", "By")])
    assert found is not None
    assert found.of.kind == "heap"
    found = profile_table.moved(tables[::-1], [shown])
    assert found is not None
    assert found.of.kind == "cpu"


def test_a_function_that_changed_by_what_it_calls_is_told_with_that():
    line = replace(TABLE.lines[0], total="▲ +9 ms", by_calls=CostInside(base="1 ms", head="10 ms"))
    moves = profile_table.ProfileMoves(of=TABLE, lines=[line])
    row = str(profile_table.open_table(moves, 1)).splitlines()[-1]
    assert "| 1\u00a0ms | 10\u00a0ms | ▲\u00a0+9\u00a0ms | with all that it calls · " in row
    assert line.delta not in row


def test_a_profile_without_functions_is_a_line_and_no_table():
    (lines,) = profile_table.folded([replace(TABLE, lines=(), lead="", note="40 were too rare")])
    assert isinstance(lines, Lines)
    assert [str(line).endswith(": 40 were too rare.") for line in lines.lines] == [True]
