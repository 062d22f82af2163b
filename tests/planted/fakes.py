"""A small API server and a small upstream, in threads of the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LISTS = ("ingresses", "services", "endpointslices")


class FakeApi:
    """Lists, watches and single reads of three resources. `asked` are the paths, with agents."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._version = 1
        self._objects: dict[str, dict[str, Any]] = {kind: {} for kind in _LISTS}
        self._events: list[tuple[int, str, str, Any]] = []
        self._changed = threading.Condition()
        self.broken = 0  # requests to answer with 500 before getting well
        self.too_old = False  # watches are answered with 410

    def put(self, kind: str, name: str, **state: Any) -> None:
        """Add an object to the namespace `default`, or change it."""
        with self._changed:
            self._version += 1
            metadata = {"namespace": "default", "resourceVersion": str(self._version)}
            metadata |= {"name": name, **state.pop("metadata", {})}
            event = "MODIFIED" if name in self._objects[kind] else "ADDED"
            self._objects[kind][name] = {"metadata": metadata, **state}
            self._tell(kind, event, self._objects[kind][name])

    def remove(self, kind: str, name: str) -> None:
        with self._changed:
            self._version += 1
            self._tell(kind, "DELETED", self._objects[kind].pop(name))

    def _tell(self, kind: str, event: str, state: Any) -> None:
        self._events.append((self._version, kind, event, state))
        self._changed.notify_all()

    def listed(self, kind: str) -> Any:
        with self._changed:
            version = {"resourceVersion": str(self._version)}
            return {"metadata": version, "items": list(self._objects[kind].values())}

    def read(self, kind: str, name: str) -> Any:
        return self._objects[kind].get(name)

    def watched(self, kind: str, since: int) -> Iterator[Any]:
        """Events of a resource as they come; ends when nothing comes for 20 s."""
        place = 0
        while True:
            with self._changed:
                if place == len(self._events) and not self._changed.wait(timeout=20):
                    return
                version, of, event, state = self._events[place]
            place += 1
            if of == kind and version > since:
                yield {"type": event, "object": state}

    def count(self, part: str) -> int:
        return sum(part in path for path, _ in self.asked)


class _ApiHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    api: FakeApi

    def do_GET(self) -> None:
        self.api.asked.append((self.path, self.headers["User-Agent"]))
        path, _, query = self.path.partition("?")
        kind = next(each for each in _LISTS if each in path)
        name = path.partition(kind)[2].strip("/")
        if self.api.broken:
            self.api.broken -= 1
            self._send(500, {})
        elif name:
            state = self.api.read(kind, name)
            self._send(404 if state is None else 200, state or {})
        elif "watch=1" in query:
            self._stream(kind, int(query.rpartition("resourceVersion=")[2]))
        else:
            self._send(200, self.api.listed(kind))

    def _send(self, status: int, document: Any) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, kind: str, since: int) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if self.api.too_old:
            self.api.too_old = False
            self._chunk({"type": "ERROR", "object": {"code": 410, "metadata": {}}})
            self.wfile.write(b"0\r\n\r\n")
            return
        for event in self.api.watched(kind, since):
            self._chunk(event)

    def _chunk(self, event: Any) -> None:
        line = json.dumps(event).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on a free port of the loopback; yields host:port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients come and go
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def api_server() -> Iterator[tuple[FakeApi, str]]:
    """A fake API server; yields it and its URL."""
    api = FakeApi()
    handler = type("Handler", (_ApiHandler,), {"api": api})
    with served(handler) as address:
        yield api, f"http://{address}"


class Upstream(BaseHTTPRequestHandler):
    """Says what it was asked; `/body/N` answers N bytes; `/close` closes the connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body leave together, else every answer waits for an ACK

    def do_GET(self) -> None:
        size = self.path.rpartition("/body/")[2]
        said = f"{self.command} {self.headers['Host']}{self.path}".encode()
        body = b"x" * int(size) if size.isdigit() else said
        self._answer(body)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("x-upstream", "s0")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path.endswith("/close")

    def log_message(self, *_: Any) -> None:
        pass
