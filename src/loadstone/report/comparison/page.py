"""The report as one self-contained HTML page: no scripts, no network, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from loadstone.report.common import words
from loadstone.report.comparison import NO_FLAMES, detectable
from loadstone.report.comparison.view import ComparisonView
from loadstone.report.pictures import Gallery, gallery

# Nothing may be loaded or run, whatever a name in the record manages to smuggle in.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


_CONTENTS = "<!--contents-->"
_FEWEST = 3
MOST = 2_000_000  # bytes; a page that mail and artifact viewers still open
_SHARES = (1, 2, 4, 8)  # of the pictures, until the page is small enough


def render(
    view: ComparisonView,
    *,
    flames: Mapping[str, str] = NO_FLAMES,
    most: int = MOST,
    pictures: Sequence[Gallery] | None = None,
) -> str:
    """The view as a page of less than `most` bytes, which pictures give way to, and rows never.

    `flames`: title → SVG, part of the page as it is. `pictures`, when they are drawn already.
    """
    drawn = gallery(view) if pictures is None else pictures
    page = fitted(drawn, lambda kinds: _written(view, kinds, flames), most=most)
    return page or _written(view, (), {})


def fitted(
    drawn: Sequence[Gallery], write: Callable[[Sequence[Gallery]], str], *, most: int = MOST
) -> str:
    """What `write` makes of as many of the pictures as fit into `most` bytes; else nothing."""
    for share in _SHARES:
        page = write([_fewer(kind, share) for kind in drawn])
        if len(page.encode()) < most:
            return page
    return ""


def _fewer(kind: Gallery, share: int) -> Gallery:
    """The first of the pictures, one at least: those of what changed come first."""
    kept = max(1, len(kind.pictures) // share)
    left_out = kind.left_out + len(kind.pictures) - kept
    return replace(kind, pictures=kind.pictures[:kept], left_out=left_out)


def _written(view: ComparisonView, pictures: Sequence[Gallery], flames: Mapping[str, str]) -> str:
    page = _template().render(
        view=view,
        galleries=pictures,
        flames=flames,
        glyph=words.GLYPH,
        policy=POLICY,
        sight=detectable,
    )
    return with_contents(page)


def with_contents(page: str) -> str:
    """The page with a list of its headings that have an id; fewer than three need none.

    What stands in a heading is escaped already, and nobody else's text can be the place of the
    list, since it is a comment.
    """
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', page)
    parts = [(id_, title) for id_, title in headings if id_.startswith("series-")]
    named: dict[str, str] = {}  # a table before the pictures of the same
    for id_, title in headings:
        named.setdefault(title, id_)
    listed = parts or [(id_, title) for title, id_ in named.items()]
    links = "\n".join(f'<li><a href="#{id_}">{title}</a></li>' for id_, title in listed)
    nav = f'<nav class="contents" aria-label="Contents"><ul>\n{links}\n</ul></nav>'
    return page.replace(_CONTENTS, nav if len(listed) >= _FEWEST else "", 1)


@cache
def _template() -> Template:
    return environment().get_template("page.html.jinja")


@cache
def environment() -> Environment:
    """Where the templates of pages are; what they show is escaped for HTML."""
    environment = Environment(
        loader=PackageLoader("loadstone.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(glue=_glued, spans=_spans)
    return environment


def _spans(text: str) -> Markup:
    """`text` where what stands between backticks is code, as our sentences write it."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


def _glued(text: str) -> str:
    """`text` where no line ends between a number and its arrow, unit or interval."""
    return re.sub(r"(?<=[▲▼=≈\d]) (?=[%+−\[\d]|[nµm]?s\b|[KMGT]?i?B\b)", "\u00a0", text)
