"""A reader of an event's payload: strict on what is used, lenient on the rest.

Whoever may open a pull request or write a comment chooses much of what stands in a payload: names,
texts, labels. What is read here has its type, a bounded length and no control characters.
"""

from __future__ import annotations

import re
from typing import Any

from loadstone.errors import InvalidFile, Problem

MAX_TEXT = 100_000  # characters; GitHub has at most 65,536 in a comment
_MAX_NAME = 300
_MAX_NUMBER = 2**53
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})")


class PayloadReader:
    """Values of a payload by their path, such as `pull_request.head.sha`, and what is wrong.

    A value that cannot be used is a problem, and something harmless is given in its place, so that
    all problems are found at once.
    """

    def __init__(self, payload: object, source: str) -> None:
        self._payload = payload
        self._source = source
        self._problems: list[Problem] = []

    def check(self) -> None:
        """Raise `InvalidFile` if anything that was read could not be used."""
        if self._problems:
            step = (
                "this is no event that GitHub sends; look at the file that GITHUB_EVENT_PATH names"
            )
            raise InvalidFile(self._problems, next_step=step)

    def value(self, path: str) -> Any:
        """Whatever is there; None where nothing is."""
        found: Any = self._payload
        for key in path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def name(self, path: str, *, default: str | None = None) -> str:
        """One line: a login, a label, a branch, an action."""
        found = self.value(path)
        if isinstance(found, str) and 0 < len(found) <= _MAX_NAME and not _CONTROL.search(found):
            return found
        return default if default is not None else self._wrong(path, "a short line", "")

    def text(self, path: str) -> str:
        """Text of any kind; "" where there is none, cut where it is longer than GitHub allows."""
        found = self.value(path)
        return found[:MAX_TEXT] if isinstance(found, str) else ""

    def sha(self, path: str) -> str:
        """A full commit hash."""
        found = self.value(path)
        good = isinstance(found, str) and _SHA.fullmatch(found)
        return str(found) if good else self._wrong(path, "a full commit hash", "0" * 40)

    def repository(self, path: str, *, default: str | None = None) -> str:
        """A repository as `owner/name`."""
        found = self.value(path)
        if isinstance(found, str) and _REPOSITORY.fullmatch(found):
            return found
        return default if default is not None else self._wrong(path, "owner/name", "")

    def number(self, path: str, *, default: int | None = None) -> int:
        """A number or an id, more than 0."""
        found = self.value(path)
        if type(found) is int and 0 < found < _MAX_NUMBER:
            return found
        return default if default is not None else int(self._wrong(path, "a number", "1"))

    def time(self, path: str) -> str:
        """A moment, RFC 3339."""
        found = self.value(path)
        good = isinstance(found, str) and _TIME.fullmatch(found)
        return str(found) if good else self._wrong(path, "a time", "1970-01-01T00:00:00Z")

    def yes(self, path: str) -> bool:
        """Whether it is true, and nothing like it."""
        return self.value(path) is True

    def names(self, path: str, key: str) -> tuple[str, ...]:
        """The names in a list of mappings, as of labels; what is none is left out."""
        found = self.value(path)
        named = (
            (each.get(key) for each in found if isinstance(each, dict))
            if isinstance(found, list)
            else ()
        )
        return tuple(each[:_MAX_NAME] for each in named if isinstance(each, str) and each)

    def _wrong(self, path: str, wanted: str, instead: str) -> str:
        what = "is missing" if self.value(path) is None else f"is not {wanted}"
        self._problems.append(Problem(where=f"{self._source}: {path}", what=what))
        return instead
