"""Profiles of a comparison as files that other tools open, and as a page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from loadstone.errors import UsageError
from loadstone.flows.flame_files import write
from loadstone.flows.judge import judged
from loadstone.model import MetricSource, Record, Side
from loadstone.profiles.pprof import fold
from loadstone.profiles.reading import read
from tests.flows.test_profile_diffs import CASE, cpu, planned, session


def measured(folder: Path) -> Record:
    """A head that takes twice as long for a request, of which there are 100 in each run."""
    record = session(folder, cpu(400), cpu(800))
    record = planned(record, MetricSource(quantity="process.cpu_seconds", per="load.requests"))
    spent = {Side.BASE: 0.5, Side.HEAD: 1.0}
    runs = [
        replace(run, quantities={"process.cpu_seconds": spent[run.side], "load.requests": 100.0})
        for run in record.runs
    ]
    return judged(replace(record, runs=runs), files=folder)


def test_every_file_has_the_costs_of_a_unit_of_work(tmp_path):
    paths = write(measured(tmp_path), tmp_path, tmp_path / "flames")
    files = {path.name: path for path in paths}
    assert list(files) == [
        "flame.html",
        "both.folded",
        "both.speedscope.json",
        "base.pb.gz",
        "head.pb.gz",
        "difference.pb.gz",
    ]
    values = {
        name: fold(read(files[f"{name}.pb.gz"].read_bytes()))[("main", "work")]
        for name in ("base", "head", "difference")
    }
    assert values == pytest.approx({"base": 5.0, "head": 10.0, "difference": 5.0})  # of a thousand
    assert files["both.folded"].read_text() == "main;work 5000000000 10000000000\n"
    shown = json.loads(files["both.speedscope.json"].read_text())
    weights = [each["weights"][0] for each in shown["profiles"]]
    assert weights == pytest.approx([0.005, 0.01])
    page = files["flame.html"].read_text()
    assert "per request" not in page
    assert "what it costs a request" in page


def test_cases_and_kinds_are_chosen_and_nothing_there_is_an_error(tmp_path):
    record = measured(tmp_path)
    assert write(record, tmp_path, tmp_path / "flames", cases=CASE, kind="cpu")
    with pytest.raises(UsageError, match="no such profile") as raised:
        write(record, tmp_path, tmp_path / "flames", kind="heap")
    assert f"cpu of {CASE}" in (raised.value.next_step or "")
    for path in tmp_path.glob("*.pb.gz"):
        path.unlink()
    with pytest.raises(UsageError, match="are not in"):
        write(record, tmp_path, tmp_path / "flames")
