"""Proposals: what somebody changed is never written over, and what is new is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.scaffold.drafts import DraftFile
from loadstone.scaffold.proposal import FileState, due, proposals
from loadstone.scaffold.stamp import Ownership, ownership, stamped

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"))


def proposed(there, now="b: 2\n"):
    (one,) = proposals([DraftFile(path="a.yml", text=stamped(now))], there)
    return one


@pytest.mark.parametrize(
    ("there", "state"),
    [
        ({}, FileState.NEW),
        ({"a.yml": stamped("b: 2\n")}, FileState.CURRENT),
        ({"a.yml": stamped("b: 2\n").replace("\n", "\r\n")}, FileState.CURRENT),
        ({"a.yml": stamped("b: 1\n")}, FileState.OUTDATED),
        ({"a.yml": stamped("b: 1\n") + "c: 3\n"}, FileState.CHANGED),
        ({"a.yml": "b: 2\n"}, FileState.FOREIGN),
        ({"a.yml": ""}, FileState.FOREIGN),
    ],
)
def test_the_state_of_a_file_is_seen(there, state):
    assert proposed(there).state == state


def test_the_difference_is_what_this_version_would_change():
    diff = proposed({"a.yml": stamped("a: 1\nb: 1\n")}, now="a: 1\nb: 2\n").diff
    assert "--- a/a.yml\n+++ b/a.yml\n" in diff
    assert "-b: 1\n+b: 2\n" in diff


def test_only_new_files_are_due_unless_an_update_is_asked_for():
    new, old = proposed({}), proposed({"a.yml": stamped("b: 1\n")})
    yours = [proposed({"a.yml": stamped("b: 1\n") + "#\n"}), proposed({"a.yml": "b\n"})]
    assert due([new, old, *yours], update=False) == [new]
    assert due([new, old, *yours], update=True) == [new, old]


@given(TEXT)
def test_a_file_is_ours_as_long_as_nobody_changes_it(body):
    text = stamped(body)
    assert ownership(text) == Ownership.OURS
    assert ownership(text + "x") == Ownership.CHANGED
    assert ownership("x" + text) == Ownership.FOREIGN
