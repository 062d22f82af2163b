"""Bodies that pass: their end is found however they are cut up, and nothing is lost of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.cluster.api_proxy.message_bodies import BrokenFraming, ChunkedBody, body
from loadstone.cluster.api_proxy.message_heads import BodyLength
from loadstone.cluster.api_proxy.watch_payloads import FrameEvents, LineEvents


class Kept:
    def __init__(self):
        self.data = b""

    def see(self, data, start, end):
        self.data += data[start:end]


def pieces(data, cuts):
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=6),
    st.lists(st.integers(0, 1000), max_size=20),
    st.sampled_from([b"", b"Trailer: x\r\n"]),
    st.sampled_from([b"", b";name=value"]),
)
def test_chunks_are_read_however_they_are_cut(chunks, cuts, trailer, extension):
    written = b"".join(b"%x%b\r\n%b\r\n" % (len(each), extension, each) for each in chunks)
    whole = written + b"0\r\n" + trailer + b"\r\n"
    kept = Kept()
    passing = ChunkedBody(kept)
    after = b"GET / HTTP/1.1"
    taken = 0
    for piece in pieces(whole + after, cuts):
        taken += passing.feed(piece, 0)
    assert passing.done
    assert kept.data == b"".join(chunks)
    assert taken == len(whole)
    assert passing.size + passing.framing == len(written)


@pytest.mark.parametrize("data", [b"x\r\n", b"\r\n", b"-1\r\n", b"1" * 5000])
def test_what_is_no_chunk_is_not_guessed_at(data):
    with pytest.raises(BrokenFraming):
        ChunkedBody().feed(data, 0)


@given(st.binary(max_size=50), st.lists(st.integers(0, 1000), max_size=9))
def test_a_body_of_a_known_length_ends_there(data, cuts):
    kept = Kept()
    passing = body(BodyLength(length=len(data)), kept)
    for piece in pieces(data + b"more", cuts):
        passing.feed(piece, 0)
    assert passing.done
    assert kept.data == data


def test_a_body_to_the_end_has_no_other():
    passing = body(BodyLength(to_the_end=True))
    assert passing.feed(b"abc", 0) == 3
    assert not passing.done
    assert passing.size == 3


@given(
    st.lists(st.binary(min_size=1, max_size=30), max_size=8),
    st.lists(st.integers(0, 1000), max_size=9),
)
def test_events_are_counted_in_lines_and_in_frames_however_they_are_cut(events, cuts):
    lines = b"".join(each.replace(b"\n", b" ") + b"\n" for each in events)
    frames = b"".join(len(each).to_bytes(4, "big") + each for each in events)
    for counter, data in ((LineEvents(), lines), (FrameEvents(), frames)):
        for piece in pieces(data, cuts):
            counter.see(piece, 0, len(piece))
        assert counter.events == len(events)
