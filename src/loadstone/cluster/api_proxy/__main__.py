"""`python -m loadstone.cluster.api_proxy --kubeconfig FILE`: the proxy as a process of its own.

The first line on standard output says, as JSON, where it listens. After that every line on standard
input is an order, and is answered with a line: what the component under test can reach gives none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from loadstone.cluster.api_proxy.client_leg import ClientLeg
from loadstone.cluster.api_proxy.proxy_state import ProxyState
from loadstone.cluster.api_proxy.server_access import NoAccess, ServerAccess
from loadstone.formats import Dial


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry point: serves until SIGTERM, or until standard input ends."""
    options = _parser().parse_args(arguments)
    try:
        state = ProxyState(access=ServerAccess(options.kubeconfig), rng=random.Random(options.seed))
        uvloop.run(_serve(state, options))
    except (NoAccess, OSError) as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loadstone.cluster.api_proxy",
        description="A proxy in front of a Kubernetes API server that counts and fails requests.",
    )
    parser.add_argument("--kubeconfig", type=Path, required=True, help="of the API server")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--certificate", type=Path, help="serve TLS with this chain")
    parser.add_argument("--key", type=Path, help="and this key")
    parser.add_argument("--seed", type=int, help="makes jitter and errors repeatable")
    return parser


async def _serve(state: ProxyState, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    listener = await loop.create_server(
        lambda: ClientLeg(state), options.host, options.port, backlog=1024, ssl=_tls(options)
    )
    name = listener.sockets[0].getsockname()
    _say({"url": f"{'https' if options.certificate else 'http'}://{name[0]}:{name[1]}"})
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    tasks = [
        loop.create_task(_obey(state, orders, stopping)),
        loop.create_task(state.access.keep()),
    ]
    await stopping.wait()
    for task in tasks:
        task.cancel()
    listener.close()
    for client in tuple(state.clients):
        client.abort()


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _obey(state: ProxyState, orders: asyncio.StreamReader, stopping: asyncio.Event) -> None:
    while line := await orders.readline():
        try:
            _say(_done(state, json.loads(line)))
        except (ValueError, KeyError, msgspec.ValidationError) as error:
            _say({"error": str(error)})
    stopping.set()


def _done(state: ProxyState, order: dict[str, Any]) -> dict[str, Any]:
    """What an order comes to."""
    match order["do"]:
        case "accounting":
            return state.accounts.document()
        case "dial":
            state.dial(msgspec.convert(order["dials"], list[Dial]))
            return {}
        case "reset":
            state.dial(())
            state.accounts.clear()
            return {}
        case other:
            raise ValueError(f"nobody knows how to do `{other}`")


def _say(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
