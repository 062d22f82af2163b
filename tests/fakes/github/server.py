"""The fake on a socket of the loopback interface, for as long as a test needs it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.github import aside
from tests.fakes.github.call import Answer
from tests.fakes.github.fake import FakeGithub


class FakeServer(ThreadingHTTPServer):
    """A thread for each connection."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that left; anything else is a fault of the fake."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            self.fake.violations.append(f"the fake failed: {error!r}")

    def __init__(self, address: tuple[str, int], fake: FakeGithub) -> None:
        self.fake = fake
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where the API is: `GITHUB_API_URL`."""
        host, port = self.server_address[0], self.server_address[1]
        return f"http://{host!s}:{port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        data = self.rfile.read(int(headers.get("content-length", 0)))
        host = headers.get("host", "")
        answer = aside.answer(self.server.fake, self.command, self.path, headers, data)
        if answer is None:
            answer = self.server.fake.handle(self.command, self.path, headers, data, host)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

    def _send(self, answer: Answer) -> None:
        data = answer.data
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: `exchanges` has it all."""


@contextmanager
def serving(fake: FakeGithub, host: str = "127.0.0.1", port: int = 0) -> Iterator[FakeServer]:
    """Serve a fake until the block is left."""
    server = FakeServer((host, port), fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
