"""The record of a pull request is one of an ancestor, or none: never another in its place."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Note
from loadstone.report.common.sentences import in_full
from loadstone.store.ancestry import nearest
from loadstone.store.protocol import BaselineEntry

ENTRY = BaselineEntry(
    key="",
    component="proxy",
    scenarios="latency",
    tier="pr",
    environment="e",
    revision="v",
    started="2026-11-22T05:00:00Z",
    size=1,
)


def commit(number: int) -> str:
    return f"{number:040x}"


def entry(number: int | None, hour: int = 0) -> BaselineEntry:
    """A record of a commit; None for one of a store of before."""
    name = "" if number is None else commit(number)
    started = f"2026-11-22T{hour:02}:00:00Z"
    return replace(ENTRY, key=f"{name}-{hour}", commit=name, started=started)


def found(entries, ancestors, **more):
    newest_first = sorted(entries, key=lambda each: each.started, reverse=True)
    return nearest(newest_first, map(commit, ancestors), merge_base=commit(9), **more)


def test_the_record_of_the_merge_base_is_the_nearest():
    chosen = found([entry(9, 1), entry(8, 2)], [9, 8, 7])
    assert (chosen.entry, chosen.behind, chosen.reason) == (entry(9, 1), 0, None)


def test_a_newer_record_of_an_older_commit_does_not_stand_in_for_a_nearer_one():
    chosen = found([entry(8, 1), entry(3, 20)], [9, 8, 7, 3])
    assert (chosen.entry, chosen.behind) == (entry(8, 1), 1)


def test_of_two_records_of_a_commit_the_newest_is_taken():
    assert found([entry(8, 1), entry(8, 5), entry(8, 3)], [9, 8]).entry == entry(8, 5)


def test_a_record_of_another_branch_is_never_taken():
    chosen = found([entry(100, 1)], [9, 8, 7])
    assert chosen.entry is None
    assert chosen.reason == Note.of("no-ancestor", commit=commit(9)[:9], looked=3, records=1)
    assert "3 were looked at" in in_full(chosen.reason)


def test_where_history_is_cut_off_it_is_said():
    chosen = found([entry(1)], [9, 8], shallow=True)
    assert chosen.reason is not None
    assert chosen.reason.code == "shallow"
    assert "fetch-depth: 0" in in_full(chosen.reason)


def test_no_records_and_records_without_a_commit_are_told_apart():
    for entries, code in (([], "no-records"), ([entry(None), entry(None, 2)], "no-commits")):
        chosen = found(entries, [9, 8])
        assert chosen.reason is not None
        assert chosen.reason.code == code
        assert in_full(chosen.reason)


def test_no_more_commits_are_asked_for_than_are_needed():
    assert found([entry(12)], count(9)).behind == 3
    assert found([], count(9)).entry is None


@given(
    st.lists(st.tuples(st.none() | st.integers(0, 30), st.integers(0, 23)), max_size=20),
    st.lists(st.integers(0, 30), max_size=20, unique=True),
    st.booleans(),
)
def test_it_is_of_an_ancestor_and_no_ancestor_before_has_one(records, ancestors, shallow):
    entries = [entry(number, hour) for number, hour in records]
    chosen = found(entries, ancestors, shallow=shallow)
    assert (chosen.entry is None) != (chosen.reason is None)
    with_record = [each for each in ancestors if any(number == each for number, _ in records)]
    if chosen.entry is None:
        assert with_record == []
    else:
        assert chosen.entry.commit == commit(with_record[0])
        assert ancestors[chosen.behind] == with_record[0]
        hours = [hour for number, hour in records if number == with_record[0]]
        assert chosen.entry.started[11:13] == f"{max(hours):02}"
