"""Profiles beside a record: what is compared, and that nothing about one costs the report."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.flows.flame_graphs import flames
from loadstone.flows.judge import judged
from loadstone.flows.profile_diffs import diffs
from loadstone.flows.read_profiles import take
from loadstone.measure.probes.profile import AT_OPEN
from loadstone.model import MetricSource, Record, Run, Side
from loadstone.report.common.sentences import in_full
from loadstone.report.comparison import build
from tests.profiles import made
from tests.report import samples

FIXTURES = Path(__file__).parents[1] / "data" / "profiles"
MS = 1_000_000  # ns
CASE = samples.PROFILES[0].case


def cpu(ms: int, *, kind: bytes = b"cpu", unit: bytes = b"nanoseconds", **more: int) -> bytes:
    """A CPU profile of one stack, so many ms in samples of 10 ms."""
    return made.data(
        string_table=[b"", kind, unit, b"main", b"work"],
        sample=[{"location_id": [2, 1], "value": [ms * MS]}],
        **more,
    )


def session(
    folder: Path, base: bytes, head: bytes, *, kind: str = "cpu", counted: float | None = None
) -> Record:
    """A record in which each run of one case has a profile; `counted`: the kernel's CPU seconds."""
    record = samples.get("regression")
    more = {} if counted is None else {"profile.cpu_seconds": counted}
    runs: list[Run] = []
    for run in record.runs:
        name = f"{run.side.value}-{run.round}.pb.gz"
        if run.case != CASE:
            runs.append(replace(run, profiles={}))
            continue
        (folder / name).write_bytes(base if run.side is Side.BASE else head)
        runs.append(replace(run, profiles={kind: name}, quantities={**run.quantities, **more}))
    return replace(record, runs=runs, judgement=None, profiles=())


def warnings(record: Record, folder: Path) -> dict[str, str]:
    """Code → words, of what the report says of profiles."""
    _, found = diffs(record.runs, folder)
    return {warn.code: in_full(warn) for warn in found}


def test_good_profiles_are_compared_and_nothing_is_to_be_said(tmp_path):
    record = session(tmp_path, cpu(900), cpu(950), counted=0.92)
    (found,), said = diffs(record.runs, tmp_path)
    assert (found.kind, found.unit, found.by) == ("cpu", "s", "")
    assert said == []


@pytest.mark.parametrize(
    ("name", "kind", "by", "unit"),
    [
        ("node-heap", "heap", "space", "By"),
        ("node-wall", "cpu", "wall", "s"),
        ("node-datadog-wall", "cpu", "wall", "s"),
        ("node-datadog-heap", "heap", "", "By"),
        ("python-pyroscope-cpu", "cpu", "", "s"),
        ("go-mutex-idle", "mutex", "", "s"),
    ],
)
def test_profiles_of_other_runtimes_end_in_a_report(tmp_path, name, kind, by, unit):
    data = (FIXTURES / f"{name}.pb.gz").read_bytes()
    record = judged(session(tmp_path, data, data, kind=kind), files=tmp_path)
    (found,) = record.profiles
    assert (found.kind, found.by, found.unit) == (kind, by, unit)
    view = build.view(record)
    assert (
        f"{kind} profiles are compared by `{by}`, which is what they hold" in view.warnings
    ) is bool(by)
    (table,) = view.profiles
    assert (f"compared by {by}" in table.note) is bool(by)
    assert kind == "mutex" or flames(record, tmp_path)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (b"cpu", b"wall"),
        (b"wall", b"samples"),
    ],
)
def test_profiles_without_a_type_in_common_are_a_warning(tmp_path, base, head):
    record = session(tmp_path, cpu(9, kind=base), cpu(9, kind=head))
    record = judged(record, files=tmp_path)
    assert record.profiles == []
    said = warnings(record, tmp_path)["profile-not-compared"]
    assert said.startswith(f"cpu profiles of {CASE}: the base's profiles have {base.decode()}")
    assert flames(record, tmp_path) == {}


