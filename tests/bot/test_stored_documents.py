"""Documents of the store: what goes in comes out, and nonsense is an error that says so."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot.minutes import LedgerEntry
from loadstone.bot.stored_documents import (
    accepted_changes,
    accepted_document,
    minutes_document,
    minutes_ledger,
    with_accepted,
)
from loadstone.errors import InvalidFile
from loadstone.model.accepted import AcceptedChange

CHANGE = AcceptedChange(
    component="proxy",
    case="a/*",
    metric="latency_p99",
    reason='it is "fine"',
    who="grace",
    when="2026-11-20T10:00:30+00:00",
    expires="2027-02-18T10:00:30+00:00",
    size=0.08,
    pull_request=17,
)


def test_nothing_is_stored_at_first():
    assert accepted_changes(None) == []
    assert minutes_ledger(None) == []
    assert accepted_changes(accepted_document([])) == []


def test_a_document_is_json_with_an_entry_a_line():
    text = accepted_document([CHANGE, CHANGE]).decode()
    assert json.loads(text)["version"] == 1
    assert len([line for line in text.splitlines() if "latency_p99" in line]) == 2


def test_a_change_takes_the_place_of_an_earlier_one_of_its_row():
    document = with_accepted(None, CHANGE)
    newer = AcceptedChange(**{**vars_of(CHANGE), "size": 0.2})
    other = AcceptedChange(**{**vars_of(CHANGE), "pull_request": 18})
    document = with_accepted(with_accepted(document, newer), other)
    assert accepted_changes(document) == [newer, other]


def vars_of(change):
    return {name: getattr(change, name) for name in change.__dataclass_fields__}


TEXT = st.text(max_size=20)


@given(
    st.lists(
        st.builds(
            AcceptedChange,
            component=TEXT,
            case=TEXT,
            metric=TEXT,
            reason=TEXT,
            who=TEXT,
            when=TEXT,
            expires=TEXT,
            size=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            beyond=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            pull_request=st.integers(0, 10**6),
        ),
        max_size=4,
    )
)
def test_accepted_changes_come_out_as_they_went_in(changes):
    assert accepted_changes(accepted_document(changes)) == changes


@given(
    st.lists(
        st.builds(
            LedgerEntry,
            run=st.integers(0, 2**50),
            attempt=st.integers(1, 9),
            component=TEXT,
            pull_request=st.integers(0, 10**6),
            when=TEXT,
            minutes=st.floats(0, 1e6),
        ),
        max_size=4,
    )
)
def test_a_ledger_comes_out_as_it_went_in(ledger):
    assert minutes_ledger(minutes_document(ledger)) == ledger


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 2, "accepted": []}',
        b'{"version": 1}',
        b'{"version": 1, "accepted": [{"case": 1}]}',
        b'{"version": 1, "accepted": "all"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * 5_000_000,
    ],
)
def test_what_is_no_document_is_an_error_that_names_it(document):
    with pytest.raises(InvalidFile, match=r"accepted\.json") as caught:
        accepted_changes(document)
    assert caught.value.next_step


@given(st.binary(max_size=60))
def test_no_bytes_crash_it(document):
    try:
        minutes_ledger(document)
    except InvalidFile as error:
        assert error.problems  # noqa: PT017  (either is fine)
