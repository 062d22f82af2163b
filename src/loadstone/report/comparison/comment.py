"""The report as Markdown: what a pull request shows, within the size a comment may have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Template

from loadstone.report.common import words
from loadstone.report.common.markdown import MOST, environment, tidy
from loadstone.report.comparison import detectable
from loadstone.report.comparison.view import ComparisonView


@dataclass(frozen=True, kw_only=True)
class RowLimits:
    """How many rows are shown: of what changed, and of each folded part."""

    changed: int
    folded: int


# Tried in turn until the text fits: what is folded gives way before what changed.
_ALL = 1_000_000
ROOMS = (
    *(RowLimits(changed=_ALL, folded=folded) for folded in (_ALL, 200, 100, 50, 25, 10, 5, 0)),
    *(RowLimits(changed=changed, folded=0) for changed in (200, 100, 50, 25, 10, 3, 0)),
)


def render(view: ComparisonView) -> str:
    """The view as Markdown; ends with the hidden marker by which the comment is found again."""
    text = ""
    for room in ROOMS:
        text = _written(view, room)
        if len(text) <= MOST:
            break
    return text


def _written(view: ComparisonView, room: RowLimits) -> str:
    return tidy(_template().render(view=view, room=room, emoji=words.EMOJI, sight=detectable))


@cache
def _template() -> Template:
    return environment().get_template("comment.md.jinja")
