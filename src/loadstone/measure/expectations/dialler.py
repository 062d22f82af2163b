"""A dialler of addresses: each is asked again and again until it answers."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import urllib3

from loadstone.measure.expectations.expected import CopyExpectation
from loadstone.measure.expectations.tracker import Tracker
from loadstone.system import network_namespace

_EVERY = 0.005  # s between two dials of a thread that found nothing
_WITHIN = 1.0  # s; what takes longer counts as not answering
_THREADS = 4
# A connection that was kept open would go on to wherever the first one was led.
_ANEW = {"connection": "close"}
Dialled = Callable[[Tracker, float, str], None]  # moment, why it did not answer


class Dialler:
    """A dialler of the addresses of trackers, from our network and from the component's own."""

    def __init__(self, dialled: Dialled) -> None:
        self._here = _Vantage(dialled)
        self._inside = _Vantage(dialled)
        self._here.open("")

    def enter(self, network: str) -> None:
        """Dial from the component's network too: the file that names it, or "" where it has ours.

        Until then, what is to be dialled from there waits.
        """
        self._inside.open(network)

    def add(self, trackers: Sequence[Tracker]) -> None:
        for each in trackers:
            inside = each.expected.dialled_from == "component"
            (self._inside if inside else self._here).add(each)

    def close(self) -> None:
        """End it. Fine more than once."""
        for each in (self._here, self._inside):
            each.close()


class _Vantage:
    """A network that is dialled from, in a few threads that start with the first address."""

    def __init__(self, dialled: Dialled) -> None:
        self._dialled = dialled
        self._pending: deque[Tracker] = deque()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._network: str | None = None

    def open(self, network: str) -> None:
        self._network = network
        self._begin()

    def add(self, tracker: Tracker) -> None:
        self._pending.append(tracker)
        self._begin()

    def close(self) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def _begin(self) -> None:
        if self._network is None or not self._pending or self._threads:
            return
        self._threads = [
            threading.Thread(target=self._work, args=(self._network,), name="dialler", daemon=True)
            for _ in range(_THREADS)
        ]
        for each in self._threads:
            each.start()

    def _work(self, network: str) -> None:
        barred = _entered(network)
        with urllib3.PoolManager(retries=False, timeout=_WITHIN) as pool:
            while not self._stop.is_set():
                try:
                    tracker = self._pending.popleft()
                except IndexError:
                    self._stop.wait(_EVERY)
                    continue
                why = barred or dial(pool, tracker.expected)
                self._dialled(tracker, time.monotonic(), why)
                if why:
                    self._pending.append(tracker)
                    self._stop.wait(_EVERY)


def _entered(network: str) -> str:
    """Go into a network, with this thread alone; the reason why it cannot, or ""."""
    try:
        if network:
            network_namespace.enter_file(network)
    except OSError as error:
        return f"there is no way into the component's network: {error}"
    return ""


def dial(pool: urllib3.PoolManager, expected: CopyExpectation) -> str:
    """The reason why an address does not answer rightly, in words; empty where it does."""
    try:
        parts = urlsplit(expected.dial)
        if parts.scheme == "tcp":
            with socket.create_connection((parts.hostname, parts.port), timeout=_WITHIN):
                return ""
        answer = pool.request("GET", expected.dial, redirect=False, headers=_ANEW)
    except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
        return f"no answer: {error}"
    if answer.status != expected.status:
        return f"{answer.status} instead of {expected.status}"
    for name, value in expected.headers.items():
        if (found := answer.headers.get(name)) != value:
            return f"{name}: {found} instead of {value}"
    return ""
