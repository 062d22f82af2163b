"""A server that answers with bytes as they are, whatever they are."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CLOSE = b""
"""In place of an answer: close the connection without one."""


@dataclass
class Bytes:
    """`address` is host:port. `asked` are the requests, `connections` how many there were."""

    address: str
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0


@contextmanager
def answering(
    answers: Sequence[Sequence[bytes]], *, pause: float = 0.0, closes: bool = True
) -> Iterator[Bytes]:
    """Connection number k gets the answers `answers[k]`, one for each request.

    Then it is closed, unless `closes` is False. `pause`: s between two bytes of an answer.
    """
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Bytes(f"127.0.0.1:{listener.getsockname()[1]}")

        def serve() -> None:
            for each in answers:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the listener has been closed
                    return
                server.connections += 1
                with connection, suppress(OSError):
                    for data in each:
                        request = connection.recv(65536)
                        if not request:
                            break
                        server.asked.append(request)
                        _send(connection, data, pause)
                    if not closes:
                        over.wait(20)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(20)


def _send(connection: socket.socket, data: bytes, pause: float) -> None:
    if not pause:
        connection.sendall(data)
        return
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(pause)
