"""The frame of every HTML page: its templates, its list of contents, its security policy."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

# Nothing may be loaded or run, whatever a name in the record manages to smuggle in.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_CONTENTS = "<!--contents-->"
_FEWEST = 3  # headings that need a list


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
def environment() -> Environment:
    """The templates of pages; what they show is escaped for HTML."""
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
