"""Units of sample types, in all the ways in which tools write them."""

from __future__ import annotations

import pytest

from loadstone.profiles.units import SampleType


@pytest.mark.parametrize(
    ("unit", "scale", "base"),
    [
        ("nanoseconds", 1e-9, "s"),
        ("nanosecond", 1e-9, "s"),
        ("ns", 1e-9, "s"),
        ("NS", 1e-9, "s"),
        ("microseconds", 1e-6, "s"),
        ("us", 1e-6, "s"),
        ("µs", 1e-6, "s"),
        ("μs", 1e-6, "s"),
        ("milliseconds", 1e-3, "s"),
        ("ms", 1e-3, "s"),
        ("seconds", 1.0, "s"),
        ("sec", 1.0, "s"),
        ("s", 1.0, "s"),
        ("nanos", 1e-9, "s"),
        ("usec", 1e-6, "s"),
        ("micros", 1e-6, "s"),
        ("msecs", 1e-3, "s"),
        ("millis", 1e-3, "s"),
        ("minutes", 60.0, "s"),
        ("h", 3600.0, "s"),
        ("PiB", 1024.0**5, "By"),
        ("hrs", 3600.0, "s"),
        ("bytes", 1.0, "By"),
        ("byte", 1.0, "By"),
        ("B", 1.0, "By"),
        ("kb", 1024.0, "By"),
        ("kB", 1024.0, "By"),
        ("kilobytes", 1024.0, "By"),
        ("KiB", 1024.0, "By"),
        ("MB", 1024.0**2, "By"),
        ("megabyte", 1024.0**2, "By"),
        ("gigabytes", 1024.0**3, "By"),
        ("count", 1.0, "1"),
        ("objects", 1.0, "1"),
        ("samples", 1.0, "1"),
        ("", 1.0, "1"),
        ("m", 1.0, "1"),
        ("parsecs", 1.0, "1"),
    ],
)
def test_a_unit_is_known_by_all_its_names(unit, scale, base):
    kind = SampleType(name="x", unit=unit)
    assert (kind.scale, kind.base_unit) == (scale, base)


@pytest.mark.parametrize(
    ("name", "unit", "counts"),
    [
        ("samples", "count", True),
        ("sample", "count", True),
        ("samples", "samples", True),
        ("samples", "nanoseconds", False),
        ("objects", "count", False),
        ("goroutine", "count", False),
    ],
)
def test_a_count_of_samples_is_told_from_other_counts(name, unit, counts):
    assert SampleType(name=name, unit=unit).counts_samples is counts
