"""The geometric grid of sizes of a redline search, fixed before the first run."""

from __future__ import annotations

from math import ceil, floor, log, log10


def ladder(low: float, high: float, precision: float, *, whole: bool = True) -> tuple[float, ...]:
    """Geometric ladder from `low` to `high`, in steps of a factor of at most about 1 + `precision`.

    `whole`: they are whole numbers, which may lie farther apart when they are small. Those between
    the ends are rounded to three digits, or four below a precision of 10 %.
    """
    if not 0 < low < high or precision <= 0:
        raise ValueError("a redline is searched between 0 < low < high, with a precision > 0")
    steps = max(1, ceil(log(high / low) / log(1 + precision) - 1e-9))
    digits = 3 if precision >= 0.1 else 4
    middle = (_rounded(low * (high / low) ** (k / steps), digits, whole) for k in range(1, steps))
    inside = sorted({size for size in middle if low < size < high})
    return (float(low), *inside, float(high))


def _rounded(size: float, digits: int, whole: bool) -> float:
    places = digits - 1 - floor(log10(size))
    return float(round(size, min(places, 0) if whole else places))
