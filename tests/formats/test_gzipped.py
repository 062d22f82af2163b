"""Gzip files of several members, and what is none."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.formats.gzipped import DamagedGzip, unpacked

ONE, TWO = gzip.compress(b"one"), gzip.compress(b"two")


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.integers(0, 20))
def test_the_content_is_that_of_all_members_and_zeros_behind_them_are_padding(parts, padding):
    data = b"".join(map(gzip.compress, parts)) + bytes(padding)
    assert unpacked(data, 1000) == b"".join(parts) == gzip.decompress(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (ONE[:-1], "it ends in the middle"),
        (ONE + TWO[:-1], "it ends in the middle"),
        (ONE + b"rubbish", "it is gzip, but damaged"),
        (ONE[:-8] + bytes(8), "it is gzip, but damaged"),
        (gzip.compress(bytes(101)), "it is larger than 100 bytes when unpacked"),
        (gzip.compress(bytes(60)) * 2, "it is larger than 100 bytes when unpacked"),
    ],
)
def test_what_cannot_be_unpacked_is_told_in_words(data, why):
    with pytest.raises(DamagedGzip, match=why):
        unpacked(data, 100)


def test_exactly_as_much_as_is_allowed_is_unpacked():
    assert unpacked(gzip.compress(bytes(60)) + gzip.compress(bytes(40)), 100) == bytes(100)
