"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Interval
from loadstone.report.common import units

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("s", 0.0012345, "1.23 ms"),
        ("s", 45e-6, "45.0 µs"),
        ("s", 3e-9, "3.00 ns"),
        ("s", 12.0, "12 s"),
        ("s", 0.0, "0 s"),
        ("By", 123_731_968.0, "118 MiB"),
        ("By", 512.0, "512 B"),
        ("By", 1023.9, "1.00 KiB"),
        ("By/s", 2.5 * 2**20, "2.50 MiB/s"),
        ("1/s", 1000.0, "1,000/s"),
        ("1/s", 998.72, "999/s"),
        ("1", 412.0, "412"),
        ("1", 0.034, "0.0340"),
        ("1", 1_234_567.0, "1,234,567"),
        ("Cel", 21.5, "21.5 Cel"),
        ("s", math.nan, "? s"),
        ("s", math.inf, "∞ s"),
        ("s", -0.002, "−2.00 ms"),
    ],
)
def test_a_value_is_scaled_to_three_digits_in_its_unit(unit, value, shown):
    assert units.quantity(unit, value) == shown


def test_what_is_compared_shares_a_scale_and_its_decimals():
    assert units.quantities("s", [0.0300, 0.0301]) == ["30.0 ms", "30.1 ms"]
    assert units.quantities("s", [900e-6, 1.1e-3]) == ["0.90 ms", "1.10 ms"]
    assert units.quantities("By", [None, 2.0**20]) == ["–", "1.00 MiB"]


@pytest.mark.parametrize(
    ("interval", "shown"),
    [
        ((0.031, 0.019, 0.042), "▲ +3.1 % [+1.9, +4.2]"),
        ((-0.372, -0.381, -0.363), "▼ −37.2 % [−38.1, −36.3]"),
        ((0.0, -0.13, 0.15), "= 0 % [−13, +15]"),
        ((0.0002, -0.13, 0.15), "≈ 0 % [−13, +15]"),
        ((0.00038, -0.00003, 0.00078), "▲ +0.038 % [−0.003, +0.078]"),
        ((1.0, 1.0, 1.0), "▲ +100 %"),
        ((0.5, -1.0, math.inf), "▲ +50 % [−100, +∞]"),
        ((0.5, 0.1, 5e21), "▲ +50 % [+10, +∞]"),
        ((12.4, 11.0, 14.0), "▲ +1,240 % [+1,100, +1,400]"),
        ((2e4, 1.8e4, 2.3e4), "▲ ×20,001 [×18,001, ×23,001]"),
        ((5e6, 5e6, 5e6), "▲ ×5,000,001"),
        ((2e4, 3.0, 1e130), "▲ ×20,001 [×4.0, ×∞]"),
    ],
)
def test_a_change_has_its_arrow_its_sign_and_the_decimals_its_interval_bears(interval, shown):
    estimate, low, high = interval

    assert units.change(Interval(estimate=estimate, low=low, high=high)) == shown


def test_more_is_always_plus_and_less_is_a_real_minus():
    assert units.difference("s", -0.0153) == "−15.3 ms"
    assert units.difference("By", 2.0**21) == "+2.00 MiB"
    assert units.difference("1", 3.0) == "+3"


def test_an_interval_in_a_unit_shares_its_scale():
    assert units.ranged("s", 0.0412, 0.0389, 0.0433) == "41.2 ms [38.9, 43.3]"
    assert units.difference("s", 0.11, 0.098, 0.122) == "+110 ms [+98, +122]"


def test_a_chosen_value_has_no_digits_that_say_nothing():
    assert units.exact("s", 0.030) == "30 ms"
    assert units.exact("s", 20e-6) == "20 µs"
    assert units.exact("By", 2.0**20) == "1 MiB"
    assert units.exact("1", 0.0) == "0"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.5, "0.5 s"), (6.0, "6 s"), (45.0, "45 s"), (360.0, "6 min"), (3900.0, "1 h 05 min")],
)
def test_a_length_of_time_is_said_in_words(seconds, shown):
    assert units.duration(seconds) == shown


@given(st.sampled_from(["s", "By", "1", "1/s", "By/s", "?"]), st.lists(NUMBERS, max_size=4))
def test_every_number_can_be_shown(unit, values):
    for shown in units.quantities(unit, values):
        assert shown
        assert "-" not in shown
        assert "\n" not in shown


@given(NUMBERS, NUMBERS, NUMBERS)
def test_every_interval_can_be_shown_and_begins_with_an_arrow(estimate, low, high):
    shown = units.change(Interval(estimate=estimate, low=low, high=high))

    assert shown[0] in "▲▼=≈"
    assert "-" not in shown


@given(st.floats(min_value=1e-12, max_value=1e15))
def test_a_shown_value_is_the_value_to_half_a_percent(value):
    factors = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
    number, symbol = units.quantity("s", value).split(" ")

    back = float(number.replace(",", "")) * factors[symbol]

    assert abs(back - value) <= max(0.0051 * value, 0.0051e-9)
