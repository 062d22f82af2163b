"""Globs over paths, as in GitHub's path filters: `*` stays within a folder, `**` does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(path: str, globs: Sequence[str]) -> bool:
    """Whether a path matches one of these globs whole."""
    return any(_pattern(glob).fullmatch(path) for glob in globs)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = (_MEANS.get(part) or re.escape(part) for part in _PARTS.findall(glob))
    return re.compile("".join(parts), re.DOTALL)
