"""HTTP answers as they come over one connection, read by llhttp.

What an answer is and where it ends, RFC 9112 says: 6.3 for its body, which may end with the
connection. The load generator and the route checks read with the same class, so that what is right
for one is right for the other.
"""

from __future__ import annotations

import time
from collections.abc import Container

import httptools

SWITCHING = 101
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_BLANKS = b" \t"


class Answers:
    """A reader of one answer at a time, with its `status`, `headers` and `length` (of the body).

    Interim answers (1xx) are passed over, and trailers are no headers. A name that is there several
    times has all its values, as a list. Whatever comes after an answer is `surplus`: it is never
    taken for the next one.
    """

    __slots__ = (
        "_in_head",
        "_keep",
        "_parser",
        "_sized",
        "_wanted",
        "answered",
        "begun",
        "headers",
        "length",
        "status",
        "surplus",
    )

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.surplus = False
        self._sized = False
        self._in_head = False
        self._parser = httptools.HttpResponseParser(self)
        # What RFC 9112 wants or lets a client read: lines that end without a CR (2.2), and headers
        # that go on in the next line (5.2).
        self._parser.set_dangerous_leniencies(
            lenient_optional_cr_before_lf=True, lenient_headers=True
        )
        self.expect()

    def expect(self, wanted: Container[bytes] | None = None) -> None:
        """A question is sent. `wanted`: names of the headers to keep, in lower case; None: all."""
        self._wanted = wanted
        self.begun = False
        self.answered = 0.0  # when the answer was whole; 0: it is not
        self.status = 0
        self.length = 0
        self._keep = False

    @property
    def lasts(self) -> bool:
        """Whether the connection may carry another question after this answer."""
        return self._keep and not self.surplus

    def feed(self, data: bytes) -> bool:
        """Read on. False: this is not HTTP, and there is no whole answer before it."""
        self.begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # after 101, which nobody asked for: what follows is not ours to read
        except httptools.HttpParserCallbackError:
            raise  # a defect of ours, not of the answer
        except httptools.HttpParserError:
            if not self.answered:
                return False
            self.surplus = True
        return True

    def end(self) -> bool:
        """The other side has closed in good order. True: that was the end of a whole answer."""
        until_close = self.status >= 200 and not self._sized and not self._in_head
        if until_close and not self.answered:
            self.answered = time.monotonic()
            return True
        return False

    # what httptools calls

    def on_message_begin(self) -> None:
        if self.answered:
            self.surplus = True
            return
        self._in_head = True
        self._sized = False
        self.length = 0
        self.headers = {}  # a new one: the last may be kept elsewhere

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return
        lower = name.lower()
        if lower in _FRAMING:
            self._sized = lower == b"content-length" or _chunked(value)
        if self._wanted is None or lower in self._wanted:
            plain = value.strip(_BLANKS)
            before = self.headers.get(lower)
            self.headers[lower] = plain if before is None else before + b", " + plain

    def on_headers_complete(self) -> None:
        if self._in_head:
            self._in_head = False
            self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        if not self.answered:
            self.length += len(body)

    def on_message_complete(self) -> None:
        if self.answered or (self.status < 200 and self.status != SWITCHING):
            return
        self._keep = self._parser.should_keep_alive() and self.status != SWITCHING
        self.answered = time.monotonic()


def _chunked(value: bytes) -> bool:
    """Whether the last coding is `chunked`; with another one, the body ends with the connection."""
    return value.rpartition(b",")[2].strip(_BLANKS).lower() == b"chunked"
