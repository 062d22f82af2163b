"""Release notes: a section of ours among what others wrote, between two marks that nobody sees."""

from __future__ import annotations

import re

from loadstone.errors import GithubFailed

LIMIT = 125_000  # characters of the notes, the most that GitHub takes


def with_section(notes: str, key: str, body: str) -> str:
    """The notes with the section of a key in place of an earlier one, else at their end.

    Raises `GithubFailed` where they would be too long.
    """
    begin, end = marks(key)
    section = f"{begin}\n{_unmarked(body).strip()}\n{end}"
    earlier = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    text = notes.replace("\r\n", "\n")
    found = earlier.search(text)
    if found:
        text = text[: found.start()] + section + text[found.end() :]
    else:
        text = f"{text.rstrip()}\n\n{section}\n".lstrip()
    if len(text) > LIMIT:
        raise GithubFailed(f"the notes would have {len(text)} characters, GitHub takes {LIMIT}")
    return text


def marks(key: str) -> tuple[str, str]:
    """Where the section of a key begins and ends."""
    name = re.sub(r"[^\w.-]", "-", key)
    return f"<!-- loadstone:begin {name} -->", f"<!-- loadstone:end {name} -->"


def _unmarked(body: str) -> str:
    """A section cannot end itself, or begin another."""
    return re.sub(r"<!-- loadstone:(begin|end)", r"<!-- loadstone-\1", body)
