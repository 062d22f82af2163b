"""Reports on series: what changed is said once, in every format, and holds no stranger's markup."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from loadstone.model import Interval, Verdict
from loadstone.model.series import standing
from loadstone.report.common import markdown as frame
from loadstone.report.common.html_page import POLICY
from loadstone.report.common.tones import Tone
from loadstone.report.series import build, html, markdown, terminal, wording
from loadstone.report.series import page as pages
from tests.report import trends
from tests.report.comparison.test_page import KNOWN, Reader
from tests.report.samples import CPU

PAGES = {
    "busy": lambda: [trends.busy()],
    "several": lambda: [trends.busy(), trends.flat(), trends.few(), trends.empty()],
    "hostile": lambda: [trends.hostile(text) for text in trends.HOSTILE],
}


@cache
def whole(name):
    return html(PAGES[name]())


@cache
def read(name):
    return Reader(whole(name))


@pytest.fixture(params=PAGES)
def name(request):
    return request.param


def view(series, recent=10):
    return build.view([series], recent=recent)


def test_the_page_is_well_formed_and_only_of_tags_we_write(name):
    reader = read(name)

    assert not reader.open
    assert not reader.broken
    assert {tag for tag, _ in reader.tags} <= {*KNOWN, "circle"}


def test_the_page_loads_and_runs_nothing(name):
    metas = [attrs for tag, attrs in read(name).tags if tag == "meta"]
    attributes = [pair for _, attrs in read(name).tags for pair in attrs.items()]

    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in metas
    assert not [key for key, _ in attributes if key.startswith("on")]
    assert not {"src", "action", "srcset", "data"} & {key for key, _ in attributes}
    links = [value for key, value in attributes if key == "href"]
    assert all(value and value.startswith("#") for value in links)


def test_ids_are_unique_even_with_several_series_on_a_page(name):
    tags = [attrs for _, attrs in read(name).tags]
    ids = [attrs["id"] for attrs in tags if "id" in attrs]
    named = [word for attrs in tags for word in (attrs.get("aria-labelledby") or "").split()]

    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)


def test_every_point_says_its_revision_its_time_and_its_value():
    said = re.findall(r"<circle[^>]*><title>([^<]*)</title></circle>", whole("busy"))

    assert "3.4.2 · 2026-11-19 05:00 · 225 ms" in said
    assert "3.4.2 · 2026-11-19 05:00 · +2.5 %" in said  # over all cases there is no unit
    assert sum(text.startswith("3.1.3 ") for text in said) == 5  # one of six rows lacks this record


def test_every_spot_lies_on_its_dot():
    """What is pointed at is where the dot is drawn, to a tenth of its size."""
    svg = re.findall(r"<svg.*?</svg>", whole("busy"), flags=re.DOTALL)[0]
    dots = re.findall(r'<use xlink:href="#[^"]+" x="([\d.]+)" y="([\d.]+)"[^>]*--head', svg)
    spots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)

    assert len(dots) == len(spots) > 20
    for dot, spot in zip(dots, spots, strict=True):
        assert [float(each) for each in dot] == pytest.approx([float(each) for each in spot], abs=1)


def test_a_page_that_would_be_too_large_leaves_out_pictures_and_no_row():
    view = build.view([trends.busy()], recent=10)

    small = pages.html(view, most=len(whole("busy").encode()) // 2)

    assert small.count("<tr") == whole("busy").count("<tr")
    assert 0 < small.count("<figure>") < whole("busy").count("<figure>")
    assert "more are not drawn" in small


def test_pictures_are_of_what_changed_first():
    titles = [text.strip() for text in re.findall(r"<figcaption>([^<]*)", whole("busy"))]

    assert titles[0].startswith("CPU per 1,000 requests")
    assert "p99 latency, body=600" in titles
    assert "p99 latency, body=22000" not in titles  # it has no point


@pytest.mark.parametrize("text", trends.HOSTILE)
def test_what_a_stranger_wrote_is_no_markdown(text):
    shown = markdown([trends.hostile(text)])

    assert "<script" not in shown
    assert "<img" not in shown
    assert not re.search(r"(?<!&)#\d", shown)
    assert "@octocat" not in shown
    assert shown.count("<!-- loadstone:series -->") == 1
    assert "\x1b" not in shown


@pytest.mark.parametrize("text", trends.HOSTILE)
def test_what_a_stranger_wrote_is_no_terminal_code(text):
    assert "\x1b" not in terminal([trends.hostile(text)], width=100)


def test_markdown_never_exceeds_what_a_comment_may_have():
    busy = trends.busy()
    many = [
        trends.change(replace(CPU, name=f"m{n}", title="x" * 150), place, 0.2)
        for n in range(60)
        for place in (5, 10, 15, 20)
    ]

    shown = markdown([replace(busy, changes=many) for _ in range(10)])

    assert len(shown) <= frame.MOST
    assert "left out here" in shown


@pytest.mark.parametrize("width", [40, 80, 160])
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(len, terminal([trends.busy()], width=width).splitlines())) <= width


def test_a_short_series_with_a_steady_count_still_says_what_it_lacks():
    found = trends.change(CPU, 2, 0.1, method="exact")
    shown = view(replace(trends.few(), changes=[found]))

    assert "8 more records" in shown.views[0].sure
    assert "8 more records" in view(trends.few()).headline


def test_improvements_alone_are_good_news():
    busy = trends.busy()
    better = [each for each in busy.changes if each.verdict is Verdict.IMPROVEMENT]
    shown = view(replace(busy, changes=better))

    assert (shown.tone, shown.says) == (Tone.GOOD, "Improvement")


def test_an_old_regression_is_no_news_and_no_secret():
    shown = view(trends.busy(), recent=3)

    assert standing(trends.busy(), 3) == []
    assert (shown.tone, shown.says) == (Tone.CALM, "No new regression")
    assert "3 regressions" in shown.headline


def test_the_worst_series_gives_the_page_its_name():
    shown = build.view([trends.flat(), trends.busy()], recent=10)

    assert (shown.tone, shown.says, shown.title) == (Tone.BAD, "Regression", "2 series")


def test_commits_are_said_where_revisions_are_not_called_so():
    point = trends.points()[3]
    labelled = replace(point, revision=point.commit[:7])

    assert wording.commits(point, point) == "030303030303..030303030303"
    assert wording.commits(labelled, labelled) == ""
    assert wording.commits(point, replace(point, commit="")) == ""


def test_a_count_that_began_at_nothing_has_no_finite_change():
    found = trends.change(CPU, 18, 1.0, method="exact", before=0.0, after=3.0)
    found = replace(found, change=Interval(estimate=1e300, low=1e300, high=1e300))

    assert "▲ +∞ %" in terminal([trends.series(changes=[found])], width=120)
