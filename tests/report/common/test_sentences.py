"""Every warning has words, and no warning is lost for want of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Note
from loadstone.report.common.sentences import SENTENCES, sentence

SCALARS = st.one_of(st.text(), st.integers(), st.floats(), st.booleans())


@pytest.mark.parametrize(
    ("warn", "said"),
    [
        (
            Note(code="unpaired", data={"paired": 6, "rounds": 8}),
            "6 of 8 rounds have both sides; the others are not used",
        ),
        (
            Note(code="wild-round", data={"round": 5, "side": "both"}),
            "round 5 is far off (on both sides) and counts little",
        ),
        (
            Note(code="few-requests", data={"needed": 5, "expected": 4.0}),
            "this percentile rests on 4 requests a run; it needs 5",
        ),
        (
            Note(code="certain", data={"base": 412.0, "head": 1412.0, "rounds": 1}),
            "counted exactly, over 1 round",
        ),
        (
            Note(code="certified", data={"rows": 20, "of": 21, "level": 0.95, "tests": 40}),
            "20 of 21 gated rows are no worse than their margins, at a level of 95 %",
        ),
    ],
)
def test_a_warning_is_a_sentence_with_its_figures(warn, said):
    assert sentence(warn) == said


def test_a_code_nobody_knows_is_shown_with_its_data():
    warn = Note(code="brand-new", data={"rounds": 3, "share": 0.25, "bad": True})

    assert sentence(warn) == "brand new (rounds 3, share 0.25, bad yes)"


def test_a_code_nobody_knows_may_bring_its_own_words():
    assert sentence(Note(code="other-machine", data={"text": "another CPU"})) == "another CPU"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_data_that_do_not_fit_the_sentence_are_shown_as_they_are(code):
    if all("{" in said for said in SENTENCES[code]):
        assert sentence(Note(code=code, data={"other": 7})).endswith("(other 7)")


@given(
    st.sampled_from(sorted(SENTENCES)),
    st.dictionaries(
        st.sampled_from(["base", "head", "rounds", "round", "side", "text", "case", "level", "of"]),
        SCALARS,
    ),
)
def test_every_warning_can_be_said(code, data):
    assert "\n" not in sentence(Note(code=code, data=data))
