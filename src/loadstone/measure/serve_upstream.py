"""The upstream as a program of a pod: `python -m loadstone.measure.serve_upstream --port 8080`."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence

from loadstone.measure.upstream import upstream
from loadstone.system import temporary

EVERYWHERE = "0.0.0.0"  # noqa: S104  (of its pod, whose network policy says who comes in)


def main(words: Sequence[str] | None = None) -> None:
    """Serve until somebody ends it."""
    said = _arguments().parse_args(words)
    ports = [said.port + number for number in range(said.servers)]
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with (
        temporary.directory() as folder,
        upstream(
            servers=said.servers,
            bodies=said.body,
            workdir=folder,
            ports=ports,
            host=said.host,
            grpc=said.grpc,
        ),
    ):
        print(f"listening on {', '.join(map(str, ports))}", flush=True)
        over.wait()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadstone.measure.serve_upstream")
    parser.add_argument("--port", type=int, required=True, help="of the first server")
    parser.add_argument("--host", default=EVERYWHERE, help="where they listen")
    parser.add_argument("--servers", type=int, default=1, help="on as many ports in a row")
    parser.add_argument("--body", type=int, action="append", default=[], help="By of an answer")
    parser.add_argument("--grpc", action="store_true", help="answer calls too")
    return parser


if __name__ == "__main__":
    main()
