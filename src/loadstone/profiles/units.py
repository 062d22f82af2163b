"""Sample types: what the values of a profile count, and in which unit.

Tools write the same unit in many ways: Go `nanoseconds`, others `nanosecond`, `ns` or `NS`. The
aliases are those of pprof itself, which takes the plural's s off and reads capitals as small ones,
and the short words that other runtimes use (`nanos`, `usec`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_SECONDS: Mapping[float, str] = {
    1e-9: "ns nsec nano nanosecond",
    1e-6: "us µs μs usec micro microsecond",
    1e-3: "ms msec milli millisecond",
    1.0: "s sec second",
    60.0: "min minute",
    3600.0: "h hr hour",
}
_BYTES: Mapping[float, str] = {
    1.0: "b byte",
    2.0**10: "kb kbyte kilobyte kib kibibyte",
    2.0**20: "mb mbyte megabyte mib mebibyte",
    2.0**30: "gb gbyte gigabyte gib gibibyte",
    2.0**40: "tb tbyte terabyte tib tebibyte",
    2.0**50: "pb pbyte petabyte pib pebibyte",
}
_BASE_UNITS: Mapping[str, tuple[float, str]] = {
    alias: (factor, base)
    for base, table in (("s", _SECONDS), ("By", _BYTES))
    for factor, aliases in table.items()
    for alias in aliases.split()
}
_SAMPLES = frozenset({"sample", "samples"})


@dataclass(frozen=True, kw_only=True)
class SampleType:
    """The type of a column of values, as `cpu` in `nanoseconds`."""

    name: str
    unit: str

    @property
    def scale(self) -> float:
        """Factor to the base unit."""
        return _known(self.unit)[0]

    @property
    def base_unit(self) -> str:
        """`s`, `By` or `1`."""
        return _known(self.unit)[1]

    @property
    def counts_samples(self) -> bool:
        """Whether a value is how often something was seen, and nothing else."""
        return self.name in _SAMPLES and self.base_unit == "1"


def _known(unit: str) -> tuple[float, str]:
    word = unit.strip().lower()
    if len(word) > 2:
        word = word.removesuffix("s")
    return _BASE_UNITS.get(word, (1.0, "1"))
