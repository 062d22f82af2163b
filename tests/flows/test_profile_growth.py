"""What grows inside a window: by the place that allocated it, or waits, base against head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.flows import flame_files
from loadstone.flows.flame_graphs import flames
from loadstone.flows.judge import judged
from loadstone.flows.profile_diffs import diffs
from loadstone.measure.probes.profile import AT_OPEN
from loadstone.model import MetricSource, Record, Side
from loadstone.report.comparison import build
from tests.flows.test_profile_diffs import CASE, planned, session
from tests.profiles import made

NAMES = [b"", b"goroutine", b"count", b"main.serve", b"main.leak"]
PER_REQUEST = MetricSource(quantity="process.cpu_seconds", per="load.requests")


def goroutines(serving: int, leaked: int) -> bytes:
    """Goroutines that wait in one function or in another."""
    return made.data(
        string_table=NAMES,
        period=0,
        sample=[
            {"location_id": [1], "value": [serving]},
            {"location_id": [2], "value": [leaked]},
        ],
    )


def held(folder: Path, ends: Mapping[Side, tuple[bytes, bytes]], kind: str = "goroutine") -> Record:
    """A record whose runs have a profile of the window's start and one of its end."""
    record = session(folder, ends[Side.BASE][1], ends[Side.HEAD][1], kind=kind)
    record = planned(record, PER_REQUEST, **{"load.requests": 100.0})
    runs = []
    for run in record.runs:
        if run.case != CASE:
            runs.append(run)
            continue
        early = f"early-{run.profiles[kind]}"
        (folder / early).write_bytes(ends[run.side][0])
        runs.append(replace(run, profiles={f"{kind}{AT_OPEN}": early, **run.profiles}))
    return replace(record, runs=runs)


@pytest.fixture
def leaking(tmp_path):
    """Both sides begin with the same goroutines; of each request the head leaves one behind."""
    same = (goroutines(40, 7), goroutines(41, 7))
    return held(tmp_path, {Side.BASE: same, Side.HEAD: (same[0], goroutines(41, 107))})


def test_a_leak_comes_first_by_where_it_waits_and_what_was_there_before_is_none(leaking, tmp_path):
    growth, state = diffs(leaking.runs, tmp_path, leaking.plan)[0]
    assert (growth.kind, growth.growth, growth.per) == ("goroutine", True, "load.requests")
    assert (state.kind, state.growth, state.per) == ("goroutine", False, "")
    assert (growth.base_total, growth.head_total) == pytest.approx((0.01, 1.01))
    first = growth.rows[0]
    assert (first.function, first.changed) == ("main.leak", True)
    assert (first.base, first.head) == pytest.approx((0.0, 1.0))
    assert [row.function for row in growth.rows if row.changed] == ["main.leak"]


def test_the_report_says_of_which_profile_it_is_the_growth(leaking, tmp_path):
    view = build.view(judged(leaking, files=tmp_path))
    growth, state = view.profiles
    assert (growth.kind, state.kind) == ("goroutine growth", "goroutine")
    assert growth.lead == "`main.leak`: +1 per request"
    assert growth.note.startswith("0.01 per request on the base, 1.01 on the head, ")
    assert "; what came in the window and stayed" in growth.note
    assert "stayed" not in state.note


def test_what_both_sides_gather_alike_is_no_change(tmp_path):
    same = (goroutines(40, 7), goroutines(60, 107))
    record = held(tmp_path, {Side.BASE: same, Side.HEAD: same})
    growth, _ = diffs(record.runs, tmp_path, record.plan)[0]
    assert growth.head_total == pytest.approx(1.2)
    assert not any(row.changed or row.total_changed for row in growth.rows)


def test_less_than_half_a_percent_of_all_that_is_held_is_not_worth_a_word(tmp_path):
    """Of a thousand goroutines four more a window: exact, and nothing that anybody should read."""
    ends = (goroutines(1000, 7), goroutines(1000, 7))
    record = held(tmp_path, {Side.BASE: ends, Side.HEAD: (ends[0], goroutines(1000, 11))})
    growth, _ = diffs(record.runs, tmp_path, record.plan)[0]
    assert not any(row.changed for row in growth.rows)


def test_records_with_the_end_alone_have_no_growth(leaking, tmp_path):
    runs = [
        replace(
            run, profiles={name: each for name, each in run.profiles.items() if AT_OPEN not in name}
        )
        for run in leaking.runs
    ]
    found, warnings = diffs(runs, tmp_path, leaking.plan)
    assert [each.growth for each in found] == [False]
    assert warnings == []


def test_flame_graphs_are_of_what_is_held(leaking, tmp_path):
    """A growth has negative costs, which no width shows."""
    record = judged(leaking, files=tmp_path)
    assert list(flames(record, tmp_path)) == [f"goroutine, {CASE}"]
    written = flame_files.write(record, tmp_path, tmp_path / "flames")
    assert len(written) == len({path.name for path in written})
