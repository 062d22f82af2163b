"""The report in a terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from loadstone.report import comparison
from tests.report import samples

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [40, 80, 120, 500])
@pytest.mark.parametrize("name", samples.MAKERS)
def test_no_line_is_wider_than_the_terminal(name, width):
    text = comparison.terminal(samples.get(name), width=width)

    assert max(cell_len(line) for line in text.splitlines()) <= min(width, 160)


@pytest.mark.parametrize("name", samples.MAKERS)
def test_without_colour_there_is_no_terminal_code_whatever_a_name_holds(name):
    assert "\x1b" not in comparison.terminal(samples.get(name))


@pytest.mark.parametrize("name", samples.MAKERS)
def test_colour_adds_nothing_but_colour(name):
    record = samples.get(name)

    coloured = comparison.terminal(record, colour=True)

    assert "\x1b[" in coloured
    plain = "\n".join(line.rstrip() for line in ANSI.sub("", coloured).splitlines()) + "\n"
    assert plain == comparison.terminal(record)


def test_markup_in_a_name_is_text():
    assert "[bold red]rich[/] :skull:" in comparison.terminal(samples.get("hostile"), width=160)


@pytest.mark.parametrize("name", samples.MAKERS)
def test_the_summary_is_one_line_that_a_status_can_hold(name):
    line = comparison.summary_line(samples.get(name))

    assert 0 < len(line) <= 140
    assert "\n" not in line


def test_the_summary_says_what_changed_most():
    line = comparison.summary_line(samples.get("improvement"))

    assert line.startswith("Improvement: peak RSS ▼ −37.1 %")
    assert line.endswith("6 improvements · 16 unchanged · 2 inconclusive")
