"""The marker of a comment of ours: its first line, which nobody sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

LIMIT = 65_536  # characters of a comment, the most that GitHub takes
CUT = "\n\n*The rest was cut: GitHub takes no more of a comment.*\n"
_LINE = re.compile(r"<!-- loadstone:v1((?: [\w.-]+=[\w.~%-]*)+) -->")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A marker: the key of the comment, and what was kept in it for the next one who edits it."""

    key: str
    data: Mapping[str, str]

    def __str__(self) -> str:
        """The line; values are quoted, so that none can end the HTML comment."""
        pairs = {"key": self.key, **self.data}
        said = " ".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items())
        return f"<!-- loadstone:v1 {said} -->"

    @property
    def revision(self) -> int:
        """How often the comment was changed, by those who count; 0 where nobody does."""
        return self._number("revision")

    @property
    def sequence(self) -> tuple[int, int, int]:
        """The order of bodies: by revision; where nobody counts those, by run and attempt."""
        if self.revision:
            return (self.revision, 0, 0)
        return (0, self._number("run"), self._number("attempt"))

    def _number(self, name: str) -> int:
        said = self.data.get(name, "")
        return int(said) if said.isdecimal() and len(said) < 20 else 0


def read(body: str) -> Marker | None:
    """The marker that a body begins with."""
    match = _LINE.fullmatch(body.split("\n", 1)[0].rstrip("\r "))
    if match is None:
        return None
    pairs = dict(pair.split("=", 1) for pair in match[1].split())
    data = {name: unquote(value) for name, value in pairs.items()}
    key = data.pop("key", "")
    return Marker(key=key, data=data) if key else None


def marked(marker: Marker, body: str) -> str:
    """A whole comment, never longer than GitHub takes."""
    line = str(marker)
    return f"{line}\n{fitting(body, LIMIT - len(line) - 1)}"


def below(body: str) -> str:
    """A comment without its marker."""
    return body.split("\n", 1)[1] if read(body) and "\n" in body else body


def fitting(body: str, limit: int) -> str:
    """The body, cut where it is too long; the last resort of who should have shed parts of it."""
    if len(body) <= limit:
        return body
    kept = body[: limit - len(CUT)]
    kept = kept[: kept.rfind("\n") + 1] or kept  # half a row would break its table
    fences = list(_FENCE.finditer(kept))
    if len(fences) % 2:
        kept = kept[: fences[-1].start()]
    while kept.count("<details") > kept.count("</details>"):
        kept = kept[: kept.rfind("<details")]
    return kept + CUT
