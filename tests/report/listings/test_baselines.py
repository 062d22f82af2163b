"""Baselines as people read them."""

from dataclasses import dataclass

from loadstone.report.listings.baselines import pruned, saved, terminal


@dataclass(frozen=True, kw_only=True)
class Stored:
    key: str
    revision: str = "v1"
    environment: str = "e"
    started: str = "2026-11-20T03:00:00Z"


def test_a_long_key_stays_on_one_line_to_be_copied():
    key = "traefik/" + "x" * 150
    (_header, row) = terminal([Stored(key=key)]).splitlines()
    assert row.startswith(key)
    assert row.endswith("2026-11-20T03:00:00Z")


def test_no_baselines_are_said_to_be_none():
    assert terminal([]) == "no baselines"
    assert pruned([], dry_run=False) == "nothing to remove"


def test_saving_says_whether_the_record_was_there_and_what_was_learnt():
    assert saved("k", there=False, learnt=0).rstrip() == "saved k"
    assert saved("k", there=True, learnt=3).splitlines() == [
        "is there already: k",
        "the noise of this series is known from 3 records",
    ]


def test_a_dry_run_removes_nothing_in_its_words_either():
    assert pruned(["a", "b"], dry_run=True).splitlines() == ["would remove a", "would remove b"]
