"""The frame of every Markdown report: its templates, its escaping, the size of a comment."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from loadstone.report.common import escape

MOST = 60_000  # characters; GitHub refuses a comment of more than 65,536


@cache
def environment() -> Environment:
    """The templates of Markdown.

    Every expression of them is escaped, unless a filter has made it safe.
    """
    environment = Environment(
        loader=PackageLoader("loadstone.report"),
        autoescape=False,  # noqa: S701  HTML escaping is not Markdown escaping: see finalize
        finalize=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        code=escape.code,
        block=escape.block,
        figure=escape.cell,
        verbatim=escape.Safe,
        spans=escape.spans,
    )
    return environment


def _escaped(value: object) -> str:
    return escape.text(str(value)) if not isinstance(value, escape.Safe) else value


def tidy(text: str) -> str:
    """The text of a template without the blank lines that its conditions left behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
