"""What the program tells of itself: /ping, /metrics, and /debug/pprof."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import prometheus_client
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from tests.planted.flaws import Planted
from tests.planted.profiling import Sampler, heap
from tests.planted.serving import Front, Request

_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>\n"
Figures = Callable[[], dict[str, float]]


class Admin:
    """Answers on the admin port. `ready` says whether every resource has been listed."""

    def __init__(self, planted: Planted, *, ready: Callable[[], bool], figures: Figures) -> None:
        self._planted, self._ready, self._figures = planted, ready, figures
        self._sampler = Sampler()
        prometheus_client.REGISTRY.register(self)

    def handle(self, front: Front, request: Request) -> None:
        match request.path:
            case "/ping":
                right = self._ready() and not self._planted.flaws.never_ready
                front.respond(200 if right else 503, b"OK\n" if right else b"not yet\n")
            case "/metrics":
                front.respond(200, prometheus_client.generate_latest())
            case "/debug/pprof/profile":
                self._profile(front, request)
            case "/debug/pprof/heap" if self._planted.flaws.html_profile:
                front.respond(200, _PAGE, kind="text/html")
            case "/debug/pprof/heap":
                kept = sum(map(len, self._planted.kept))
                front.respond(200, heap(kept), kind="application/octet-stream")
            case _:
                front.respond(404, b"there is no such page\n")

    def collect(self) -> list[Metric]:
        """Our own metrics, beside the client library's `process_*` and `python_*`."""
        families: list[Metric] = []
        for name, value in self._figures().items():
            counted = name.endswith("_total")
            family = CounterMetricFamily if counted else GaugeMetricFamily
            families.append(family(f"planted_{name}", name.replace("_", " "), value=value))
        return families

    def describe(self) -> list[Metric]:
        return []

    def _profile(self, front: Front, request: Request) -> None:
        asked = parse_qs(request.target.partition("?")[2]).get("seconds", ["1"])[0]
        seconds = min(float(asked), 600.0) if asked.replace(".", "", 1).isdigit() else 1.0
        self._sampler.start()

        def finish() -> None:
            front.respond(200, self._sampler.stop(), kind="application/octet-stream")

        asyncio.get_running_loop().call_later(seconds, finish)
