"""Amounts: quantities as numbers, to be added up and compared, and back."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

Amounts = dict[str, Decimal]

_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def amount(quantity: Any) -> Decimal:
    """A quantity as a number; 0 for what is none, which is refused elsewhere."""
    text = str(quantity)
    try:
        if text[-2:] in _BINARY:
            return Decimal(text[:-2]) * Decimal(1024) ** _BINARY[text[-2:]]
        if text[-1:] in _POWERS:
            return Decimal(text[:-1]).scaleb(_POWERS[text[-1]])
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def shown(value: Decimal, like: Any) -> str:
    """A number as a quantity, in powers of 1024 where the quantity beside it is."""
    if str(like)[-2:] in _BINARY and value == value.to_integral_value() and abs(value) >= 1024:
        return _scaled(int(value), 1024, list(_BINARY))
    if value == value.to_integral_value():
        return _scaled(int(value), 1000, [name for name, power in _POWERS.items() if power > 0])
    for suffix, power in (("m", -3), ("u", -6), ("n", -9)):
        whole = value.scaleb(-power)
        if whole == whole.to_integral_value() or suffix == "n":
            return f"{int(whole.to_integral_value(ROUND_CEILING))}{suffix}"
    raise AssertionError("n takes everything")


def _scaled(value: int, base: int, suffixes: list[str]) -> str:
    suffix = ""
    for larger in suffixes:
        if not value or value % base:
            break
        value, suffix = value // base, larger
    return f"{value}{suffix}"
