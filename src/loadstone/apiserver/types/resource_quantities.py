"""Quantities: `1.5`, `1024Mi`, `2e3`, as Kubernetes reads them and writes them again.

A value is kept exactly, down to 10⁻⁹, and written with the largest suffix that leaves no fraction,
in the family of suffixes that it came with: `0.1` becomes `100m`, `1024Mi` becomes `1Gi`. What the
real parser takes for canonical at first sight stays as it is (`1.500`, `+5`).
"""

from __future__ import annotations

import re
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?)0*(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_KNOWN = {**_DECIMAL, **_BINARY}  # all others are powers of ten
_OF_DECIMAL = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_OF_BINARY = {exponent: suffix for suffix, exponent in _BINARY.items()}
_NANO = -9
_DIGITS = 18  # that surely fit into 64 bits
_MOST = (1 << 63) - 1


def of_json(value: str | float) -> str:
    """The stored form of a quantity that may be a number in JSON; raises ValueError."""
    return canonical(value if isinstance(value, str) else str(value))


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """A quantity as it is stored; raises ValueError."""
    text = text.strip()
    found = _QUANTITY.fullmatch(text)
    if not found or not text:
        raise ValueError(_SAYS)
    sign, whole, fraction, suffix = found.groups(default="")
    digits = (whole or "0") + fraction
    exponent = _exponent(suffix)
    if _is_fast(suffix, whole or "0", fraction, exponent):
        if suffix in _BINARY:
            stays = int(digits) & 7 != 0
        else:
            stays = (exponent - len(fraction)) % 3 == 0 and not digits.endswith("000")
            stays = stays and (digits[0] != "0" or text == "0")
        if stays:  # what looks canonical is not looked at again
            return text
    return _written(sign == "-", int(digits), exponent - len(fraction), suffix)


_SAYS = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def _exponent(suffix: str) -> int:
    """The power of ten of a decimal suffix; 0 for a binary one."""
    if suffix in _BINARY:
        return 0
    return _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])


def _is_fast(suffix: str, whole: str, fraction: str, exponent: int) -> bool:
    """Whether the real parser reads it with machine integers."""
    if suffix in _BINARY:
        bits = _BINARY[suffix]
        room = 15 - len(whole) - int(bits * 3 / 10) - 1
        return not fraction and room >= 0
    return len(whole) + len(fraction) <= _DIGITS and exponent - len(fraction) >= _NANO


def _written(negative: bool, digits: int, exponent: int, suffix: str) -> str:
    """The value digits × 10^exponent × its suffix, in canonical form."""
    value = digits << _BINARY.get(suffix, 0)
    if exponent < _NANO:  # what is too fine is rounded away from zero
        value, exponent = -(-value // 10 ** (_NANO - exponent)), _NANO
    if value == 0:
        return "0"
    sign = "-" if negative else ""
    if suffix in _BINARY:
        value = min(value, _MOST * 10**-exponent)
        whole, rest = divmod(value, 10**-exponent)
        if not rest and whole >= 1024:
            return sign + _binary(whole)
    return sign + _decimal(value, exponent, exponential=suffix not in _KNOWN)


def _binary(value: int) -> str:
    exponent = 0
    while value % 1024 == 0:
        value //= 1024
        exponent += 10
    return f"{value}{_OF_BINARY.get(exponent, '')}"


def _decimal(value: int, exponent: int, *, exponential: bool) -> str:
    while value % 10 == 0:
        value //= 10
        exponent += 1
    value *= 10 ** (exponent % 3)
    exponent -= exponent % 3
    if exponential:
        return f"{value}e{exponent}" if exponent else str(value)
    return f"{value}{_OF_DECIMAL.get(exponent, '')}"
