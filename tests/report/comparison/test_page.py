"""The page: whole in one file, loads nothing, and holds no markup of a stranger."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from loadstone.model import Note
from loadstone.report import comparison
from loadstone.report.common.html_page import POLICY
from loadstone.report.common.tones import Tone
from loadstone.report.comparison.gallery import MOST_ROUNDS
from loadstone.report.comparison.grid import grid
from loadstone.report.comparison.page import render
from tests.report import rendered, samples

# pages are drawn once for all of them
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn")]

VOID = {"meta", "br", "path", "use"}
TEXT = "html head meta title style body header main footer section h1 h2 h3 p span ul li dl dt dd"
TEXT += " nav a"
BOXES = "div details summary table thead tbody tr th td code pre figure figcaption i"
DRAWN = "svg desc defs g path use text clippath rect"
KNOWN = {*TEXT.split(), *BOXES.split(), *DRAWN.split()}
LARGEST = 2_000_000


class Reader(HTMLParser):
    """Tags, attributes and texts, and whether every tag was closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.broken: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@cache
def read(page: str) -> Reader:
    return Reader(page)


# Drawing takes seconds: these have every part of a page, every kind of trouble, and the most rows.
PAGES = ("regression", "invalid", "one-side", "not-judged", "empty", "hostile", "many")


@pytest.fixture(params=PAGES)
def page(request):
    return rendered.whole(request.param)


def test_it_is_small_enough_to_send(page):
    assert len(page.encode()) < LARGEST


def test_it_is_well_formed_and_only_of_tags_we_write(page):
    reader = read(page)

    assert not reader.open
    assert not reader.broken
    assert {tag for tag, _ in reader.tags} <= KNOWN


def test_it_asks_the_browser_to_load_and_run_nothing(page):
    metas = [attrs for tag, attrs in read(page).tags if tag == "meta"]

    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in metas


def test_no_attribute_runs_or_loads_anything(page):
    attributes = [pair for _, attrs in read(page).tags for pair in attrs.items()]

    assert not [name for name, _ in attributes if name.startswith("on")]
    assert not {"src", "action", "srcset", "data"} & {name for name, _ in attributes}
    inside = [value for name, value in attributes if name in ("href", "xlink:href")]
    assert all(value and value.startswith("#") for value in inside)
    assert not [v for name, v in attributes if name == "style" and v and "//" in v]


def test_ids_are_unique_and_every_reference_has_its_target(page):
    tags = [attrs for _, attrs in read(page).tags]
    ids = [attrs["id"] for attrs in tags if "id" in attrs]

    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', page)
    named = [word for attrs in tags for word in (attrs.get("aria-labelledby") or "").split()]
    assert {*used, *named} <= set(ids)


def test_every_picture_says_what_it_shows(page):
    pictures = [attrs for tag, attrs in read(page).tags if tag == "svg"]

    assert all(attrs.get("role") == "img" and attrs.get("aria-labelledby") for attrs in pictures)
    assert page.count("<svg") == page.count("<title id=") == page.count("<desc id=")


def test_every_colour_of_a_picture_is_one_of_the_page(page):
    pictures = "".join(re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL))
    tags = "".join(re.findall(r"<[^>]+>", pictures))

    assert "#010e" not in tags
    assert set(re.findall(r"(?:fill|stroke): (#\w+)", tags)) <= set()


def test_header_cells_say_what_they_are_the_head_of(page):
    heads = [attrs for tag, attrs in read(page).tags if tag == "th"]

    assert all(attrs.get("scope") in ("col", "row", "rowgroup") for attrs in heads)


def test_the_same_record_gives_the_same_page():
    assert comparison.html(samples.get("one-side")) == rendered.whole("one-side")


def test_a_page_that_would_be_too_large_leaves_out_pictures_and_no_row():
    whole = rendered.whole("regression")
    pictures = rendered.pictures("regression")

    small = render(rendered.view("regression"), most=len(whole.encode()) // 2, pictures=pictures)

    assert len(small.encode()) < len(whole.encode()) // 2
    assert small.count("<tr") == whole.count("<tr")
    assert 0 < small.count("<figure>") < whole.count("<figure>")
    assert re.search(r"\d more are not drawn", small)


def test_pictures_that_are_too_many_are_counted():
    page = rendered.whole("many")

    assert page.count('<title id="rounds-') == MOST_ROUNDS
    assert f"{20 - MOST_ROUNDS} more are not drawn." in page


def test_what_a_stranger_wrote_is_shown_as_he_wrote_it():
    shown = "".join(read(rendered.whole("hostile")).text)

    assert "<img src=x onerror=alert(1)><script>alert(1)</script>" in shown
    assert "</details></td></tr></table> &lt;b&gt;" in shown


def test_the_verdict_in_the_page_is_the_verdict_in_the_comment():
    for name in ("regression", "invalid", "one-side", "not-judged"):
        lines = rendered.markdown(name).splitlines()
        heading = next(line for line in lines if line.startswith("### "))
        first = heading.split(" ", 2)[2]
        assert f"<title>{first}</title>" in rendered.whole(name)


def test_the_contents_name_every_part_once_and_lead_there():
    for name in ("regression", "sizes", "invalid"):
        page = rendered.whole(name)
        (nav,) = re.findall(r'<nav class="contents".*?</nav>', page, flags=re.DOTALL)
        links = re.findall(r'<a href="#([^"]+)">(.*?)</a>', nav)
        assert {title for _, title in links} == set(re.findall(r'<h2 id="[^"]+">(.*?)</h2>', page))
        assert len({title for _, title in links}) == len(links)
        assert all(f'id="{target}"' in page for target, _ in links)


def test_a_page_of_few_parts_has_no_contents():
    assert "<nav" not in rendered.whole("empty")


def test_what_our_sentences_write_as_code_is_shown_as_code():
    record = samples.get("regression")
    warned = Note(
        code="open-files", data={"text": "at most 256 open files: `ulimit -n 65536`, or <b>`"}
    )
    environment = replace(record.environment, warnings=[warned])
    page = rendered.words(replace(record, environment=environment))
    assert "at most 256 open files: <code>ulimit -n 65536</code>, or &lt;b&gt;`" in page


def test_at_a_glance_there_is_a_cell_for_every_row_with_its_verdict_in_words():
    view = rendered.view("regression")
    assert view.grid is not None
    cells = [cell for line in view.grid.lines for cell in line.cells if cell is not None]
    rows = [*view.suite, *view.changed, *view.unchanged, *view.inconclusive, *view.invalid]
    shown = {id(item) for item in rows if item.case} | {id(item) for item in view.suite}
    assert len(cells) == len(shown)
    assert view.grid.lines[0].short == "all cases"
    assert view.grid.metrics[0] in ("CPU per 1,000 requests", "p99 latency")  # they got worse
    page = rendered.whole("regression")
    assert page.count('<span class="unseen">') == len(cells)


def test_too_many_cases_for_a_glance_are_counted_those_that_changed_come_first():
    row = next(item for item in rendered.view("regression").changed if item.case)
    calm = replace(row, tone=Tone.CALM)
    many = [replace(calm, case=f"c{n}", short=f"c{n}") for n in range(50)]
    found = grid([], [*many, replace(row, case="worse", short="worse")])
    assert found is not None
    assert found.left_out == 11
    assert found.lines[0].short == "worse"
    assert grid([], many[:3]) is None
