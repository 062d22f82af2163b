"""The program of a node's agent: `python -m loadstone.component.in_pods.node_agent`.

It listens on the loopback of its pod, to which nothing leads but the API server's forward. A line
`read ID` is answered with a line of JSON: a `GroupReading` of the container, or null; a line `cost`
with the CPU seconds that the agent itself has used so far. It writes nothing anywhere.
"""

from __future__ import annotations

import argparse
import signal
import socketserver
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from loadstone.component.in_pods.node_agent.control_group import ROOT, GroupReading, find, read

_LONGEST = 256  # By of a line


class AnsweringQuestions(socketserver.StreamRequestHandler):
    """The answers on one connection. What was found once is kept as long as that lasts."""

    def __init__(self, *given: object, root: Path) -> None:
        self._root = root
        self._found: dict[str, Mapping[str, Path]] = {}
        super().__init__(*given)  # type: ignore[arg-type]  # its own three

    def handle(self) -> None:
        while line := self.rfile.readline(_LONGEST).strip():
            word, _, rest = line.decode(errors="replace").partition(" ")
            if word == "read":
                self._answer(self._reading(rest))
            elif word == "cost":
                self._answer(time.process_time())
            else:
                return

    def _reading(self, container: str) -> GroupReading | None:
        if not self._found.get(container):
            self._found[container] = find(container, self._root)
        folders = self._found[container]
        return read(folders, time.time()) if folders else None

    def _answer(self, what: object) -> None:
        self.wfile.write(msgspec.json.encode(what) + b"\n")


class AgentServer(socketserver.ThreadingTCPServer):
    """The server of an agent, a thread for each who asks."""

    allow_reuse_address = True
    daemon_threads = True


def main(words: Sequence[str] | None = None) -> None:
    """Answer until somebody ends it."""
    parser = argparse.ArgumentParser(prog="python -m loadstone.component.in_pods.node_agent")
    parser.add_argument("--port", type=int, required=True, help="of the loopback")
    parser.add_argument("--root", type=Path, default=ROOT, help="the node's /sys/fs/cgroup")
    said = parser.parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the first process of a pod has no other
    with AgentServer(
        ("127.0.0.1", said.port), partial(AnsweringQuestions, root=said.root)
    ) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
