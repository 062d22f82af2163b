"""Plain text made safe inside Markdown as GitHub renders it.

What is escaped here cannot open a mention, a reference, a link, an image, HTML, emphasis, code,
math, an emoji, a heading, a list, or a column of a table. GitHub looks for mentions, references and
bare links in the text *after* Markdown was rendered, so a backslash does not stop those: a
zero-width space, written as an entity, does.
"""

from __future__ import annotations

import re

_BREAK = "&#8203;"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "\\": "&#92;", "`": "&#96;"}
_SPECIAL = re.compile(
    r"""
    (?P<syntax> [&<>$\\`*_{}\[\]|~] )
    | (?P<mention> [@\#] )          # @someone, someone@host, #7, owner/repository#7
    | (?P<issue> \bgh-(?=\d) )      # GH-7
    | (?P<link> www(?=\.) | :(?=//) )
    | (?P<emoji> :(?=[\w+-]+:) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# An interval, as our own numbers are written, after a space: it cannot be part of a link
_INTERVAL = re.compile(r"(?<= )\\\[([+−]?[\d.,∞]+, [+−]?[\d.,∞]+)\\\](?![(\[:])")
# What begins a list, or underlines a heading, when a line starts with it
_LEADING = re.compile(r"^([-+=])|^(\d{1,9})([.)])(?=\s|$)")


class Safe(str):
    """Markdown that needs no escaping any more."""

    __slots__ = ()


def text(value: str) -> Safe:
    """`value`, one plain line, as text of a paragraph, list item, table cell or summary."""
    if isinstance(value, Safe):
        return value
    return Safe(_LEADING.sub(_leading, _inline(value)))


def cell(value: str) -> Safe:
    """`value` as a cell of a table, which begins no block and breaks no number from its unit."""
    return Safe(_inline(value).replace(" ", "\u00a0"))


def code(value: str) -> Safe:
    """`value` in code type: in HTML, since a backtick inside Markdown code cannot be escaped."""
    return Safe(f"<code>{text(value)}</code>" if value else "")


def block(value: str) -> Safe:
    """`value`, one plain line, as a block of code."""
    longest = max((len(run) for run in re.findall("`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return Safe(f"{fence}\n{value}\n{fence}")


def _inline(value: str) -> str:
    return _INTERVAL.sub(r"[\1]", _SPECIAL.sub(_special, value))


def _special(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "syntax":
        return _ENTITIES.get(found, f"\\{found}")
    return found + _BREAK


def _leading(match: re.Match[str]) -> str:
    sign, number, end = match.groups()
    return f"\\{sign}" if sign else f"{number}\\{end}"


def spans(value: str) -> Safe:
    """A sentence of ours, in which what stands between backticks is code."""
    parts = value.split("`")
    if len(parts) % 2 == 0:  # one of them has no other
        return text(value)
    return Safe("".join(code(part) if at % 2 else text(part) for at, part in enumerate(parts)))
