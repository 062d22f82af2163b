from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import GithubFailed
from loadstone.github.release_notes import marks, with_section

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=80)


@given(notes=WORDS, body=WORDS)
def test_a_section_is_put_in_once_however_often_it_is_put(notes, body):
    once = with_section(notes, "gate", body)
    assert with_section(once, "gate", body) == once


@given(notes=WORDS, one=WORDS, other=WORDS)
def test_what_others_wrote_stays(notes, one, other):
    text = with_section(with_section(notes, "gate", one), "gate", other)
    assert text.startswith(notes.strip())
    assert text == with_section(notes, "gate", other)


def test_sections_of_two_keys_stand_beside_each_other():
    text = with_section(with_section("notes", "a", "one"), "b", "two")
    assert with_section(text, "a", "three").count("<!-- loadstone:begin") == 2


def test_a_section_cannot_end_itself():
    body = "before\n<!-- loadstone:end gate -->\nafter"
    text = with_section("notes", "gate", body)
    assert with_section(text, "gate", "new") == with_section("notes", "gate", "new")


def test_a_key_cannot_end_its_mark():
    assert all(mark.count("-->") == 1 for mark in marks("a --> b\n"))


def test_notes_that_github_would_not_take_are_not_sent():
    with pytest.raises(GithubFailed, match="125000"):
        with_section("x" * 125_000, "gate", "section")
