"""Reports of redlines: true to the record, the same in every format, and safe."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner

from loadstone.cli.redline import command
from loadstone.report import redline
from loadstone.report.redline import build
from tests import searching
from tests.report import rendered, searches
from tests.report.samples import HOSTILE

# pages are drawn once for all of them
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn")]


@pytest.mark.parametrize("name", searches.NAMES)
def test_every_format_says_the_verdict_and_every_size(name):
    view = build.view(searches.get(name))
    tried = [step for each in searches.get(name).redlines.brackets for step in each.steps]
    assert len(view.steps) == len(tried)
    terminal = redline.terminal(searches.get(name), width=160)
    for text in (terminal, redline.markdown(searches.get(name)), rendered.search(name)):
        assert view.says in text
        assert all(row.size in text for row in view.steps)


def test_where_the_generator_was_the_limit_it_is_said_and_nothing_is_called_missed():
    view = build.view(searches.get("limited"))
    base = [row for row in view.steps if row.side == "base"]
    assert {row.says for row in base} == {"met", "undecided"}
    assert any("the load generator was the limit, not the component" in line for line in view.open)
    assert any("something else than the component" in line for line in view.warnings)
    assert view.sides[0].redline.startswith("≥")


def test_a_limit_above_a_known_redline_leaves_nothing_open():
    """Head's is bracketed far below the rates that the generator could not send."""
    view = build.view(searches.get("limited"))
    head = [line for line in view.open if line.startswith("head")]
    assert not any("generator" in line for line in head)


def test_every_run_is_a_dot_and_those_that_say_nothing_are_hollow():
    svgs = re.findall(r"<svg.*?</svg>", rendered.search("limited"), flags=re.DOTALL)
    trials = [
        trial
        for bracket in searches.get("limited").redlines.brackets
        for step in bracket.steps
        for trial in step.trials
    ]
    silent = sum(trial.excess is None for trial in trials)
    hollow = re.findall(r"fill: none; stroke: var\(--void\)", svgs[0])
    filled = re.findall(r"<use [^>]*fill: var\(--(?:base|head)\)", svgs[0])
    assert (len(hollow), len(filled)) == (silent, len(trials) - silent)
    for svg in svgs:
        ET.fromstring(svg)  # noqa: S314  (we drew it)


def test_the_runs_near_the_redlines_are_drawn_again_where_there_are_others():
    titles = re.findall(r"<figcaption>([^<]*?) <", rendered.search("lower"))
    assert titles == ["Worst objective by rate", "The same near the redlines", "rate by round"]
    titles = re.findall(r"<figcaption>([^<]*?) <", rendered.search("silent"))
    assert titles == ["Worst objective by rate", "rate by round"]


@pytest.mark.parametrize("name", searches.NAMES)
def test_the_command_to_repeat_it_is_one(name):
    program, verb, *words = shlex.split(build.view(searches.get(name)).command)
    assert (program, verb) == ("loadstone", "redline")
    context = command.make_context("redline", words, resilient_parsing=True)
    assert context.params["low"] == "125"
    assert context.params["high"] == "8000"
    assert context.params["fixed"] == ("held=100",)
    assert context.params["objectives"] == ("latency_p99<=0.03",)


def test_text_from_outside_stays_text():
    page = rendered.search("hostile")
    assert "<script>alert" not in page
    assert "<img" not in page
    text = redline.markdown(searches.get("hostile"))
    assert "<img" not in text
    assert "@octocat" not in text
    assert HOSTILE[7] not in redline.terminal(searches.get("hostile"))
    assert "\x1b" not in redline.terminal(searches.get("hostile"))


def test_wrong_repeats_are_wrong_use():
    for wrong in ("1", "5,3", "a", "3,4,5"):
        arguments = ["-s", "x", "-c", "x", "--head", "1", "--repeats", wrong]
        assert CliRunner().invoke(command, arguments).exit_code == 2


def test_a_search_without_a_run_has_a_report():
    found = searching.stored(searching.plan(), [])
    for text in (redline.terminal(found), redline.markdown(found), redline.html(found)):
        assert "nothing is known of the redline of rate" in text
        assert "p99 latency ≤ 30 ms" in text
