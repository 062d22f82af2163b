"""Histograms: read where they can be, merged whole, and never a danger to the report."""

from __future__ import annotations

import zlib
from base64 import b64encode

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Side
from loadstone.report.pictures import histograms
from tests.report import samples


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
