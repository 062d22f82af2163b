"""`python -m loadstone.apiserver`: the server as a process of its own.

The first and only line on standard output says, as JSON, that it is ready and where.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from loadstone.apiserver import dials
from loadstone.apiserver.discovery.endpoints import VERSION
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.server import BOOKMARKS, COMPACTION, Server
from loadstone.apiserver.state import State
from loadstone.apiserver.storage import object_store
from loadstone.apiserver.wire.http import ServerConnection


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry point: serves until SIGTERM or SIGINT; returns the exit status."""
    options = _parser().parse_args(arguments)
    state = State(store=object_store.ObjectStore(options.history), rng=random.Random(options.seed))
    server = Server(
        state, bookmarks=options.bookmark_interval, compaction=options.compaction_interval
    )
    if options.dials is not None:
        try:
            server.dials.set(dials.parse(options.dials.read_bytes()))
        except (OSError, ApiError) as error:
            print(f"--dials {options.dials}: {error}", file=sys.stderr)
            return 2
    try:
        uvloop.run(_serve(server, options.host, options.port))
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 3
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loadstone.apiserver",
        description="An in-memory Kubernetes API server.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--dials", type=Path, help="a JSON file with a list of dials")
    parser.add_argument("--seed", type=int, help="makes names, jitter and errors repeatable")
    parser.add_argument(
        "--history",
        type=int,
        default=object_store.WINDOW,
        help="events of each resource that are kept for watchers",
    )
    parser.add_argument(
        "--bookmark-interval",
        type=float,
        default=BOOKMARKS,
        help="seconds between two bookmarks of a watch",
    )
    parser.add_argument(
        "--compaction-interval",
        type=float,
        default=COMPACTION,
        help="seconds that an old list can be gone on with, and as long again at most",
    )
    return parser


async def _serve(server: Server, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    connections: set[ServerConnection] = set()
    listener = await loop.create_server(
        lambda: ServerConnection(server.handle, connections), host, port, backlog=1024
    )
    server.start()
    name = listener.sockets[0].getsockname()
    ready = {"url": f"http://{name[0]}:{name[1]}", "version": VERSION}
    print(json.dumps(ready), flush=True)
    await stopping.wait()
    listener.close()
    for connection in tuple(connections):
        connection.abort()


if __name__ == "__main__":
    raise SystemExit(main())
