"""An API server of a few lines: discovery, and a log of what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RESOURCES = {
    "/api/v1": [
        {"name": "services", "kind": "Service", "namespaced": True},
        {"name": "services/status", "kind": "Service", "namespaced": True},
        {"name": "nodes", "kind": "Node", "namespaced": False},
    ],
    "/apis/networking.k8s.io/v1": [
        {"name": "ingresses", "kind": "Ingress", "namespaced": True},
    ],
}


class FakeApiServer:
    """`statuses` are answered first, one each; then every request succeeds."""

    def __init__(self, statuses: Sequence[int] = ()) -> None:
        self.statuses = list(statuses)
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.url = ""

    def said(self) -> list[tuple[str, str]]:
        """Method and path of what was asked, without discovery."""
        return [(method, path) for method, path, *_ in self.asked if path not in RESOURCES]


@contextmanager
def api_server(statuses: Sequence[int] = ()) -> Iterator[FakeApiServer]:
    fake = FakeApiServer(statuses)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent = json.loads(body) if body else None
            fake.asked.append((self.command, self.path, dict(self.headers), sent))
            found: dict[str, Any] = {"kind": "Status", "message": "as you like"}
            status = 200
            if self.path in RESOURCES:
                found = {"resources": RESOURCES[self.path]}
            elif fake.statuses:
                status = fake.statuses.pop(0)
                found["message"] = f"answering {status} on purpose"
            data = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
