"""Workflow commands: the lines of a log by which a step tells the runner something.

The runner obeys them in whatever a step prints, on both streams, wherever a line begins (and
`##[command]` anywhere in one); it ends lines at carriage returns too. Values are escaped so that
they cannot end their command or begin another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from loadstone.model.bot import Annotation

ANNOTATIONS = 10  # that the runner keeps of each level, of a step
LEVELS = ("notice", "warning", "error")
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def command(name: str, data: str, properties: Mapping[str, str] | None = None) -> str:
    """A command as one line. Properties without a value are left out."""
    said = ",".join(
        f"{key}={value.translate(_PROPERTY)}" for key, value in (properties or {}).items() if value
    )
    return f"::{name}{' ' if said else ''}{said}::{data.translate(_DATA)}"


def annotation(one: Annotation) -> str:
    """The command for a message beside a line. Raises `ValueError` for a level there is not."""
    if one.level not in LEVELS:
        raise ValueError(f"there is no level {one.level!r}")
    line = str(one.line) if one.line > 0 else ""
    return command(one.level, one.message, {"file": one.path, "line": line, "title": one.title})


def kept(annotations: Sequence[Annotation]) -> Iterator[Annotation]:
    """Those that the runner keeps, in order: of each level the first, and how many there are more.

    Its limit drops the rest without a word, so the last of a level says it.
    """
    for level in LEVELS:
        of_level = [each for each in annotations if each.level == level]
        if len(of_level) <= ANNOTATIONS:
            yield from of_level
            continue
        *first, last = of_level[:ANNOTATIONS]
        yield from first
        more = f"{last.message}\n… and {len(of_level) - ANNOTATIONS} more, in the report"
        yield replace(last, message=more)
