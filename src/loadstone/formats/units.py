"""Quantities as people write them (`200ms`, `5%`, `22kB`, `500/s`), parsed to base units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_TIMES = {"ns": "1e-9", "us": "1e-6", "µs": "1e-6", "ms": "0.001", "s": "1", "min": "60"}
_SIZES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

# suffix → base unit and factor
SUFFIXES: Mapping[str, tuple[str, Decimal]] = {
    **{suffix: ("s", Decimal(factor)) for suffix, factor in _TIMES.items()},
    **{suffix: ("By", Decimal(factor)) for suffix, factor in _SIZES.items()},
    **{f"{suffix}/s": ("By/s", Decimal(factor)) for suffix, factor in _SIZES.items()},
    "%": ("1", Decimal("0.01")),
    "/s": ("1/s", Decimal(1)),
}
_QUANTITY = re.compile(r"([-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(\S+)")
_BARE = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?")


@dataclass(frozen=True, kw_only=True)
class ParsedQuantity:
    """A number in its base unit; whole numbers are `int`."""

    value: int | float
    unit: str


def parse(text: str) -> ParsedQuantity | None:
    """The quantity that `text` says, or None: no number with a suffix of `SUFFIXES`."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None or match[2] not in SUFFIXES:
        return None
    unit, factor = SUFFIXES[match[2]]
    value = Decimal(match[1]) * factor
    whole = value == value.to_integral_value()
    return ParsedQuantity(value=int(value) if whole else float(value), unit=unit)


def amount(text: str, unit: str) -> int | float | None:
    """The amount that `text` says in a base unit, bare or with a suffix of it; else None."""
    quantity = parse(text)
    if quantity is not None:
        return quantity.value if quantity.unit == unit else None
    if not _BARE.fullmatch(text.strip()):
        return None
    value = Decimal(text.strip())
    return int(value) if value == value.to_integral_value() else float(value)


def forms(unit: str) -> str:
    """The forms in which an amount of a base unit may be written."""
    known = [] if unit == "1" else suffixes(unit)
    return f"a number, or one with {', '.join(known)}" if known else "a number"


def suffixes(unit: str) -> list[str]:
    """The suffixes of a base unit, smallest first; all of them for "any"."""
    return [suffix for suffix, (base, _) in SUFFIXES.items() if unit in (base, "any")]


def pattern(unit: str) -> str:
    """A regular expression for the texts that `parse` takes for this unit."""
    allowed = "|".join(re.escape(suffix) for suffix in suffixes(unit))
    return rf"^[-+]?[0-9]{{1,18}}(\.[0-9]{{1,18}})? *({allowed})$"
