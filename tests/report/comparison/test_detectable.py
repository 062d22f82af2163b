"""What would have been seen is said in words that tell something."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf

import pytest

from loadstone.model import Comparison, Interval, Record, Summary, Verdict
from loadstone.report import comparison
from loadstone.report.comparison import build
from loadstone.report.comparison import detectable as detectable_module
from tests.report import rendered, samples

NOWHERE = Summary(n=4, center=0.0, low=0.0, high=0.0)
SAME = Interval(estimate=0.0, low=0.0, high=0.0)


def row(detectable: float | None, **changed: object) -> Comparison:
    summary = Summary(n=4, center=0.002, low=0.002, high=0.002)
    made = Comparison(
        case="a",
        metric=samples.P99,
        verdict=Verdict.INCONCLUSIVE,
        base=summary,
        head=summary,
        change=SAME,
        detectable=detectable,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("detectable", "said", "told"),
    [
        (None, "", ""),
        (0.031, "≥ 3.1 %", "a change of 3.1 % would have been found"),
        (8.99, "≥ 899 %", "a change of 899 % would have been found"),
        (18.7, "–", "even a tenfold change would have been missed"),
        (inf, "–", "even a tenfold change would have been missed"),
    ],
)
def test_a_change_that_would_be_seen_is_a_figure_only_below_tenfold(detectable, said, told):
    assert detectable_module.seen([row(detectable)]) == said
    assert detectable_module.sentence(row(detectable)) == told


def test_a_count_shows_any_change_when_one_event_would_have_been_seen():
    eleven = Summary(n=4, center=11.0, low=11.0, high=11.0)

    assert detectable_module.seen([row(1e-4, metric=samples.CALLS, base=eleven)]) == "any"
    assert detectable_module.seen([row(0.2, metric=samples.CALLS, base=eleven)]) == "≥ 20 %"


def test_the_margin_counts_by_share_and_by_size():
    assert detectable_module.precise(row(0.09))  # the margin is 10 %
    assert not detectable_module.precise(row(0.11))
    assert detectable_module.precise(
        row(0.9, base=Summary(n=4, center=1e-4, low=1e-4, high=1e-4))
    )  # 100 µs


def blurred() -> Record:
    """Rows of which nothing can be said, and errors on neither side."""
    made = samples.get("inconclusive")
    assert made.judgement
    rows = [replace(row, detectable=1e9) for row in made.judgement.comparisons]
    errors = replace(samples.CALLS, name="errors", title="errors")
    rows[0] = row(
        1e12,
        case=rows[0].case,
        metric=errors,
        base=NOWHERE,
        head=NOWHERE,
        verdict=Verdict.UNCHANGED,
    )
    return replace(made, judgement=replace(made.judgement, comparisons=rows))


def test_no_format_shows_an_endless_percentage():
    from loadstone.report.comparison import page

    view = build.view(blurred())
    for text in (
        comparison.terminal(blurred(), width=160),
        rendered.markdown_of(blurred()),
        comparison.junit(blurred()),
        page.render(view, pictures=()),
    ):
        assert "∞" not in text
        assert not re.search(r"\d{4,}\s?%|,\d{3}\s?%", text)
        assert "0 in both" in text.replace("\u00a0", " ").replace("&nbsp;", " ")
        assert "even a tenfold change" in text or text.startswith("<?xml")


def test_the_first_lines_name_the_row_that_sees_least():
    view = build.view(blurred())

    assert "Of 20 gated rows without a finding, none would have shown a change" in view.sure
    assert "where even a tenfold change would have been missed" in view.sure


def test_rows_that_decide_stand_before_rows_that_do_not():
    view = build.view(samples.get("inconclusive"))

    gated = [item.gated for item in view.inconclusive]
    assert gated == sorted(gated, reverse=True)
