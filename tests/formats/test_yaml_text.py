"""YAML as data with places: what is read, and what is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile
from loadstone.formats.yaml_text import MAX_CHARACTERS, read, scalar


def problem(text):
    with pytest.raises(InvalidFile) as caught:
        read(text, "f.yaml")
    return str(caught.value)


def test_every_value_knows_where_it_was_written():
    document = read("a:\n  - x: 1\n  - {y: [2, 3]}\n", "f.yaml")
    assert document.data == {"a": [{"x": 1}, {"y": [2, 3]}]}
    assert document.where(("a", 0, "x")) == "f.yaml:2:8"
    assert document.where(("a", 0, "x"), key=True) == "f.yaml:2:5"
    assert document.where(("a", 1, "y", 1)) == "f.yaml:3:13"


def test_a_place_that_does_not_exist_is_shown_as_the_nearest_enclosing_one():
    assert read("a:\n  b: 1\n", "f.yaml").where(("a", "c", "d")) == "f.yaml:2:3"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("yes", "yes"), ("12:30", "12:30"), ("2026-11-22", "2026-11-22"),
        ("true", True), ("~", None), ("5", 5), ("-5", -5), ("1e3", 1000.0), (".5", 0.5),
        ("0x10", "0x10"), (".inf", ".inf"), ("1e999", "1e999"), ("1_000", "1_000"),
    ],
)  # fmt: skip
def test_scalars_mean_what_they_say(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_quoted_numbers_stay_text():
    assert read('a: "5"', "f.yaml").data == {"a": "5"}


def test_an_alias_repeats_what_it_names():
    assert read("a: &x [1, 2]\nb: *x\n", "f.yaml").data == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.yaml: is empty"),
        ("# only a comment", "f.yaml: is empty"),
        ("a: 1\nb: [1\n", "f.yaml:3:1: is no YAML"),
        ("a: 1\n\tb: 2\n", "f.yaml:2:1: is no YAML"),
        (
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1: the key `a` is written twice (it is already on line 1)",
        ),
        ("a: !!python/object:os.system 1", "f.yaml:1:4: the tag"),
        ("a: !secret x", "f.yaml:1:4: the tag `!secret` is not supported"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", "f.yaml:2:5: merge keys (`<<`) are not supported"),
        ("? [a, b]\n: 1\n", "f.yaml:1:3: a key has to be text"),
        ("---\na: 1\n---\nb: 2\n", "is no YAML"),
        ("a: \x00", "is no YAML"),
        ("&x [*x]", "too deeply"),
        ("[" * 5000, "nested too deeply"),
        ("x" * (MAX_CHARACTERS + 1), "characters (at most"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_place(text, said):
    assert said in problem(text)


def test_aliases_that_multiply_are_refused_soon():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        names = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{names}]")
    assert "too many values" in problem("\n".join(lines))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_as_a_file(text):
    with contextlib.suppress(InvalidFile):
        read(text, "f.yaml")
