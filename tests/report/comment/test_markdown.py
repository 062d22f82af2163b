"""The Markdown report of a run: the comment's words, with the commands of a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from loadstone.github.hidden_line import read
from loadstone.model import Record, Verdict
from loadstone.model.bot import CommentSection, CommentState
from loadstone.report.comment import job_summary, pull_request
from loadstone.report.common import markdown
from tests.report import rendered, samples
from tests.report.comment import reading, situations


@pytest.mark.parametrize("name", samples.MAKERS)
def test_it_fits_into_a_comment_and_is_whole_after_github(name):
    text = rendered.markdown(name)

    assert len(text) <= markdown.MOST
    assert reading.open_rows(reading.check(text)) <= 10


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_verdict_stands_in_the_first_two_lines_below_the_marker(name):
    record = samples.get(name)
    _, title, lead, *_ = rendered.markdown(name).splitlines()

    assert title.startswith("### ")
    assert lead.startswith("**")
    if record.judgement and record.judgement.verdict is Verdict.REGRESSION:
        assert "Regression" in title


def test_the_headline_says_what_changed_by_how_much_and_the_small_print_how_sure():
    text = rendered.markdown("improvement")
    lead, small = text.splitlines()[2], text.rpartition("<sub>")[2]

    assert re.search(r"peak RSS ▼ −3\d\.\d % \[−\d\d\.\d, −\d\d\.\d\] in all cases", lead)
    assert "95 % intervals" in small
    assert "at most 5 %" in small


def test_worse_stands_before_better_and_both_before_everything_folded():
    text = rendered.markdown("regression")

    assert text.index("🔴 p99 latency") < text.index("🟢 peak RSS") < text.index("<details>")


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_first_line_is_the_marker_that_finds_it_again(name):
    first, *_ = lines = rendered.markdown(name).splitlines()

    found = read(first)
    assert found is not None
    assert set(found.data) == {"base", "head", "verdict"}
    assert sum("<!--" in line for line in lines) == 1


def test_the_key_of_the_marker_outlives_new_revisions():
    record = samples.get("regression")
    pushed = replace(record, plan=replace(record.plan, head=replace(record.plan.head, label="9")))

    assert _key(record) == _key(pushed) != ""


def _key(record: Record) -> str:
    found = read(rendered.markdown_of(record))
    return found.key if found else ""


def test_what_changed_is_left_out_after_what_did_not():
    record = samples.get("many")
    text = rendered.markdown_of(_threefold(record))

    assert len(text) <= markdown.MOST
    assert text.count("🔴 regression |") >= 60
    assert "left out for want of room: unchanged rows." in text


def test_what_is_left_out_is_said():
    text = rendered.markdown_of(_threefold(samples.get("everything-changed")))

    assert len(text) <= markdown.MOST
    assert re.search(r"[\d,]+ more rows left out here\.", text)


def _threefold(record: Record) -> Record:
    """Twelve hundred rows."""
    assert record.judgement
    judgement = replace(record.judgement, comparisons=[*_rows(record)] * 3)
    return replace(record, judgement=judgement)


def _rows(record: Record):
    assert record.judgement
    return record.judgement.comparisons


def test_the_command_that_measures_it_again_is_given_and_no_slash_command():
    text = rendered.markdown("regression")

    assert (
        "loadstone run --scenario ingress-latency --component traefik --base 3.7.10 --head 3.7.15 "
        "--provider memory --tier quick --seed 7"
    ) in text
    assert "/loadstone" not in text


@pytest.mark.parametrize("number", [1, 3, 12])
def test_any_number_of_components_fits_the_first_of_them_with_its_verdict(number):
    found = situations.of("hostile")
    names = [f"component-{place}" for place in range(number)]
    state = CommentState(
        number=1,
        sections=[
            CommentSection(component=name, state=situations.verdict(found)) for name in names
        ],
    )
    text = pull_request(state, dict.fromkeys(names, found))

    assert len(text) <= markdown.MOST
    assert "🔴 Regression" in text
    assert reading.open_rows(reading.check(text)) <= 10


def test_the_summary_of_a_job_has_room_for_nearly_everything_and_stays_below_a_mebibyte():
    record = _threefold(samples.get("everything-changed"))
    found = situations.result(record)
    section = CommentSection(component="traefik", state=situations.verdict(found))
    text = job_summary(CommentState(number=1, sections=[section]), {"traefik": found})

    assert 100_000 < len(text.encode()) < 2**20
    assert "left out" not in text


def test_hundreds_of_components_fit_too_those_that_do_not_are_said_to_be_left_out():
    state = CommentState(
        number=1,
        sections=[
            CommentSection(component=f"<{place}>" * 20, state=situations.RUNNING)
            for place in range(400)
        ],
    )
    text = pull_request(state, {})

    assert len(text) <= markdown.MOST
    assert "left out for want of room: tables, components" in text
