"""The start of a server's answer: its head, after any that only say that it will come. Pure."""

from __future__ import annotations

from typing import NamedTuple

from loadstone.cluster.api_proxy.message_heads import (
    END,
    LONGEST,
    MalformedHead,
    ResponseHead,
    response_head,
)

SWITCHED = 101


class AnswerStart(NamedTuple):
    """The start of an answer, as far as it has come."""

    interim: bytes  # whole heads of 1xx, which go through
    head: ResponseHead | None  # None: not there yet
    rest: bytes  # from the beginning of the head on
    length: int  # By of the head


def answer_start(data: bytes, *, of: str) -> AnswerStart:
    """The start of an answer to a request with method `of`. Raises `MalformedHead`."""
    begin = 0
    while (end := data.find(END, begin)) >= 0:
        head = response_head(data[begin:end], of=of)
        after = end + len(END)
        if head.status >= 200 or head.status == SWITCHED:
            return AnswerStart(data[:begin], head, data[begin:], after - begin)
        begin = after
    if len(data) - begin > LONGEST:
        raise MalformedHead("a head that is too long")
    return AnswerStart(data[:begin], None, data[begin:], 0)
