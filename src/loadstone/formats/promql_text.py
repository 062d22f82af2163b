"""The text of a PromQL query: what is put into it, and the series that it asks for. Pure.

Only so much of the language is read as tells a series from what is done with it. What a query
means, and whether it is one, the Prometheus says that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

NAMES = ("window", "start", "end", "target")
"""What has a value in a query alone: the window (`30s`), its ends (seconds since 1970), and the
matchers of what is measured (`instance="127.0.0.1:8080"`, of pods `namespace="…"`)."""

_STRING = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`'
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<comment>\#[^\n]*)|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r"|(?P<number>\.?[0-9][a-zA-Z0-9_.]*)|(?P<blank>\s+)|(?P<sign>.)",
    re.DOTALL,
)
# Before a list of labels in brackets: the names in it are none of series.
_LABELS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = frozenset(
    {"and", "or", "unless", "atan2", "bool", "offset", "start", "end", "inf", "nan", *_LABELS}
)

Token = tuple[str, str]  # its kind, and the text


def selectors(query: str) -> list[str]:
    """The series that a query asks for, as `name{label="value"}`, each once, in their order.

    Without ranges and offsets. Of what is no PromQL it is whatever looks like one.
    """
    tokens = [each for each in _tokens(query) if each[0] not in ("blank", "comment")]
    return list(dict.fromkeys(_series(tokens)))


def duration(seconds: float) -> str:
    """A duration as PromQL writes it, to the millisecond and at least one."""
    return f"{max(round(seconds * 1000), 1)}ms"


def _tokens(query: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(query):
        yield str(found.lastgroup), found[0]


def _series(tokens: Sequence[Token]) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        place += 1
        if text == "{" and kind == "sign":
            matchers, place = _until(tokens, place, "}")
            yield f"{{{matchers}}}"
        elif text == "[" and kind == "sign":
            _, place = _until(tokens, place, "]")
        elif kind != "name":
            continue
        elif text.lower() in _LABELS and _is(tokens, place, "("):
            _, place = _until(tokens, place + 1, ")")
        elif _is(tokens, place, "{"):
            matchers, place = _until(tokens, place + 1, "}")
            yield f"{text}{{{matchers}}}"
        elif not _is_word(tokens, place):
            yield text


def _is_word(tokens: Sequence[Token], place: int) -> bool:
    """Whether the name before `place` is the language's, as that of a function or an operator."""
    if _is(tokens, place, "("):
        return True
    word = tokens[place - 1][1].lower()
    aggregates = place < len(tokens) and tokens[place][1].lower() in ("by", "without")
    return word in _WORDS or aggregates


def _is(tokens: Sequence[Token], place: int, sign: str) -> bool:
    return place < len(tokens) and tokens[place] == ("sign", sign)


def _until(tokens: Sequence[Token], place: int, sign: str) -> tuple[str, int]:
    """The text up to a sign, and the place after it."""
    parts: list[str] = []
    while place < len(tokens) and not _is(tokens, place, sign):
        parts.append(tokens[place][1])
        place += 1
    return "".join(parts), place + 1
