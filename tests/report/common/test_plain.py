"""Words from outside, made harmless."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from loadstone.report.common.plain import MOST, plain


@given(st.text())
def test_what_is_left_is_one_line_of_visible_characters(text):
    shown = plain(text)

    assert len(shown) <= MOST
    assert shown == shown.strip()
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert all(unicodedata.category(character) not in hidden for character in shown)
    shown.encode("utf-8")


@given(st.text())
def test_it_changes_nothing_twice(text):
    assert plain(plain(text)) == plain(text)


def test_direction_changes_and_terminal_codes_are_seen_but_do_nothing():
    assert plain("a\u202eb") == "a�b"
    assert plain("\x1b[31mred") == "�[31mred"
    assert plain("two\n\tlines") == "two lines"
    assert plain("lone \ud800 half") == "lone � half"


def test_letters_of_all_languages_stay():
    assert plain("größer 変化 ≤ 5 µs 🔴") == "größer 変化 ≤ 5 µs 🔴"
