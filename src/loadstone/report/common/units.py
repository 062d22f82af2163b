"""Numbers as people read them. Everything inside is in base units; here alone they are scaled.

Seconds become ns, µs, ms or s; bytes become B, KiB, MiB, GiB (powers of 1,024, as Kubernetes counts
memory); rates and counts keep their size with thousands separated. A minus is a real one (−), a
plus is always written on a change, and `+` always means more.

Some tools put a plus before what is better, others before what is slower, and readers guess: here
good and bad are a word and a mark beside the number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from loadstone.model import Interval
from loadstone.report.common.plain import plain

_LADDERS: dict[str, tuple[tuple[float, str], ...]] = {
    "s": ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s")),
    "By": ((1.0, "B"), (2.0**10, "KiB"), (2.0**20, "MiB"), (2.0**30, "GiB"), (2.0**40, "TiB")),
}
_DIGITS = 3  # significant, when nothing asks for more
_MOST_DIGITS = 4
_UP, _DOWN, _SAME, _ABOUT = "▲", "▼", "=", "≈"
UNKNOWN = "–"
_ENDLESS = 1e4  # a relative change from which on percents tell nobody anything
_UNBOUNDED = 1e100  # how a judge says that there is no bound


@dataclass(frozen=True, kw_only=True)
class UnitScale:
    """How a unit is shown: values are divided by `factor`; `symbol` follows them."""

    factor: float
    symbol: str

    def text(self, value: float, decimals: int, *, signed: bool = False) -> str:
        """`value` (base unit) with its symbol."""
        number = figure(value / self.factor, decimals, signed=signed)
        gap = "" if not self.symbol or self.symbol.startswith("/") else " "
        return f"{number}{gap}{self.symbol}"


def scale(unit: str, magnitude: float) -> UnitScale:
    """The step of the unit's ladder in which `magnitude` (base unit) is 1 or more."""
    numerator, slash, rest = unit.partition("/")
    tail = slash + plain(rest, most=20)
    if numerator not in _LADDERS:
        name = "" if numerator == "1" else plain(numerator, most=20)
        return UnitScale(factor=1.0, symbol=name + tail)
    ladder = _LADDERS[numerator]
    size = abs(magnitude)
    if size == 0 or not math.isfinite(size):
        return UnitScale(factor=1.0, symbol=dict(ladder)[1.0] + tail)
    # 0.9995 so that 999.6 KiB, which rounds up, is shown as 1.00 MiB
    fitting = [step for step in ladder if size >= step[0] * 0.9995]
    factor, symbol = fitting[-1] if fitting else ladder[0]
    return UnitScale(factor=factor, symbol=symbol + tail)


