"""The comment in every situation: as agreed, within a screen and the limit, whole after GitHub."""

from __future__ import annotations

import re

import pytest

from loadstone.github.hidden_line import read
from loadstone.model.bot.codes import SKIPS
from tests.report.comment import reading, situations
from tests.report.test_github import tree

NAMES = tuple(situations.SITUATIONS)
POSTED = [name for name in NAMES if name not in ("release", "summary")]
RESULTS = ("regression", "improvement", "unchanged", "inconclusive", "invalid", "missed", "real")
ORDER = {
    "regression": (
        "### 🔴 Regression", "**CPU per 1,000", "| metric | change |", "**Latency**",
        "Objectives: all 3 met", "**Where it changed**", "2 inconclusive", "Run it again",
        "It cost 7 min",
    ),
    "missed": ("### 🔴 1 objective missed", "**Latency**", "| objective | head |", "It cost"),
    "partial-failure": (
        "### 🔴 Regression", "| metric |", "**Latency**", "**Where it changed**",
        "**Not measured**",
        "its last words: panic", "All that was not measured", "Run it again", "It cost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_comment_reads_as_agreed(name):
    expected = (situations.FOLDER / f"{name}.md").read_text(encoding="utf-8")

    assert situations.text(name) == expected, (
        "the words changed: if that is meant, run `python -m tests.report.comment.situations`"
    )


def test_no_golden_comment_is_left_over():
    assert {path.stem for path in situations.FOLDER.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_github_shows_all_of_it_with_its_tables_and_folds_whole(name):
    root = reading.check(situations.text(name))
    if name != "hostile":
        reading.no_markup_is_left_over(root)


@pytest.mark.parametrize("name", POSTED)
def test_what_is_open_fits_one_screen(name):
    assert reading.open_rows(tree(situations.text(name))) <= 10


@pytest.mark.parametrize("name", POSTED)
def test_it_stays_within_the_budget_and_begins_with_its_marker(name):
    text = situations.text(name)
    marker = read(text)

    assert marker is not None
    assert len(text.partition("\n")[2]) <= 60_000
    assert len(text) <= 65_536
    assert text.count("<!--") == 1


@pytest.mark.parametrize("name", ORDER)
def test_the_parts_stand_in_the_order_in_which_they_matter(name):
    text = situations.text(name)
    places = [text.index(part) for part in ORDER[name]]

    assert places == sorted(places)


@pytest.mark.parametrize("name", RESULTS)
def test_every_latency_is_told_at_every_percentile_whether_or_not_it_changed(name):
    text = situations.text(name)

    assert re.search(r"\| (latency|case) (\| case )?\| p50 \| p90 \| p99 \| p99\.9 \|", text)


def test_a_row_of_a_metric_says_in_how_many_cases_and_from_where_to_where():
    row = next(
        line
        for line in situations.text("two-hundred-cases").splitlines()
        if "peak RSS" in line and line.startswith("|")
    )

    assert re.search(r"▼ −\d+\.\d\s% to −\d+\.\d\s% in 200 of 200 cases", row)


def test_two_hundred_cases_keep_as_much_as_fits_and_say_what_is_missing():
    text = situations.text("two-hundred-cases")

    assert 45_000 < len(text) <= 60_000
    assert "Shortened or left out for want of room: configuration and environment" in text
    assert f"[The whole report]({situations.REPORT})" in text


def test_an_outdated_result_cannot_be_taken_for_that_of_the_head():
    text = situations.text("outdated")

    assert text.splitlines()[1].startswith("### 🕓 Outdated, was")
    assert "<code>9be0d7c</code> now, which has not been measured" in text
    assert reading.open_rows(tree(text)) == 0


def test_what_runs_is_called_provisional():
    assert "**Provisional**" in situations.text("running")
    assert "nothing is decided" in situations.text("running-early")


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("skipped")])
def test_what_was_not_measured_says_why_and_that_it_cost_nothing(name):
    third, fourth, *_ = situations.text(name).splitlines()[1:]

    assert third.startswith("### ⏭️ Not measured: traefik")
    assert fourth.endswith("This cost nothing.")
    assert len(fourth) > 40


def test_a_refused_artifact_changes_nothing_but_the_words_that_say_so():
    text = situations.text("refused")

    assert "### ⛔ Refused" in text
    assert "Nothing of it was used" in text
    assert "|" not in text


def test_an_accepted_change_is_shown_with_who_when_and_until_when_and_is_no_alarm():
    text = situations.text("accepted")

    assert "### ☑️ Regression, accepted" in text
    assert "🔴" not in text.partition("<details>")[0]
    line = "accepted by <code>hubot-maintainer</code> on 2026-11-20 until 2026-12-20: “compression"
    assert line in text


def test_a_run_that_found_nothing_takes_an_earlier_alarm_back():
    assert "An earlier alarm of this pull request is gone" in situations.text("eased")


def test_the_configuration_of_the_base_is_said_to_have_been_used():
    text = situations.text("configuration")

    assert "> The change of .github/loadstone.yaml does not count here; what measured" in text


def test_a_head_without_a_base_shows_its_values_and_says_there_is_no_baseline():
    text = situations.text("first")

    assert "### ⚪ No baseline yet: traefik 3.7.15" in text
    assert "→" not in text.partition("<details>")[0]


def test_each_component_has_its_section_the_one_with_an_alarm_first():
    text = situations.text("two-components")

    assert "### 🔴 Look at traefik; 1 other component without an alarm" in text
    assert text.index("#### 🔴 Regression") < text.index("#### ⚪ No change")


def test_release_notes_hold_a_tag_against_the_previous_and_the_best_of_the_last():
    text = situations.text("release")

    assert text.startswith("## Performance of <code>v3.7.15</code>")
    assert "v3.7.15 against v3.7.10, the one before it" in text
    assert "v3.7.15 against v3.6.2, the best of the last 5" in text
    assert "/loadstone" not in text


def test_there_is_a_situation_for_every_reason_to_measure_nothing():
    skipped = [name for name in NAMES if name.startswith("skipped-")]

    assert len(skipped) == len(SKIPS)


def test_an_accepted_change_that_has_grown_alarms_again_and_says_so():
    text = situations.text("accepted-grown")

    assert "### 🔴 Regression: traefik" in text
    assert "| 🔴 p99 latency |" in text
    assert "| ☑️ CPU per 1,000 requests (accepted) |" in text
    assert "until 2026-12-20, and it has grown since, so it alarms" in text
