"""A client of routes: one request at a time over one kept-alive connection."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
from dataclasses import dataclass, field

from loadstone.measure.http.answers import Answers
from loadstone.measure.http.route import Route

USER_AGENT = "loadstone-check"
WITHIN = 2.0  # s; a route that takes longer counts as not answering
_LATE = f"none within {WITHIN:g} s"
_CHUNK = 64 * 1024  # By
_PLAIN = re.compile(r"[!-~]+")  # nothing that could end a line of the request


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a request: a status with headers (names in lower case), or 0 and an error."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""


class Caller:
    """A caller of `host:port` over a connection that is kept while the other side keeps it."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._socket: socket.socket | None = None
        self._answers = Answers()

    def ask(self, route: Route) -> Answer:
        """Send the route's request and read the whole answer. Never raises for a bad answer.

        A kept-alive connection may be closed just as we ask: then we ask again, once. An answer
        that broke off is one, and is not asked for again.
        """
        if not _PLAIN.fullmatch(route.host) or not _PLAIN.fullmatch(route.path):
            return Answer(status=0, error=f"there is no asking {route.host!r} for {route.path!r}")
        kept = self._kept()
        answer = self._ask(route)
        again = answer.error and kept and not self._answers.begun and answer.error != _LATE
        return self._ask(route) if again else answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _kept(self) -> bool:
        """Whether there is a connection. One that has something to say while it is idle is over."""
        if self._socket is not None and _to_be_read(self._socket):
            self.close()
        return self._socket is not None

    def _ask(self, route: Route) -> Answer:
        deadline = time.monotonic() + WITHIN
        try:
            sock = self._connected(deadline)
            self._answers.expect()
            sock.sendall(_message(route))
            error = self._read(sock, deadline)
        except TimeoutError:
            error = _LATE
        except OSError as failed:
            error = str(failed) or type(failed).__name__
        if error or not self._answers.lasts:
            self.close()
        if error:
            return Answer(status=0, error=error)
        return Answer(status=self._answers.status, headers=_text(self._answers.headers))

    def _connected(self, deadline: float) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=_left(deadline))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._answers = Answers()
        self._socket.settimeout(_left(deadline))
        return self._socket

    def _read(self, sock: socket.socket, deadline: float) -> str:
        """Read one answer; what was wrong with it, "" for nothing."""
        while not self._answers.answered:
            sock.settimeout(_left(deadline))
            data = sock.recv(_CHUNK)
            if not data:
                if self._answers.end():
                    return ""
                return "closed in mid-answer" if self._answers.begun else "closed"
            if not self._answers.feed(data):
                return "not HTTP"
        return ""


def _to_be_read(sock: socket.socket) -> bool:
    """Whether the socket has data, or its end, to be read at this moment."""
    poll = select.poll()  # not select(), which knows no descriptor above 1023
    with contextlib.suppress(OSError, ValueError):
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return True


def _left(deadline: float) -> float:
    """Seconds until the deadline. Raises `TimeoutError` when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _message(route: Route) -> bytes:
    return (
        f"GET {route.path} HTTP/1.1\r\nHost: {route.host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept-Encoding: identity\r\n\r\n"
    ).encode()


def _text(headers: dict[bytes, bytes]) -> dict[str, str]:
    return {
        name.decode(errors="replace"): value.decode(errors="replace")
        for name, value in headers.items()
    }
