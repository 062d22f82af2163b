"""The report as Markdown: what a pull request shows, within the size a comment may have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from loadstone.report.common import escape, words
from loadstone.report.comparison import detectable
from loadstone.report.comparison.view import ComparisonView

MOST = 60_000  # characters; GitHub refuses a comment of more than 65,536


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many rows are shown: of what changed, and of each folded part."""

    changed: int
    folded: int


# Tried in turn until the text fits: what is folded gives way before what changed.
_ALL = 1_000_000
ROOMS = (
    *(Room(changed=_ALL, folded=folded) for folded in (_ALL, 200, 100, 50, 25, 10, 5, 0)),
    *(Room(changed=changed, folded=0) for changed in (200, 100, 50, 25, 10, 3, 0)),
)


def render(view: ComparisonView) -> str:
    """The view as Markdown; ends with the hidden marker by which the comment is found again."""
    text = ""
    for room in ROOMS:
        text = _written(view, room)
        if len(text) <= MOST:
            break
    return text


def _written(view: ComparisonView, room: Room) -> str:
    text = _template().render(view=view, room=room, emoji=words.EMOJI, sight=detectable)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _template() -> Template:
    return environment().get_template("comment.md.jinja")


@cache
def environment() -> Environment:
    """Where the templates of Markdown are.

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
