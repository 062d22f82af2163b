"""Versions as pip understands them, and which are near."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.component.revisions.package import _near as words
from loadstone.component.revisions.versions import near, release, version

KNOWN = ["3.0.4", "3.1.0", "3.7.1", "3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14", "3.7.15"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("9.9.9", ["3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14", "3.7.15"]),
        ("3.7.16", ["3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14", "3.7.15"]),
        ("v3.7.11", ["3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14", "3.7.15"]),
        ("0.1", ["3.0.4", "3.1.0", "3.7.1", "3.7.2", "3.7.9", "3.7.10"]),
        ("37.15", ["3.7.15", "3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14"]),
        ("nonsense", ["3.7.2", "3.7.9", "3.7.10", "3.7.13", "3.7.14", "3.7.15"]),
    ],
)
def test_near_are_the_versions_beside_it(asked, found):
    assert sorted(near(asked, KNOWN)) == sorted(found)


def test_a_slip_of_the_hand_comes_first():
    later = [*KNOWN, *(f"3.8.{number}" for number in range(9))]
    assert near("37.1.5", later)[0] == "3.7.15"


def test_drafts_count_where_one_was_asked_for_or_there_is_nothing_else():
    known = ["1.0", "1.1rc1", "1.1rc2"]
    assert near("1.1", known) == ["1.0"]
    assert "1.1rc2" in near("1.1rc3", known)
    assert near("2.0", ["1.1rc1"]) == ["1.1rc1"]


def test_what_is_no_version_is_passed_over():
    assert near("1.0", ["2004d", "latest", "1.1"]) == ["1.1"]
    assert near("1.0", []) == []


def test_the_newest_is_named_where_it_is_not_near():
    assert words("0.1", KNOWN).endswith("; the newest is 3.7.15")
    assert words("9.9.9", KNOWN) == "near it are: 3.7.2, 3.7.9, 3.7.10, 3.7.13, 3.7.14, 3.7.15"


@given(st.text(max_size=12), st.lists(st.sampled_from([*KNOWN, "x", "1.0rc1"])))
def test_near_names_only_what_exists_and_each_once(asked, known):
    found = near(asked, known)
    assert set(found) <= set(known)
    assert len(found) == len(set(found)) <= 7


@pytest.mark.parametrize("text", ["3.7.15", "v3.7.15", "1.27.0-rc.1", "2.0", "1!2.0"])
def test_what_is_written_as_a_version(text):
    assert release(text)


@pytest.mark.parametrize(
    "text",
    [
        "154ccfae",
        "1234567",
        "0" * 40,
        "1e10",
        "1.27.3+k3s1",
        "1.2.x",
        "main",
        "12e4",
        "2024",
        "12",
        "v2",
    ],
)
def test_what_may_be_a_commit_or_a_tag(text):
    assert not release(text)


@pytest.mark.parametrize("text", ["1.2\n", " 1.2", "1.2;x", "--help", "../1", "1..2", ""])
def test_what_is_no_version(text):
    assert version(text) is None
