"""Each thing is said once, at the level where it is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Note, Verdict
from loadstone.report import comparison
from loadstone.report.common.names import names
from loadstone.report.common.notes import gathered, plan_notes
from loadstone.report.common.sentences import span
from loadstone.report.common.sentences.own_words import spanned
from loadstone.report.comparison import build
from tests.report import rendered, samples

LATE = samples.LATE
UNPAIRED = "7 of 8 rounds have both sides; the others are not used"
FEW = "this percentile rests on 20 requests a run; it needs 100"


def test_what_is_true_of_a_case_is_said_once_and_at_no_row():
    view = build.view(samples.get("busy"))

    assert [text for text in view.warnings if UNPAIRED in text] == [
        f"in connections=50, body=600, {UNPAIRED}"
    ]
    rows = [*view.changed, *view.unchanged, *view.inconclusive]
    assert all(UNPAIRED not in row.notes for row in rows)


def test_why_a_metric_does_not_gate_is_said_once_with_its_cases_and_the_span_of_the_figures():
    made = samples.get("busy")
    plans = [
        replace(
            plan,
            notes=[
                Note(
                    code="too-few-samples",
                    data={"text": f"{metric} is shown, not gated: {have} a run"},
                )
                for metric in ("latency_p90", "latency_p99")
            ],
        )
        for plan, have in zip(made.plan.cases, (20, 40, 40), strict=False)
    ]

    said = plan_notes(plans, names(made.plan))

    assert [text.split("), ")[1] for text in said] == [
        "latency_p90 is shown, not gated: 20–40 a run",
        "latency_p99 is shown, not gated: 20–40 a run",
    ]
    assert all(text.startswith("in 3 cases (") for text in said)


def test_every_format_for_reading_says_why_a_metric_does_not_gate():
    made = samples.get("busy")
    why = "latency_p999 is shown, not gated"

    assert why in " ".join(comparison.terminal(made, width=120).split())
    assert why in rendered.text("busy")
    _, _, folded = rendered.markdown_of(made).partition("how to reproduce</summary>")
    assert why in folded.replace("\\", "")


def test_what_is_true_of_a_row_stays_at_the_row():
    view = build.view(samples.get("busy"))

    noted = {row.metric for row in view.changed if FEW in row.notes and row.case}
    assert "rss_peak" in noted
    assert f"peak RSS in 3 cases ({_shorts(view)}): {FEW}" in view.noted


def _shorts(view) -> str:
    return "; ".join(row.short for row in view.changed if row.metric == "rss_peak" and row.case)


def test_why_a_run_is_invalid_is_said_in_the_list_of_these_alone():
    for text in _formats():
        assert text.count("the generator was late") == 1


def _formats() -> Iterator[str]:
    yield comparison.terminal(samples.get("busy"), width=160)
    yield rendered.markdown_of(samples.get("busy"))
    yield _page()


def _page() -> str:
    """The page without its pictures, which take seconds to draw."""
    from loadstone.report.comparison import page

    return page.render(build.view(samples.get("busy")), pictures=())


def test_no_format_says_a_thing_of_a_case_a_run_or_the_machine_twice():
    for text in _formats():
        plain = " ".join(re.sub(r"<[^>]+>|\\", "", text).split())
        assert plain.count("7 of 8 rounds have both sides") == 1
        assert plain.count("sent more than") == 1
        assert plain.count("other programs use 1.3 cores") == 1


def test_notes_of_runs_become_one_with_the_span_of_their_figures():
    notes = [
        Note(code="sent-late", data={"text": LATE.format(late, p99)})
        for late, p99 in (("7.68 ms", "15.4 ms"), ("900 µs", "1.2 s"), ("2 ms", "15.4 ms"))
    ]

    assert gathered(notes, "run") == (
        (
            "in 3 runs: 1 in 100 requests was sent more than 900 µs–7.68 ms late, "
            "where the latency's p99 is 15.4 ms–1.2 s"
        ),
    )


def test_figures_of_notes_are_spanned_as_the_data_that_they_are():
    runs = [
        Note.of("generator-bottleneck", share=share, allowed=0.9) for share in (0.97, 0.91, 0.94)
    ]
    late = [Note.of("sent-late", late=late, latency=0.0154) for late in (0.0009, 0.00768)]

    assert span(runs) == "the generator used 91–97% of its core (90% allowed)"
    assert gathered(late, "run") == (
        (
            "in 2 runs: 1 in 100 requests was sent more than 0.9–7.68 ms late by the generator "
            "itself, where the latency's p99 is 15.4 ms"
        ),
    )


def test_what_another_program_said_is_no_figure_and_the_first_of_it_is_shown():
    notes = [
        Note.of("scrape-failed", failed=count, said=f"no answer from 127.0.0.1:{port}")
        for count, port in ((1, 40112), (3, 38123))
    ]

    assert gathered(notes, "run") == (
        "in 2 runs: 1–3 scrapes failed, such as no answer from 127.0.0.1:40112",
    )


def test_percentiles_are_names_and_no_figures():
    notes = [
        Note.of("too-few-samples", metric=metric, have=have, needed=1000)
        for metric, have in (("latency_p90", 20), ("latency_p99", 20), ("latency_p90", 40))
    ]

    assert gathered(notes, "case") == (
        "in 2 cases: latency_p90 is shown, not gated: 20–40 observations a run, 1000 needed",
        "in 1 case: latency_p99 is shown, not gated: 20 observations a run, 1000 needed",
    )


def test_an_older_note_and_a_newer_one_stay_apart():
    new = Note.of("sent-late", late=0.002, latency=0.0154)
    old = Note(code="sent-late", data={"text": LATE.format("2 ms", "15.4 ms")})

    assert len(gathered([new, old, new], "run")) == 2


def test_notes_of_different_kinds_stay_apart():
    notes = [
        Note(code="a", data={"text": "x 1"}),
        Note(code="b", data={"text": "x 1"}),
        Note(code="a", data={"text": "y"}),
    ]

    assert gathered(notes, "run") == ("in 1 run: x 1", "in 1 run: x 1", "in 1 run: y")


@given(st.lists(st.text(), min_size=1))
def test_a_span_of_any_texts_holds_every_word_of_the_first(texts):
    words = re.sub(r"\d+(?:[.,]\d+)*", " ", spanned(texts))
    assert set(re.findall(r"[^\W\d]{3,}", texts[0])) <= set(re.findall(r"[^\W\d]{3,}", words))


@given(st.text())
def test_the_span_of_one_text_is_the_text(text):
    assert spanned([text, text]) == text


def test_a_reader_of_a_test_report_still_learns_why_a_row_is_skipped():
    record = samples.get("busy")
    assert record.judgement
    rows = [replace(row, verdict=Verdict.INCONCLUSIVE) for row in record.judgement.comparisons]
    judgement = replace(record.judgement, comparisons=rows)

    assert UNPAIRED in comparison.junit(replace(record, judgement=judgement))
