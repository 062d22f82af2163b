"""The first lines promise no more than the rows hold."""

from __future__ import annotations

from dataclasses import replace

from loadstone.model import Record, Verdict
from loadstone.report.common.tones import Tone
from loadstone.report.comparison import build
from loadstone.report.comparison.view import ComparisonView
from tests.report import samples


def seen(record: Record, verdict: Verdict, *rows: Verdict) -> ComparisonView:
    """The record with the verdicts of its first rows replaced."""
    assert record.judgement
    comparisons = list(record.judgement.comparisons)
    for index, row in enumerate(rows):
        comparisons[index] = replace(comparisons[index], verdict=row)
    judgement = replace(record.judgement, verdict=verdict, comparisons=comparisons, suite=())
    return build.view(replace(record, judgement=judgement))


def test_no_change_is_said_of_all_gated_rows_only_when_all_are_within_the_margin():
    view = seen(samples.get("unchanged"), Verdict.UNCHANGED)

    assert view.says == "No change"
    assert view.headline == "No change beyond the margin in any of 21 gated rows."


def test_an_inconclusive_row_takes_that_back_whatever_the_verdict_of_the_report():
    rows = (Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.INVALID)

    view = seen(samples.get("unchanged"), Verdict.UNCHANGED, *rows)

    assert view.says == "No change found"
    assert view.headline == (
        "No change was found: 18 rows within the margin, 2 inconclusive, "
        "1 without a trustworthy number."
    )


def test_a_report_says_what_it_would_have_found():
    view = build.view(samples.get("unchanged"))

    assert "All 21 gated rows without a finding would have shown a change" in view.sure
    assert "at most 5 %" in view.sure


def test_numbers_that_cannot_be_trusted_come_without_assurance():
    view = build.view(samples.get("invalid"))

    assert view.sure == ""
    assert view.headline == (
        "7 of 21 gated rows have no trustworthy number: the generator used 0.97 of one core; at "
        "most 0.80 is allowed. Found in the rest: nothing."
    )


def test_what_is_not_gated_is_reported_and_decides_nothing():
    record = samples.get("regression")
    assert record.judgement
    place = next(
        index
        for index, row in enumerate(record.judgement.comparisons)
        if not row.metric.gated and row.change
    )
    rows = [replace(row, verdict=Verdict.UNCHANGED) for row in record.judgement.comparisons]
    rows[place] = replace(rows[place], verdict=Verdict.REGRESSION)
    judgement = replace(record.judgement, comparisons=rows, suite=(), verdict=Verdict.UNCHANGED)

    view = build.view(replace(record, judgement=judgement))

    assert view.tone is Tone.CALM
    assert view.headline.startswith("No change beyond the margin in any of 21 gated rows; ")
    assert "reported only: p99.9 latency" in view.headline
    assert view.changed[0].says == "regression (not gated)"


def test_the_headline_names_the_metrics_that_changed_most_worse_ones_first():
    view = build.view(samples.get("regression"))

    named = [part.split(" ▲")[0].split(" ▼")[0] for part in view.headline.split("; ")]

    assert named[-1] == "peak RSS"
    assert set(named) == {"CPU per 1,000 requests", "p99 latency", "peak RSS"}


def test_a_certified_release_is_called_so():
    view = build.view(samples.get("certified"))

    assert view.says == "Certified"
    assert view.headline == "No worse than the margin in any of 21 gated rows."
