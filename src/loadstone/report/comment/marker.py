"""The hidden first line of the Markdown report, by which a comment made of it is found again."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from loadstone.report.common.escape import Safe

_LONGEST = 100  # characters of a value


def marker(key: str, data: Mapping[str, str]) -> Safe:
    """A comment of HTML, in the form that the bot's own comments have; values are quoted.

    Whoever looks for it must check the author too: anyone can write such a line.
    """
    pairs = {"key": key, **data}
    said = " ".join(f"{name}={token(value)}" for name, value in pairs.items())
    return Safe(f"<!-- loadstone:v1 {said} -->")


def token(value: str) -> str:
    """A value without anything that could end a comment of HTML, or a word of it."""
    return quote(value[:_LONGEST].replace("--", "-_"), safe="", errors="replace")
