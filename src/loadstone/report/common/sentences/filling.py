"""Filling of sentences: what a placeholder makes of a value, or of the values of several notes.

What follows the colon says what a value is: `{share:percent}`, `{change:change}` (signed),
`{wait:seconds}`, `{late:ms}`, a format of Python's (`{rate:.1f}`, `{share:.0%}`), or what is
counted, as `{n:rounds}`, which agrees with its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from loadstone.report.common import units, words
from loadstone.report.common.plain import plain

Table = Mapping[str, str | tuple[str, ...]]  # code → sentence, or sentences of different data

_SIDES = {"base": "on the base", "head": "on the head", "both": "on both sides"}
_OF_PYTHON = re.compile(r"\.?\d*[fg%]")
_QUOTED = 80  # characters of a quoted line


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number as it is shown, with what follows it: a span of two says that once."""

    number: str
    unit: str = ""

    @classmethod
    def of(cls, text: str) -> Figure:
        """A number and its unit, as `units` writes them."""
        number, gap, unit = text.partition(" ")
        return cls(number=number, unit=gap + unit)

    def __str__(self) -> str:
        return self.number + self.unit

    def to(self, other: Figure) -> str:
        """From this one to the other, or the one where they look alike."""
        if self == other:
            return str(self)
        once = other.unit in (self.unit, f"{self.unit}s")  # 1–3 runs
        return f"{self.number if once else self}–{other}"


def fields(sentence: str) -> frozenset[str]:
    """The names of the values that a sentence takes."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def fill(sentence: str, data: Sequence[Mapping[str, object]]) -> str:
    """The sentence of one note, or of several that differ in their numbers: then with their spans.

    Raises `KeyError`, `TypeError` or `ValueError` where the data do not fit it.
    """
    parts = []
    for text, name, kind, _ in Formatter().parse(sentence):
        parts.append(text)
        if name:
            parts.append(_value([each[name] for each in data], kind or ""))
    return "".join(parts)


def is_number(value: object) -> bool:
    """Whether a value can be the end of a span."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(values: Sequence[object], kind: str) -> str:
    if not kind and not all(map(is_number, values)):
        return _shown(values[0])
    if kind == "sides":
        return _SIDES.get(str(values[0]), plain(values[0]))
    if kind == "quoted":
        line = str(values[0])
        return f"“{line[:_QUOTED]}…”" if len(line) > _QUOTED else f"“{line}”"
    numbers = [_number(value) for value in values]
    if kind == "were":
        return "was" if max(numbers) == 1 else "were"
    low, high = (_figure(end(values, key=_number), kind) for end in (min, max))
    return low.to(high)


def _figure(value: object, kind: str) -> Figure:
    if not kind:
        return Figure(number=_shown(value))
    number = _number(value)
    if kind in _KINDS:
        return _KINDS[kind](number)
    if _OF_PYTHON.fullmatch(kind):
        text = format(number, kind)
        return Figure(number=text.rstrip("%"), unit="%" if text.endswith("%") else "")
    return Figure.of(units.count(int(number), kind.removesuffix("s")))


def _times(number: float) -> Figure:
    return Figure(number="once") if number == 1 else Figure(number=f"{number:.0f}", unit=" times")


_KINDS: Mapping[str, Callable[[float], Figure]] = {
    "percent": lambda number: Figure.of(units.percent(number)),
    "change": lambda number: Figure.of(units.percent(number, signed=True)),
    "exponent": lambda number: Figure(number=units.figure(number, 2)),
    "seconds": lambda number: Figure.of(units.duration(number)),
    "ms": lambda number: Figure(number=f"{number * 1000:.3g}", unit=" ms"),
    "whole ms": lambda number: Figure(number=f"{number * 1000:.0f}", unit=" ms"),
    "times": _times,
}


def _shown(value: object) -> str:
    return words.scalar(value) if isinstance(value, int | float) else str(value)


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise TypeError(f"not a number: {value!r}")