def test_a_profile_of_samples_alone_has_intervals_of_a_count(tmp_path):
    """As py-spy and .NET tools write it: a count, and nothing that says what one stands for."""
    counts = [
        made.data(
            string_table=[b"", b"samples", b"count", b"main", b"work"],
            sample=[{"location_id": [2, 1], "value": [value]}],
            period=0,
        )
        for value in (100, 104)
    ]
    (found,), _ = diffs(session(tmp_path, *counts).runs, tmp_path)
    assert (found.by, found.unit) == ("samples", "1")
    assert found.rows[0].delta == pytest.approx(4.0, abs=0.5)
    assert found.rows[0].low is not None
    assert found.rows[0].low < 0  # 4 more of 100 samples are nothing


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"", "it is empty"),
        (b"<html>", "it is an HTML page"),
        (made.zipped(b"half")[:-4], "it ends in the middle"),
        (b"\0" * 40, "it is no pprof profile"),
        (made.data(location=[]), "a sample refers to a location 1 that is not there"),
    ],
)
def test_a_file_that_is_no_profile_is_a_warning_and_the_others_are_compared(tmp_path, broken, why):
    record = session(tmp_path, cpu(900), cpu(900))
    (tmp_path / "head-1.pb.gz").write_bytes(broken)
    found, _ = diffs(record.runs, tmp_path)
    assert len(found) == 1
    said = warnings(record, tmp_path)["profile-unreadable"]
    assert said.startswith(f"cpu profiles of {CASE}: 1 profile cannot be read, head-1.pb.gz: {why}")


# --- thin ones ------------------------------------------------------------------------------------


def test_thin_profiles_are_left_out_and_that_is_said(tmp_path):
    record = session(tmp_path, cpu(50), cpu(40), counted=0.92)
    record = judged(record, files=tmp_path)
    assert record.profiles == []
    runs = sum(run.case == CASE and run.valid for run in record.runs)
    said = warnings(record, tmp_path)
    assert said == {
        "profile-thin": f"cpu profiles of {CASE}: {runs} of {runs} profiles are too thin and left "
        "out: one saw 40 ms of the 920 ms that the kernel counted"
    }
    assert said["profile-thin"] in build.view(record).warnings
    assert flames(record, tmp_path) == {}


def test_a_side_with_some_good_profiles_is_compared_by_those(tmp_path):
    record = session(tmp_path, cpu(900), cpu(900), counted=0.92)
    (tmp_path / "head-1.pb.gz").write_bytes(cpu(50))
    (found,), _ = diffs(record.runs, tmp_path)
    assert found.head_total == pytest.approx(0.9)
    assert "1 of " in warnings(record, tmp_path)["profile-thin"]
    assert len(take(record.runs, tmp_path, case=CASE, kind="cpu", side=Side.HEAD).thin) == 1


@pytest.mark.parametrize(
    ("quantities", "seconds", "is_thin"),
    [
        ({"process.cpu_seconds": 0.92}, 0, True),
        ({"process.cpu_seconds": 0.92, "window.seconds": 10.0}, 9, True),
        ({"process.cpu_seconds": 0.92, "window.seconds": 10.0}, 1, False),
        ({"process.cpu_seconds": 0.06, "window.seconds": 10.0}, 9, False),
        ({"process.cpu_seconds": 0.92, "profile.cpu_seconds": 0.05}, 9, False),
        ({"process.cpu_seconds": 0.05, "profile.cpu_seconds": 0.92}, 9, True),
        ({}, 9, False),
    ],
)
def test_a_record_without_the_kernels_time_of_the_profile_has_that_of_the_window(
    tmp_path, quantities, seconds, is_thin
):
    data = cpu(50, duration_nanos=seconds * 10**9)
    record = session(tmp_path, data, data)
    bare = [replace(run, quantities=quantities) for run in record.runs]
    _, said = diffs(bare, tmp_path)
    assert [warn.code for warn in said] == (["profile-thin"] if is_thin else [])


def test_what_was_said_of_profiles_stays_said_when_their_files_are_gone(tmp_path):
    record = session(tmp_path, cpu(50), cpu(50), counted=0.92)
    record = judged(record, files=tmp_path)
    again = judged(record, anew=True)
    assert again.judgement is not None
    assert "profile-thin" in [warn.code for warn in again.judgement.warnings]