def quantities(unit: str, values: Sequence[float | None]) -> list[str]:
    """Values to be compared with each other: one scale, one number of decimals."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    largest = max((abs(value) for value in finite), default=0.0)
    chosen = scale(unit, largest)
    shown = [value / chosen.factor for value in finite]
    decimals = _decimals(shown, whole=chosen.factor == 1.0)
    return [UNKNOWN if value is None else chosen.text(value, decimals) for value in values]


def quantity(unit: str, value: float | None) -> str:
    """One value with its unit; a dash when there is none."""
    return quantities(unit, [value])[0]


def exact(unit: str, value: float) -> str:
    """A value that somebody chose (a bound, a margin), without digits that say nothing."""
    chosen = scale(unit, value)
    scaled = float(f"{value / chosen.factor:.4g}")
    decimals = max(0, -Decimal(str(scaled)).normalize().as_tuple().exponent)  # type: ignore[operator]
    return chosen.text(value, decimals)


def ranged(unit: str, value: float | None, *ends: float | None, signed: bool = False) -> str:
    """A value with its interval in the same scale: `41.2 ms [38.9, 43.3]`."""
    if value is None:
        return UNKNOWN
    known = [end for end in ends if end is not None]
    finite = [abs(part) for part in (value, *known) if math.isfinite(part)]
    chosen = scale(unit, max(finite, default=0.0))
    scaled = [part / chosen.factor for part in finite]
    whole = chosen.factor == 1.0 and all(part == round(part) for part in scaled)
    decimals = 0 if whole else _decimals(scaled[:1], whole=False)
    text = chosen.text(value, decimals, signed=signed)
    shown = [figure(end / chosen.factor, decimals, signed=signed) for end in known]
    return f"{text} [{', '.join(shown)}]" if shown else text


def difference(unit: str, value: float | None, *ends: float | None) -> str:
    """A signed difference in the unit, with its interval if `ends` are given."""
    return ranged(unit, value, *ends, signed=True)


def change(interval: Interval | None) -> str:
    """A relative change as `▲ +3.1 % [+1.9, +4.2]`: arrow, estimate and interval, in percent.

    The arrow says more (▲), less (▼), equal (=), or too little to show at these digits (≈).
    """
    if interval is None:
        return UNKNOWN
    if _ENDLESS <= interval.estimate < _UNBOUNDED:
        return _fold(interval)
    points = [_point(part) for part in (interval.estimate, interval.low, interval.high)]
    decimals = _percent_decimals(points)
    estimate, low, high = (figure(point, decimals, signed=True) for point in points)
    way = _ABOUT if estimate == figure(0.0, decimals) and points[0] else arrow(interval.estimate)
    text = f"{way} {estimate} %"
    return text if interval.low == interval.high else f"{text} [{low}, {high}]"


def _fold(interval: Interval) -> str:
    """A change too large for percents as how many times as much: `▲ ×20,000 [×18,000, ×23,000]`."""
    parts = (interval.estimate, interval.low, interval.high)
    ends = [part + 1 if part < _UNBOUNDED else math.inf for part in parts]
    estimate, low, high = (f"×{figure(end, 0 if end >= 100 else 1)}" for end in ends)
    text = f"{_UP} {estimate}"
    return text if interval.low == interval.high else f"{text} [{low}, {high}]"


def arrow(value: float) -> str:
    """Which way a change goes; it says nothing about good or bad."""
    if not math.isfinite(value):
        return _UP if value > 0 else _DOWN if value < 0 else _SAME
    return _SAME if value == 0 else _UP if value > 0 else _DOWN


def percent(share: float | None, *, signed: bool = False) -> str:
    """A share or relative change (0.031) as `3.1 %`."""
    if share is None:
        return UNKNOWN
    point = _point(share)
    size = abs(point)
    decimals = 0 if size >= 100 or not math.isfinite(size) else 1 if size >= 1 else 2
    text = figure(point, decimals, signed=signed)
    if "." in text and not signed:
        text = text.rstrip("0").rstrip(".")
    return f"{text} %"


def span(low: float, high: float) -> str:
    """From one relative change to another: `−0.9 % to +1.2 %`."""
    points = [100 * low, 100 * high]
    decimals = _percent_decimals(points)
    first, last = (figure(point, decimals, signed=True) for point in points)
    return f"{first} %" if first == last else f"{first} % to {last} %"


def figure(number: float, decimals: int, *, signed: bool = False) -> str:
    """A bare number: thousands separated, a real minus, never `-0`."""
    if math.isnan(number):
        return "?"
    if math.isinf(number):
        return "−∞" if number < 0 else "+∞" if signed else "∞"
    if abs(number) >= 1e15:
        return f"{number:{'+' if signed else ''}.3g}".replace("-", "−")
    text = f"{abs(number):,.{decimals}f}"
    zero = not any(digit in "123456789" for digit in text)
    sign = "" if zero else "−" if number < 0 else "+" if signed else ""
    return sign + text


def duration(seconds: float) -> str:
    """A length of time in words: `45 s`, `6 min`, `1 h 05 min`."""
    if not math.isfinite(seconds):
        return "unbounded"
    if seconds < 10:
        return f"{figure(max(seconds, 0.0), 1)} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `2 rows`, `1,024 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _point(share: float) -> float:
    """In percent; endless from a factor of ten thousand on."""
    return math.copysign(math.inf, share) if abs(share) >= _ENDLESS else 100 * share


def _decimals(shown: Sequence[float], *, whole: bool) -> int:
    """Decimals that show the largest to three digits, or four if that tells them apart."""
    if not shown or (whole and all(value == round(value) for value in shown)):
        return 0
    top = _exponent(max(abs(value) for value in shown))
    wanted = _DIGITS - 1 - top
    spread = max(shown) - min(shown)
    if spread > 0:
        wanted = max(wanted, -_exponent(spread))
    return max(0, min(wanted, _MOST_DIGITS - 1 - top))


def _percent_decimals(points: Sequence[float]) -> int:
    """As many decimals as the width of the interval makes honest, and no more than three digits."""
    finite = [point for point in points if math.isfinite(point)]
    width = max(finite) - min(finite) if finite else 0.0
    if width == 0:
        return 1 if any(point % 1 for point in finite) else 0
    if width >= 20:
        return 0
    largest = max(abs(point) for point in finite)
    return min(max(1, 1 - _exponent(width)), max(1, 2 - _exponent(largest)), 3)


def _exponent(value: float) -> int:
    """Of ten: 0 for 1…9.99, −1 for 0.1…0.999."""
    rounded = float(f"{abs(value):.3g}")  # 0.0999… is 0.1
    whole = rounded if math.isfinite(rounded) else abs(value)  # the largest numbers round to none
    return math.floor(math.log10(whole)) if whole else 0
