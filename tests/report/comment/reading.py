"""A comment as GitHub reads it, and what must be true of every one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import nh3

from tests.report.comment import situations
from tests.report.common.test_escape import SEARCHED
from tests.report.test_github import ATTRIBUTES, OURS, TAGS, Node, elements, html, tree

LINKS = {situations.REPORT, situations.RUN}
ELEMENTS = {*OURS, "a", "h2", "h4", "blockquote"}


def open_rows(root: Node) -> int:
    """Rows of tables that are seen before anything is unfolded."""
    return sum(sum(not row.every("th") for row in table.every("tr")) for table in _open(root))


def _open(node: Node) -> list[Node]:
    found = []
    for child in node.inside:
        if isinstance(child, Node) and child.tag == "table":
            found.append(child)
        elif isinstance(child, Node) and child.tag != "details":
            found += _open(child)
    return found


def check(markdown: str, *, links: Iterable[str] = ()) -> Node:
    """What holds of every comment, whatever it is made of. `links`: others of ours in it."""
    root = tree(markdown)  # every element is closed, in order
    whole = html(markdown)
    left = nh3.clean(whole, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)
    assert elements(left) == elements(whole)
    assert {node.tag for node in root.every()} <= ELEMENTS
    assert {node.attributes.get("href") for node in root.every("a")} <= {*LINKS, *links}
    for node in root.every():
        allowed = {"a": {"href"}, "pre": {"lang"}}.get(node.tag, {"align"})
        assert set(node.attributes) <= allowed
    shown = list(_texts(root))
    assert [(each, p.pattern) for each in shown for p in SEARCHED if p.search(each)] == []
    _check_tables(root)
    _check_folds(root)
    return root


def _texts(node: Node) -> Iterator[str]:
    """Every piece of text by itself, as GitHub looks for mentions, but links and blocks of code."""
    for child in node.inside:
        if isinstance(child, str):
            yield child
        elif child.tag not in ("pre", "a"):
            yield from _texts(child)


def _check_tables(root: Node) -> None:
    for table in root.every("table"):
        rows = table.every("tr")
        widths = {len([n for n in row.every() if n.tag in ("td", "th")]) for row in rows}
        assert len(widths) == 1
        assert len(rows) > 1


def no_markup_is_left_over(root: Node) -> None:
    """No table, list or emphasis has become text; of names that are ours."""
    prose = root.text(without=("table", "pre", "code"))
    assert not re.search(r"^\s*(\||[-*] |#+ |```)|\*\*|</?\w+>", prose, flags=re.M)


def _check_folds(root: Node) -> None:
    for fold in root.every("details"):
        first = fold.inside[0]
        assert isinstance(first, Node)
        assert first.tag == "summary"
        assert len(fold.every("summary")) == 1
        assert fold.text(without=("summary",)).strip()
