"""Rounds that are added, as a word: read back as they were, and nothing read that was not said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.more_rounds import (
    MOST_ROUNDS,
    MoreRounds,
    attempt_word,
    more_rounds,
    rounds_check,
    rounds_word,
)

ONE = MoreRounds(run=12, attempt=2, done=6, rounds=8, cases=[1, 2, 3, 7])
LABELS = st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True)
MORE = st.builds(
    MoreRounds,
    run=st.just(12),
    attempt=st.just(2),
    done=st.integers(1, 400),
    rounds=st.integers(1, 400),
    cases=st.sets(st.integers(1, 300), min_size=1).map(sorted),
)


def test_consecutive_cases_are_one_span():
    assert attempt_word(12, 2) == "12.2"
    assert rounds_word({"proxy": ONE}) == "proxy@6+8:1-3,7"


@given(st.dictionaries(LABELS, MORE, min_size=1, max_size=4))
def test_what_is_said_is_read_back_or_more_cases_than_were_meant(more):
    found = more_rounds(attempt_word(12, 2), rounds_word(more))
    assert found.keys() == more.keys()
    for label, each in more.items():
        assert replace(found[label], cases=each.cases) == each
        assert set(each.cases) <= set(found[label].cases)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_read_as_rounds_that_cannot_be(attempt, rounds):
    for each in more_rounds(attempt, rounds).values():
        assert each.cases[0] >= 1
        assert list(each.cases) == sorted(set(each.cases))
        assert 0 < each.done < each.last <= MOST_ROUNDS


@pytest.mark.parametrize(
    "word",
    [
        *("", "proxy", "proxy@6+8:", "proxy@6+8:3-1", "proxy@6+8:2,2", "proxy@6+8:0"),
        *("proxy@0+8:1", "proxy@6+0:1", "proxy@999+9:1", "proxy@6+8:1-99999", "a b@6+8:1"),
        *("proxy@6+8:1;proxy@6+8:2", "proxy@6+8:1;", "proxy@6+8:1,,2"),
    ],
)
def test_a_word_that_says_no_rounds_is_none(word):
    assert more_rounds("12.2", word) == {}
    assert rounds_check(word)


@pytest.mark.parametrize("attempt", ["", "12", "0.1", "12.0", "12.1.1", "-1.1"])
def test_a_word_that_says_no_attempt_is_none(attempt):
    assert more_rounds(attempt, "proxy@6+8:1") == {}


def test_a_name_that_cannot_stand_in_a_word_makes_none():
    assert rounds_word({"a name": ONE}) == ""
