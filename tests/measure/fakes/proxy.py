"""A component under test that starts within milliseconds: routes are pushed to its admin port.

    python proxy.py TRAFFIC ADMIN [--never-ready] [--die-after S] [--lie HOST] [--slow S]
                    [--busy S] [--once FILE]

`--lie`: this host is answered with 500. `--slow`: a pushed document takes effect S seconds later.
`--busy`: so much CPU time is used before it is ready. `--once`: it starts while FILE is not there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROUTES: list[dict[str, str]] = []
COUNTS = {"loads": 0, "requests": 0}


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Traffic(Quiet):
    lie = ""
    closing = False

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        if not self.closing:
            super().reply(status, body, headers)
            return
        self.send_response(status)  # and no length: the body ends with the connection
        for name, value in {**(headers or {}), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        COUNTS["requests"] += 1
        host = self.headers["Host"]
        found = [r for r in ROUTES if r["host"] == host and self.path.startswith(r["path"])]
        if host == self.lie:
            self.reply(500, b"no")
        elif found:
            self.reply(200, b"x" * 600, {"X-Upstream": found[0]["backend"]})
        else:
            self.reply(404, b"nothing here")


class Admin(Quiet):
    ready = True
    slow = 0.0

    def do_GET(self) -> None:
        if self.path == "/ready":
            self.reply(200 if self.ready else 503, b"")
        elif self.path == "/metrics":
            lines = [f"fake_{name}_total {count}" for name, count in COUNTS.items()]
            lines += [
                'fake_heap{kind="used"} 5',
                'fake_took{quantile="0.5"} NaN',
                "fake_took_sum +Inf",
            ]
            self.reply(200, "\n".join([*lines, ""]).encode())
        elif self.path.startswith("/debug/pprof/profile"):
            time.sleep(float(self.path.rpartition("=")[2]))
            self.reply(200, gzip.compress(b"profile"))
        elif self.path == "/debug/pprof/heap":
            self.reply(200, b"<html>not a profile</html>")
        else:
            self.reply(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        routes = json.loads(body)["routes"]
        threading.Timer(self.slow, take, args=(routes,)).start()
        self.reply(200, b"")


def take(routes: list[dict[str, str]]) -> None:
    COUNTS["loads"] += 1
    ROUTES[:] = routes


def serve(address: str, handler: type[Quiet]) -> None:
    host, _, port = address.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("traffic")
    parser.add_argument("admin")
    parser.add_argument("--never-ready", action="store_true")
    parser.add_argument("--die-after", type=float, default=600.0)
    parser.add_argument("--lie", default="")
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--closing", action="store_true")
    parser.add_argument("--busy", type=float, default=0.0)
    parser.add_argument("--once", default="")
    options = parser.parse_args()
    if options.once:
        os.close(os.open(options.once, os.O_CREAT | os.O_EXCL))
    while time.process_time() < options.busy:
        pass
    Admin.ready, Admin.slow, Traffic.lie = not options.never_ready, options.slow, options.lie
    Traffic.closing = options.closing
    serve(options.traffic, Traffic)
    serve(options.admin, Admin)
    time.sleep(options.die_after)
    print("I have had enough")
    sys.stdout.flush()
    os._exit(3)


main()
