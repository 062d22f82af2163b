"""A comment survives GitHub: its own Markdown parser, and what it lets through of HTML.

The parser is GitHub's fork of cmark. What their sanitiser lets through is written down here after
their documentation of markup; mentions and references are looked for in the text that is left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import nh3
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given

from loadstone.report.common import escape
from loadstone.report.common.plain import plain
from tests.report import rendered
from tests.report.common.test_escape import SEARCHED, TEXTS
from tests.test_docs import offenders

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "report").glob("*.md"))
MARKDOWN = (
    Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG
)
TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "span", "blockquote"),
    *("b", "i", "strong", "em", "s", "strike", "del", "ins", "mark", "small", "sub", "sup"),
    *("code", "pre", "tt", "kbd", "samp", "var", "q", "cite", "dfn", "abbr", "time", "wbr"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th"),
    *("a", "img", "picture", "source", "figure", "figcaption", "details", "summary"),
}
ATTRIBUTES = {
    "*": {"align", "alt", "dir", "height", "hidden", "lang", "open", "start", "title", "width"},
    "a": {"href"},
    "img": {"src", "loading"},
    "source": {"media", "srcset"},
    "pre": {"lang"},
}
VOID = ("br", "hr", "img", "source", "wbr")
OURS = {
    *("h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "ul", "li"),
    *("details", "summary", "sub", "em", "br"),
}


@dataclass
class Node:
    """An element with its attributes, and the texts and elements in it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def every(self, tag: str = "") -> list[Node]:
        """All elements in it, or those of one tag, in their order."""
        found = []
        for node in self.inside:
            if isinstance(node, Node):
                found += [node] if tag in ("", node.tag) else []
                found += node.every(tag)
        return found

    def text(self, *, without: Sequence[str] = ()) -> str:
        """All that is read in it, as it was before spaces and breaks were made safe."""
        parts = (
            node if isinstance(node, str) else node.text(without=without)
            for node in self.inside
            if isinstance(node, str) or node.tag not in without
        )
        return "".join(parts)


class Tree(HTMLParser):
    """HTML as a tree; an element that is closed out of order fails the test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Node("")
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert [node.tag for node in self._open] == [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self._open[-1].inside.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def html(markdown: str) -> str:
    found: str = cmarkgfm.github_flavored_markdown_to_html(markdown, MARKDOWN)
    return found


def tree(markdown: str) -> Node:
    return Tree(html(markdown)).root


def read(text: str) -> str:
    """A text without what only makes it safe."""
    return text.replace("\u200b", "").replace("\u00a0", " ").strip()


def rows(root: Node) -> set[tuple[str, ...]]:
    """The rows of all tables, each as the texts of its cells."""
    return {
        tuple(read(cell.text()) for cell in row.every() if cell.tag in ("td", "th"))
        for row in root.every("tr")
    }


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    return [(node.tag, node.attributes) for node in Tree(text).root.every()]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_nothing_of_a_report_is_taken_away(path):
    whole = html(path.read_text())
    left = nh3.clean(whole, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)
    assert elements(left) == elements(whole)


def taken_away(path):
    """Elements of a document that GitHub would not let through."""
    whole = html(path.read_text())
    left = nh3.clean(whole, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)
    before, after = (Counter(tag for tag, _ in elements(each)) for each in (whole, left))
    return sorted(before - after)


def test_nothing_of_a_document_is_taken_away():
    assert offenders(taken_away) == {}


def test_an_element_that_would_be_taken_away_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<form>a</form>\n")
    assert taken_away(page) == ["form"]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_no_table_or_list_of_a_report_falls_apart(path):
    root = tree(path.read_text())
    for table in root.every("table"):
        widths = {
            len([n for n in row.every() if n.tag in ("td", "th")]) for row in table.every("tr")
        }
        assert len(widths) == 1
    prose = root.text(without=("table", "pre", "code"))
    assert not re.search(r"^\s*(\||[-*] |#+ |```)|\*\*|</?\w+>", prose, flags=re.M)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_fold_has_its_summary_and_something_in_it(path):
    for fold in tree(path.read_text()).every("details"):
        first = fold.inside[0]
        assert isinstance(first, Node)
        assert first.tag == "summary"
        assert len(fold.every("summary")) == 1
        assert fold.text(without=("summary",)).strip()


@pytest.mark.parametrize("name", ["regression", "busy", "improvement", "many", "hostile"])
def test_every_row_that_changed_is_a_row_of_a_table(name):
    view, shown = rendered.view(name), rows(tree(rendered.markdown(name)))
    assert view.changed
    cells = {row[:2] for row in shown}
    for row in view.changed:
        assert (read(row.short), read(row.title)) in cells


def test_names_of_someone_who_means_harm_become_text_and_nothing_else():
    root = tree(rendered.markdown("hostile"))
    assert {node.tag for node in root.every()} <= OURS
    assert not [node for node in root.every() if set(node.attributes) - {"align"}]
    text = root.text(without=("pre",))
    assert [pattern.pattern for pattern in SEARCHED if pattern.search(text)] == []


@given(TEXTS)
def test_a_text_from_outside_is_one_paragraph_that_reads_as_it_was_written(hostile):
    root = tree(escape.text(plain(hostile)))
    assert [node.tag for node in root.every()] in ([], ["p"])
    assert read(root.text()) == read(plain(hostile))


@given(TEXTS, TEXTS)
def test_a_row_of_texts_from_outside_keeps_its_cells(first, second):
    row = f"| {escape.code(plain(first))} | {escape.cell(plain(second))} |"
    found = rows(tree(f"| a | b |\n|---|---|\n{row}\n"))
    assert (read(plain(first)), read(plain(second))) in found
