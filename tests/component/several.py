"""Components of several small processes: web servers that say what they see."""

from __future__ import annotations

from typing import Any

from loadstone import formats
from loadstone.model import Revision, Side
from tests.measure.fakes import world

# A web server at the address of its first argument; the rest is for it to tell.
SERVER = """
import http.server, os, sys, time
host, port = sys.argv[1].split(":")
print("begun", flush=True)
held = bytearray(int(sys.argv[2]) << 20) if sys.argv[2:] else b""
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/work":
            until = time.process_time() + 0.3
            while time.process_time() < until:
                pass
        if self.path == "/end":
            os._exit(3)
        body = b"served_total 5\\nonly_%s 1\\n" % os.environ.get("WHO", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer((host, int(port)), Web).serve_forever()
"""
SOMEWHERE = formats.Revisions(image=formats.ImageSource(reference="web:${revision}"))


def server(port: str, *arguments: str, code: str = SERVER, **more: Any) -> formats.Process:
    """A process that serves at a port of its own."""
    fields: dict[str, Any] = {
        "ports": [port],
        "command": ["${executable}", "-c", code, f"${{{port}}}", *arguments],
        "ready": formats.Ready(url=f"http://${{{port}}}/"),
        "stop_timeout": 2.0,
    }
    return formats.Process(**(fields | more))


def component(**processes: formats.Process) -> formats.Component:
    """A component of these processes, the first one measured before the others."""
    return formats.Component(
        component="several",
        about="",
        role="x",
        revisions=formats.Revisions(),
        processes=processes,
        measured=next(name for name, one in processes.items() if one.revisions is None),
        traffic="${http}",
    )


def revision(side: Side = Side.BASE, /, **others: str) -> Revision:
    """Python for the compared processes, and these programs for the others."""
    held = {
        name: Revision(side=side, asked="held", label="held", executable=program)
        for name, program in others.items()
    }
    python = world.python(side)
    return Revision(
        side=side,
        asked=python.asked,
        label=python.label,
        executable=python.executable,
        others=held,
    )
