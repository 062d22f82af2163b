"""Flame graphs in a report: of what changed most, small, and of our own files only."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.flows.flame_graphs import MOST, chosen, flames
from loadstone.model import Note, ProfileDiff, Record, Side
from loadstone.profiles import wire
from loadstone.report.comparison import build, page
from tests.report import samples

CASE = samples.PROFILES[0].case


def diff(kind: str, case: str, base: float, head: float) -> ProfileDiff:
    return ProfileDiff(
        case=case, kind=kind, unit="s", rows=(), base_total=base, head_total=head, runs=2
    )


def measured(folder: Path, data: bytes, name: str = "{side}-{round}.pb.gz") -> Record:
    """A record whose first case has a CPU profile for every run."""
    record = samples.get("regression")
    runs = []
    for run in record.runs:
        file = name.format(side=run.side.value, round=run.round)
        if run.case == CASE:
            (folder / file).write_bytes(data)
        runs.append(replace(run, profiles={"cpu": file} if run.case == CASE else {}))
    return replace(record, runs=runs)


def profile(width: int = 3) -> bytes:
    """`main` calls as many functions, 10 ms in each."""
    calls = range(2, width + 2)  # main is function 1
    built = wire.Profile(
        sample_type=[{"type": 1, "unit": 2}],
        period_type={"type": 1, "unit": 2},
        period=10_000_000,
        string_table=[b"", b"cpu", b"nanoseconds", b"main", *(b"call%d" % at for at in calls)],
        sample=[{"location_id": [at, 1], "value": [10_000_000]} for at in calls],
        location=[{"id": at, "line": [{"function_id": at}]} for at in (1, *calls)],
        function=[{"id": at, "name": at + 2} for at in (1, *calls)],
    )
    return bytes(built.SerializeToString())


def test_two_of_cpu_time_and_the_largest_other_are_drawn():
    diffs = [
        diff("heap", "a", 100, 900),
        diff("cpu", "a", 1.0, 1.1),
        diff("cpu", "b", 0.01, 0.09),
        diff("cpu", "c", 2.0, 1.0),
        diff("heap", "b", 100, 200),
    ]

    found = [(each.kind, each.case) for each in chosen(diffs)]

    assert found == [("cpu", "c"), ("cpu", "a"), ("heap", "a")]


def test_profiles_beside_a_record_become_a_graph_in_the_page(tmp_path):
    record = measured(tmp_path, profile())

    found = flames(record, tmp_path)
    text = page.render(build.view(record), flames=found, pictures=())

    assert list(found) == [f"cpu, {CASE}"]
    assert all(svg in text for svg in found.values())
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "call2" in text


def test_a_graph_of_many_functions_is_kept_small(tmp_path):
    record = measured(tmp_path, profile(width=3000))

    (svg,) = flames(record, tmp_path).values()

    assert len(svg.encode()) <= MOST


@pytest.mark.parametrize("data", [b"", b"no profile"])
def test_a_file_that_is_no_profile_costs_only_its_graph(tmp_path, data):
    assert flames(measured(tmp_path, data), tmp_path) == {}


def test_no_file_outside_the_directory_is_read(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()

    record = measured(inside, profile(), name="../{side}-{round}.pb.gz")

    assert (tmp_path / "base-1.pb.gz").exists()
    assert flames(record, inside) == {}


def test_files_that_are_gone_are_passed_over(tmp_path):
    record = measured(tmp_path, profile())
    for file in tmp_path.iterdir():
        file.unlink()

    assert flames(record, tmp_path) == {}


def test_invalid_runs_are_not_drawn(tmp_path):
    record = measured(tmp_path, profile())
    reason = [Note(code="exited", data={"text": "the component ended"})]
    runs = [replace(run, invalid=reason) if run.side is Side.HEAD else run for run in record.runs]

    assert flames(replace(record, runs=runs), tmp_path) == {}


def test_a_page_that_would_be_too_large_leaves_out_graphs_too(tmp_path):
    record = measured(tmp_path, profile())
    view = build.view(record)
    found = flames(record, tmp_path)
    plain = page.render(view, pictures=())

    text = page.render(view, flames=found, pictures=(), most=len(plain.encode()))

    assert text == plain
