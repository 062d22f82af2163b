"""A small ingress controller and proxy of ours, with flaws that can be switched on.

It is what the judge is tested against: its plain form and a flawed one differ in exactly one known
way. Run it as `python -m tests.planted.controller --api URL --http HOST:PORT --admin HOST:PORT`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import urllib3
import uvloop

from tests.planted.admin import Admin
from tests.planted.flaws import PEER, Flaws, Planted, add_switches, burn
from tests.planted.proxying import Proxy
from tests.planted.routes import Table, key_of
from tests.planted.serving import Front
from tests.planted.watching import Api, Informer

_INGRESSES = "/apis/networking.k8s.io/v1/ingresses"
_SERVICES = "/api/v1/services"
_SLICES = "/apis/discovery.k8s.io/v1/endpointslices"


class Controller:
    """Keeps a routing table up to date; a reconcile is the taking over of one ingress' state."""

    def __init__(self, api: Api, table: Table, flaws: Flaws) -> None:
        self._api, self._table, self._flaws = api, table, flaws
        self._loop = asyncio.get_running_loop()
        self._worker = ThreadPoolExecutor(max_workers=1)
        self.reloads = 0
        self._informers = [
            Informer(api, _INGRESSES, self._on_ingress),
            Informer(api, _SERVICES, self._on_backend(table.services)),
            Informer(api, _SLICES, self._on_backend(table.slices)),
        ]

    @property
    def ready(self) -> bool:
        return all(informer.synced.is_set() for informer in self._informers)

    def start(self) -> None:
        for informer in self._informers:
            informer.start()

    def _on_ingress(self, kind: str, state: Mapping[str, Any]) -> None:
        self._later(self._reconcile, kind, state)

    def _on_backend(self, of: dict[Any, Any]) -> Any:
        def changed(kind: str, state: Mapping[str, Any]) -> None:
            there = None if kind == "DELETED" else state
            self._later(self._table.set_backend, of, key_of(state), there)

        return changed

    def _reconcile(self, kind: str, state: Mapping[str, Any]) -> None:
        self._table.set_ingress(key_of(state), None if kind == "DELETED" else state)
        self.reloads += 1
        if self._flaws.quadratic:
            burn(PEER * len(self._table.ingresses))
        if self._flaws.extra_call:
            self._worker.submit(self._ask_again, *key_of(state))

    def _ask_again(self, namespace: str, name: str) -> None:
        with suppress(urllib3.exceptions.HTTPError):  # it may be gone by now
            self._api.get(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses/{name}")

    def _later(self, call: Any, *arguments: Any) -> None:
        """From a watching thread into the loop. A loop that has ended needs no news."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    options = _parser().parse_args(arguments)
    flaws = Flaws.of(options)
    if options.version:
        print(f"planted 1.0 ({flaws.name})")
        return 0
    uvloop.run(_serve(options, Planted(flaws=flaws)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planted", description=__doc__)
    parser.add_argument("--api", default="http://127.0.0.1:8080", help="URL of the API server")
    parser.add_argument("--http", default="127.0.0.1:8000", metavar="HOST:PORT")
    parser.add_argument("--admin", default="127.0.0.1:8001", metavar="HOST:PORT")
    parser.add_argument("--ingress-class", default="", help="take only ingresses of this class")
    parser.add_argument("--version", action="store_true", help="say what it is, and end")
    add_switches(parser)
    return parser


async def _serve(options: argparse.Namespace, planted: Planted) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    table = Table(ingress_class=options.ingress_class)
    controller = Controller(Api(options.api), table, planted.flaws)
    proxy = Proxy(table, planted)

    def figures() -> dict[str, float]:
        return {
            "reloads_total": controller.reloads,
            "requests_total": proxy.requests,
            "errors_total": proxy.errors,
            "stalls_total": planted.stalls,
            "routes": table.routes,
        }

    admin = Admin(planted, ready=lambda: controller.ready, figures=figures)
    for handle, address in ((proxy.handle, options.http), (admin.handle, options.admin)):
        host, _, port = address.rpartition(":")
        await loop.create_server(partial(Front, handle), host, int(port), backlog=4096)
    controller.start()
    stalling = loop.create_task(_stall(planted)) if planted.flaws.stall else None
    await stopping.wait()
    if stalling:
        stalling.cancel()


async def _stall(planted: Planted) -> None:
    while True:
        await asyncio.sleep(planted.flaws.stall)
        planted.stall()


if __name__ == "__main__":
    raise SystemExit(main())
