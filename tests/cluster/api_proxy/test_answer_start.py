"""The start of an answer: found however it comes in pieces, and what goes before it passed on."""

from __future__ import annotations

import pytest

from loadstone.cluster.api_proxy.answer_start import answer_start
from loadstone.cluster.api_proxy.message_heads import LONGEST, MalformedHead

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


def test_heads_that_only_announce_an_answer_go_through_before_it() -> None:
    start = answer_start(CONTINUE + CONTINUE + HEAD + b"ok", of="POST")
    assert start.interim == CONTINUE + CONTINUE
    assert start.head is not None
    assert start.head.status == 200
    assert start.rest == HEAD + b"ok"
    assert start.rest[start.length :] == b"ok"


@pytest.mark.parametrize("cut", range(len(CONTINUE + HEAD)))
def test_a_head_that_comes_in_two_pieces_is_the_same(cut: int) -> None:
    whole = CONTINUE + HEAD
    first = answer_start(whole[:cut], of="POST")
    assert first.head is None
    second = answer_start(first.rest + whole[cut:], of="POST")
    assert second.head is not None
    assert first.interim + second.interim == CONTINUE
    assert second.rest == HEAD


def test_a_switch_to_another_protocol_is_an_answer() -> None:
    start = answer_start(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00", of="GET")
    assert start.head is not None
    assert start.head.status == 101
    assert start.rest[start.length :] == b"\x81\x00"


def test_a_head_without_an_end_is_refused() -> None:
    with pytest.raises(MalformedHead):
        answer_start(b"HTTP/1.1 200 OK\r\nX: " + b"a" * LONGEST, of="GET")
