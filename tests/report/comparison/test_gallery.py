"""Pictures: what they are drawn from, and what they survive."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from loadstone.model import Record, Run
from loadstone.report.comparison import build
from loadstone.report.comparison.gallery import galleries
from loadstone.report.pictures import Gallery
from tests.report import rendered, samples

pytestmark = pytest.mark.xdist_group("drawn")  # pages are drawn once for all of them


def drawn(record: Record) -> dict[str, Gallery]:
    return {kind.name: kind for kind in galleries(build.view(record))}


def sample(name: str) -> dict[str, Gallery]:
    return {kind.name: kind for kind in rendered.pictures(name)}


def with_histogram(record: Record, text: str) -> Record:
    return replace(record, runs=[_with(run, text) for run in record.runs])


def _with(run: Run, text: str) -> Run:
    return replace(run, histograms={"latency": text})


def test_every_metric_and_every_case_is_drawn():
    record = samples.get("regression")

    kinds = sample("regression")

    assert list(kinds) == ["rounds", "percentiles", "functions", "drift"]
    titles = [picture.title for picture in kinds["rounds"].pictures]
    assert titles[:3] == ["CPU per 1,000 requests", "p99 latency", "peak RSS"]
    assert len(titles) == len(samples.METRICS)
    assert len(kinds["percentiles"].pictures) == len(record.plan.cases)
    assert len(kinds["functions"].pictures) == len(record.profiles)


def test_every_valid_run_is_a_dot():
    record = samples.get("regression")
    rounds = len({run.round for run in record.runs})

    svg = sample("regression")["rounds"].pictures[0].svg

    dots = re.findall(r"<use [^>]*var\(--(base|head)\)", svg)
    assert dots.count("base") == dots.count("head") == rounds * len(record.plan.cases)


def test_every_round_is_a_thin_line_and_each_side_a_thick_one():
    record = samples.get("regression")
    runs = sum(run.case == record.plan.cases[0].case.name for run in record.runs)

    svg = sample("regression")["percentiles"].pictures[0].svg

    assert len(re.findall(r"stroke-width: 0\.7", svg)) == runs
    assert len(re.findall(r"stroke-width: 2\.2", svg)) == 2


def test_what_is_missing_is_not_drawn():
    assert list(sample("one-side")) == ["percentiles", "drift"]


def test_a_record_without_runs_has_no_pictures():
    assert not sample("empty")


def test_a_record_without_a_readable_histogram_has_no_percentiles():
    record = with_histogram(samples.get("one-side"), "not base64 !")

    assert "percentiles" not in drawn(record)


def test_invalid_runs_are_crosses_over_the_session_and_not_among_the_rounds():
    kinds = sample("invalid")

    assert "× marks 14 runs left out" in kinds["drift"].pictures[0].caption
    assert all("var(--void)" in picture.svg for picture in kinds["drift"].pictures)
    assert all("var(--void)" not in picture.svg for picture in kinds["rounds"].pictures)
