"""Filling of strings, and what is to stay as it is written."""

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats.fill import fill, fill_text


def test_a_name_is_replaced_wherever_it_stands():
    assert fill({"a": ["${i}-${name}"], "${name}": 1}, {"i": 3, "name": "n"}) == {
        "a": ["3-n"],
        "n": 1,
    }


def test_a_string_that_is_only_a_name_becomes_the_value_itself():
    assert fill("${i}", {"i": 3}) == 3
    assert fill_text("${i}", {"i": 3}) == "3"


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("$${x}", "${x}"),
        ("$${HOME} ${x}", "${HOME} 1"),
        ("$${x} $${x}", "${x} ${x}"),
        ("$$ $x ${X}", "$$ $x ${X}"),
        ("$${", "${"),
    ],
)
def test_what_is_escaped_is_left_for_whoever_reads_it(written, filled):
    assert fill(written, {"x": 1}) == filled
    assert fill_text(written, {"x": 1}) == filled


def test_what_was_put_in_is_not_looked_into_again():
    assert fill_text("${a}", {"a": "${b} $${b}", "b": "c"}) == "${b} $${b}"


def test_a_name_that_is_unknown_is_an_error_that_lists_the_known_ones():
    with pytest.raises(InvalidFile, match="nothing is called") as caught:
        fill("${y} $${z}", {"x": 1})
    assert "x" in caught.value.next_step
    assert len(caught.value.problems) == 1