def test_files_that_are_gone_or_lie_elsewhere_are_passed_over(tmp_path):
    inside = tmp_path / "out"
    inside.mkdir()
    record = session(tmp_path, cpu(900), cpu(900))
    assert diffs(record.runs, inside) == ([], [])
    away = [
        replace(run, profiles={kind: f"../{name}" for kind, name in run.profiles.items()})
        for run in record.runs
    ]
    assert diffs(away, inside) == ([], [])


def test_members_after_the_first_of_a_gzip_file_are_read(tmp_path):
    raw = cpu(900)
    two = gzip.compress(raw[:20]) + gzip.compress(raw[20:])
    (found,), said = diffs(session(tmp_path, raw, two).runs, tmp_path)
    assert found.head_total == found.base_total > 0
    assert said == []


# --- a unit of work -------------------------------------------------------------------------------


def planned(record: Record, source: MetricSource, **quantities: float) -> Record:
    """The record with one more metric in its plan, and these quantities in every run."""
    cases = [replace(plan, sources={**plan.sources, "cost": source}) for plan in record.plan.cases]
    runs = [
        replace(run, quantities={**run.quantities, **quantities}) if run.case == CASE else run
        for run in record.runs
    ]
    return replace(record, plan=replace(record.plan, cases=cases), runs=runs)


def test_functions_add_up_to_the_kernels_cpu_time_of_a_unit_of_work(tmp_path):
    """Of 1.8 s that the kernel counted in the window, for 100 requests, a profile saw 0.9 s."""
    record = session(tmp_path, cpu(900), cpu(900), counted=0.95)
    source = MetricSource(quantity="process.cpu_seconds", per="load.requests", times=1000)
    record = planned(record, source, **{"process.cpu_seconds": 1.8, "load.requests": 100.0})
    (found,), _ = diffs(record.runs, tmp_path, record.plan)
    assert (found.per, found.metric, found.times) == ("load.requests", "cost", 1000)
    assert found.base_total == pytest.approx(0.018)
    assert found.seen == pytest.approx(0.9 / 0.95)
    assert sum(row.base or 0 for row in found.rows) == pytest.approx(0.018)


def test_a_run_that_did_twice_the_work_is_no_slower(tmp_path):
    record = session(tmp_path, cpu(400), cpu(800))
    source = MetricSource(quantity="process.cpu_seconds", per="load.requests")
    record = planned(record, source)
    runs = [
        replace(
            run,
            quantities={
                "process.cpu_seconds": 0.5 if run.side is Side.BASE else 1.0,
                "load.requests": 100.0 if run.side is Side.BASE else 200.0,
            },
        )
        for run in record.runs
    ]
    (found,), _ = diffs(runs, tmp_path, record.plan)
    assert found.base_total == pytest.approx(found.head_total)
    assert not any(row.changed for row in found.rows)


def test_what_was_allocated_before_the_window_opened_is_not_the_works(tmp_path):
    record = session(tmp_path, b"", b"", kind="allocs")
    source = MetricSource(quantity="allocations.bytes", per="load.requests")
    record = planned(record, source, **{"load.requests": 100.0})

    def allocated(ms: int) -> bytes:
        return cpu(ms, kind=b"alloc_space", unit=b"bytes", period=1)

    runs = []
    for run in record.runs:
        if run.case == CASE:
            early = f"early-{run.profiles['allocs']}"
            (tmp_path / early).write_bytes(allocated(10))
            (tmp_path / run.profiles["allocs"]).write_bytes(allocated(30))
            both = {**run.profiles, f"allocs{AT_OPEN}": early}
            runs.append(replace(run, profiles=both))
    (found,), said = diffs(runs, tmp_path, record.plan)
    assert said == []
    assert (found.kind, found.per, found.base_total) == ("allocs", "load.requests", 20 * MS / 100)


def test_without_a_profile_of_the_beginning_allocations_are_those_of_a_run(tmp_path):
    data = cpu(30, kind=b"alloc_space", unit=b"bytes", period=1)
    record = session(tmp_path, data, data, kind="allocs")
    source = MetricSource(quantity="allocations.bytes", per="load.requests")
    record = planned(record, source, **{"load.requests": 100.0})
    (found,), _ = diffs(record.runs, tmp_path, record.plan)
    assert (found.per, found.metric, found.base_total) == ("", "", 30 * MS)
