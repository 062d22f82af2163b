"""Series of real records: what changed over 29 releases is found where it did, and nothing else."""

import gzip
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from loadstone.flows import series as series_module
from loadstone.model import Record, Side, Verdict
from loadstone.model.series import standing
from loadstone.store.directory import DirectoryStore
from loadstone.store.records import load

DATA = Path(__file__).parents[1] / "data" / "real"


def unpacked(name, folder) -> Record:
    path = folder / f"{name}.json"
    path.write_bytes(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))
    return load(path)


def saved(records, root):
    store = DirectoryStore(root)
    for record in records:
        store.save(record)
    (series,) = series_module.series(DirectoryStore(root))
    return series


@pytest.fixture(scope="module")
def same(tmp_path_factory):
    """Ten sessions with the same release on both sides."""
    folder = tmp_path_factory.mktemp("same")
    return [unpacked(f"same-3.7.15-{number:02}", folder) for number in range(1, 11)]


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """The series of 29 releases, each beside 3.0.4."""
    packed = (DATA / "releases-3.0.4-3.7.15.jsonl.gz").read_bytes()
    lines = gzip.decompress(packed).splitlines()
    records = [msgspec.json.decode(line, type=Record) for line in lines]
    return saved(records, tmp_path_factory.mktemp("releases"))


def places(series, metric):
    found = [each for each in series.changes if each.metric.name == metric]
    return [(each.good, each.bad, each.verdict) for each in found]


def test_ten_sessions_of_one_release_show_no_change_point(same, tmp_path):
    assert saved(same, tmp_path).changes == []


def test_both_sides_of_ten_sessions_show_none_either(same, tmp_path):
    """Twenty records of one release: the base of each session becomes a head of its own."""
    swap = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    others = [
        replace(
            record,
            started=record.started.replace("+00:00", "+01:00"),
            runs=[replace(run, side=swap[run.side]) for run in record.runs],
        )
        for record in same
    ]
    series = saved([*others, *same], tmp_path)
    assert len(series.points) == 20
    assert series.changes == []


FALLS = [
    ("3.5.0", "3.5.1", Verdict.IMPROVEMENT),
    ("3.2.3", "3.3.2", Verdict.IMPROVEMENT),
]


def test_the_heap_fell_twice_and_it_is_said_between_which_releases(releases):
    assert places(releases, "heap_inuse") == FALLS


def test_memory_fell_with_the_heap(releases):
    """The first fall has 5 records before it, which is about as few as can tell."""
    found = places(releases, "memory_peak")
    assert FALLS[0] in found
    assert set(found) <= set(FALLS)


def test_requests_to_the_api_fell_for_certain(releases):
    assert places(releases, "api_requests") == [
        ("3.6.14", "3.7.0", Verdict.IMPROVEMENT),
        ("3.3.6", "3.4.0", Verdict.IMPROVEMENT),
    ]
    found = [each for each in releases.changes if each.metric.name == "api_requests"]
    assert {each.method for each in found} == {"exact"}
    assert [(each.before, each.after) for each in found] == [(12, 6), (13, 12)]


def test_configuration_is_reloaded_more_often_since_3_7_10(releases):
    (reloads,) = [each for each in releases.changes if each.metric.name == "reloads"]
    assert (reloads.bad, reloads.verdict) == ("3.7.10", Verdict.REGRESSION)
    assert not reloads.metric.gated


def test_no_regression_stands_but_the_cpu_time_that_more_reloads_take(releases):
    assert {each.metric.name for each in standing(releases, recent=10)} <= {"cpu_seconds"}


def test_latency_that_nothing_moved_shows_nothing(releases):
    assert not any(each.metric.name.startswith("propagation") for each in releases.changes)


def test_an_upgrade_in_the_middle_is_found_between_the_two_releases(same, tmp_path):
    """Ten records of 3.0.4, which every release was measured beside, and then ten of 3.7.15."""
    packed = gzip.decompress((DATA / "releases-3.0.4-3.7.15.jsonl.gz").read_bytes())
    records = [msgspec.json.decode(line, type=Record) for line in packed.splitlines()[:10]]
    old = [
        replace(
            record,
            started=f"2026-11-21T{hour:02}:00:00+00:00",
            plan=replace(record.plan, head=replace(record.plan.base, side=Side.HEAD)),
            runs=[replace(run, side=Side.HEAD) for run in record.runs if run.side is Side.BASE],
        )
        for hour, record in enumerate(records)
    ]
    series = saved([*old, *same], tmp_path)
    gated = [each for each in series.changes if each.metric.gated]
    assert {(each.good, each.bad) for each in gated} == {("3.0.4", "3.7.15")}
    assert {"memory_peak", "heap_inuse", "api_requests"} <= {each.metric.name for each in gated}
    memory = next(each for each in gated if each.metric.name == "memory_peak")
    assert memory.change.high < -0.2
