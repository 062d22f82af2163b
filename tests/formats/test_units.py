"""Amounts as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.formats.units import SUFFIXES, ParsedQuantity, parse, pattern, suffixes


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5s", 5, "s"), ("200ms", 0.2, "s"), ("0.3ms", 0.0003, "s"), ("2min", 120, "s"),
        ("5%", 0.05, "1"), ("22kB", 22000, "By"), ("10MiB", 10 * 2**20, "By"), ("600 B", 600, "By"),
        ("500/s", 500, "1/s"), ("1.5kB/s", 1500, "By/s"), ("-5%", -0.05, "1"),
    ],
)  # fmt: skip
def test_amounts_become_base_units(text, value, unit):
    assert parse(text) == ParsedQuantity(value=value, unit=unit)


def test_whole_amounts_are_whole_numbers():
    found = [parse(text) for text in ("22kB", "0.5kB", "0.5B")]
    assert [type(one.value) for one in found if one] == [int, int, float]


@pytest.mark.parametrize(
    "text", ["", "5", "s", "5 parsecs", "5m", "22KB", "1e3s", "5s5s", "1h30min"]
)
def test_anything_else_is_no_amount(text):
    assert parse(text) is None


@given(st.integers(0, 10**6), st.sampled_from(sorted(SUFFIXES)))
def test_the_pattern_of_the_schema_takes_just_what_is_read(number, suffix):
    text = f"{number}{suffix}"
    unit = SUFFIXES[suffix][0]
    assert parse(text) is not None
    assert re.search(pattern(unit), text)
    assert re.search(pattern("any"), text)
    assert suffix in suffixes(unit)
    others = {base for base, _ in SUFFIXES.values()} - {unit}
    assert not any(re.search(pattern(other), text) for other in others)
