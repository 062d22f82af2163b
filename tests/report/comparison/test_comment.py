"""The comment of a pull request: short enough, verdict first, and nobody else's to write."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from loadstone.model import Record, Verdict
from loadstone.report import comparison
from loadstone.report.common import markdown
from tests.report import rendered, samples
from tests.report.common.test_escape import SEARCHED, tokens

OURS = re.compile(
    r"</?(code|details|summary|sub)>|<!-- loadstone:report [A-Za-z0-9._/+= -]* -->\s*", re.ASCII
)


@pytest.mark.parametrize("name", samples.MAKERS)
def test_it_fits_into_a_comment(name):
    assert len(rendered.markdown(name)) <= markdown.MOST


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_verdict_stands_in_the_first_two_lines(name):
    record = samples.get(name)
    first, second, *_ = comparison.markdown(record).splitlines()

    assert first.startswith("### ")
    assert second.startswith("**")
    if record.judgement and record.judgement.verdict is Verdict.REGRESSION:
        assert "Regression" in first


def test_the_second_line_says_what_changed_by_how_much_and_how_sure():
    _, second, *_ = comparison.markdown(samples.get("improvement")).splitlines()

    assert re.search(r"peak RSS ▼ −3\d\.\d % \[−\d\d\.\d, −\d\d\.\d\] in all cases", second)
    assert "95 % intervals" in second
    assert "at most 5 %" in second


def test_what_changed_stands_before_everything_folded():
    text = rendered.markdown("regression")

    assert text.index("🔴 regression") < text.index("🟢 improvement") < text.index("<details>")


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_last_line_is_the_marker_that_finds_the_comment_again(name):
    lines = rendered.markdown(name).splitlines()

    assert re.fullmatch(
        r"<!-- loadstone:report key=\S+ base=\S+ head=\S+ verdict=\w+ -->", lines[-1]
    )
    assert sum("<!--" in line for line in lines) == 1


def test_the_key_of_the_marker_outlives_new_revisions():
    record = samples.get("regression")
    pushed = replace(record, plan=replace(record.plan, head=replace(record.plan.head, label="9")))

    assert _key(record) == _key(pushed)


def _key(record: Record) -> str:
    return comparison.markdown(record).splitlines()[-1].split()[2]


@pytest.mark.parametrize("name", samples.MAKERS)
def test_nothing_from_outside_becomes_markup(name):
    found = tokens(rendered.markdown(name))
    kinds = {token.type for token in found}
    html = [token.content for token in found if token.type in ("html_inline", "html_block")]

    assert not kinds & {"link_open", "image", "code_inline", "blockquote_open", "s_open"}
    assert all(not OURS.sub("", fragment).count("<") for fragment in html), html


@pytest.mark.parametrize("name", samples.MAKERS)
def test_nobody_is_mentioned_and_nothing_referred_to(name):
    found = tokens(rendered.markdown(name))
    shown = [token.content for token in found if token.type.startswith("text")]

    assert not [(text, p.pattern) for text in shown for p in SEARCHED if p.search(text)]


@pytest.mark.parametrize("name", samples.MAKERS)
def test_every_row_of_a_table_has_the_columns_of_its_head(name):
    head = width = 0
    for token in tokens(rendered.markdown(name)):
        if token.type == "table_open":
            head = width = 0
        elif token.type == "th_open":
            head += 1
        elif token.type == "tr_open":
            width = 0
        elif token.type == "td_open":
            width += 1
        elif token.type == "tr_close" and width:
            assert width == head


def test_four_hundred_rows_fit_without_dropping_one():
    for name in ("many", "everything-changed"):
        assert "left out" not in rendered.markdown(name)


def test_what_is_dropped_is_said():
    text = comparison.markdown(_threefold("everything-changed"))

    assert len(text) <= markdown.MOST
    assert re.search(r"\d+ more rows changed: this comment has no room", text)
    assert "left out here" in text


def test_rows_that_changed_are_dropped_last():
    record = _threefold("many")
    text = comparison.markdown(record)

    changed = sum(row.verdict is Verdict.REGRESSION for row in _rows(record))
    assert len(text) <= markdown.MOST
    assert text.count("🔴 regression") >= changed
    assert re.search(r"\d+ more (unchanged|inconclusive) rows are left out here", text)


def _threefold(name: str) -> Record:
    """Twelve hundred rows."""
    record = samples.get(name)
    assert record.judgement
    judgement = replace(record.judgement, comparisons=[*_rows(record)] * 3)
    return replace(record, judgement=judgement)


def _rows(record: Record):
    assert record.judgement
    return record.judgement.comparisons


def test_the_command_that_measures_it_again_is_given():
    assert (
        "loadstone run --scenario ingress-latency --component traefik --base 3.7.10 --head 3.7.15 "
        "--provider memory --tier quick --seed 7"
    ) in rendered.markdown("regression")
