"""Pictures: what they are drawn from, and what they survive."""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from dataclasses import replace

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Record, Run, Side
from loadstone.report.comparison import build
from loadstone.report.pictures import Gallery, canvas, functions, gallery, histograms
from tests.report import rendered, samples

# pages are drawn once for all of them
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn")]


def drawn(record: Record) -> dict[str, Gallery]:
    return {kind.name: kind for kind in gallery(build.view(record))}


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64 !",
        b64encode(b"x" * 60).decode(),
        b64encode(zlib.compress(b"0" * 5000)).decode(),
        samples.get("regression").runs[0].histograms["latency"][:-40],
        "A" * 200_000,
    ],
)
def test_a_histogram_that_is_none_is_left_out(text):
    assert histograms.decode(text) is None


def test_a_record_without_a_readable_histogram_has_no_percentiles():
    record = with_histogram(samples.get("one-side"), "not base64 !")

    assert "percentiles" not in drawn(record)


def test_a_histogram_that_would_need_too_much_memory_is_left_out():
    huge = HdrHistogram(1, 2**62, 5)
    huge.record_value(5)

    assert histograms.decode(huge.encode().decode()) is None


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_no_histogram_can_break_the_report(noise):
    histograms.decode(b64encode(noise).decode())


def test_a_curve_ends_where_too_few_requests_are_left():
    taken = HdrHistogram(1, 10_000_000, 3)
    for microseconds in range(1, 1001):
        taken.record_value(microseconds)

    curve = histograms.curve(taken)

    assert curve.count == 1000
    assert max(curve.nines) == pytest.approx(2.3, abs=0.05)  # 1,000 requests, 5 of them beyond
    at_p90 = curve.seconds[min(range(len(curve.nines)), key=lambda i: abs(curve.nines[i] - 1))]
    assert at_p90 == pytest.approx(900e-6, rel=0.02)


def test_merging_counts_every_request_once():
    record = samples.get("regression")
    case = record.plan.cases[0].case.name
    found = histograms.of_runs(record.runs, case, "latency", Side.BASE)

    total = histograms.merged(found).get_total_count()

    assert total == sum(histogram.get_total_count() for histogram in found)


def test_invalid_runs_are_crosses_over_the_session_and_not_among_the_rounds():
    kinds = sample("invalid")

    assert "× marks 14 runs left out" in kinds["drift"].pictures[0].caption
    assert all("var(--void)" in picture.svg for picture in kinds["drift"].pictures)
    assert all("var(--void)" not in picture.svg for picture in kinds["rounds"].pictures)


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_text_in_a_picture_is_text(hostile):
    svg = canvas.draw(
        "x",
        title=hostile,
        description=hostile,
        height=1.0,
        paint=lambda axes: axes.text(0, 0, hostile[:80].replace("\x1b", "").replace("\x07", "")),
    )

    assert "<img" not in svg
    assert "<script" not in svg
    assert svg.count("<svg") == svg.count("</svg>") == 1


def test_numbers_in_a_text_are_not_rounded_like_coordinates():
    svg = canvas.draw(
        "x",
        title="t",
        description="d",
        height=1.0,
        paint=lambda axes: axes.text(0, 0, "0.00123 #010e01"),
    )

    assert ">0.00123 #010e01<" in svg


def test_a_function_is_named_by_the_end_of_its_path():
    assert functions.short("github.com/traefik/traefik/v3/pkg/server.(*T).Run") == "server.(*T).Run"
    assert len(functions.short("x" * 500)) <= 44
