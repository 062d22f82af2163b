"""A watch of one kind: every change of its objects, stamped as it arrives, none of them lost.

The objects are listed once, and then watched from the revision of the list. A watch that ends is
resumed from the last revision seen; where the server no longer knows that (410), the objects are
listed again and what differs is told, which is late but complete.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from loadstone.measure.api_client import ApiRequestFailed, EventStream
from loadstone.measure.expectations.expected import ObjectKind, ObjectName, name_of
from loadstone.measure.object_client import ObjectClient

Thing = Mapping[str, Any]
Told = Callable[[float, Thing, bool], None]  # moment, object, whether it has gone

_LASTS = 290  # s that a watch is asked to last, well below what proxies allow
_PATIENCE = 30.0  # s without an answer until it is given up
_PAUSE = 0.1  # s between two attempts
_GONE = 410


class _HistoryLoss(Exception):
    """The server no longer has the history that the watch needs."""


class KindWatch:
    """A watch of one kind in all namespaces, in a thread of its own.

    `told` is called for every object that exists when it starts, in the thread that starts it, and
    then for every change, in the thread of the watch.
    """

    def __init__(self, client: ObjectClient, kind: ObjectKind, told: Told) -> None:
        self._client = client
        self._kind = kind
        self._told = told
        self._known: dict[ObjectName, Thing] = {}
        self._revision = ""
        self._answered = 0.0  # monotonic, s: when the server last said something
        self._stream: EventStream | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name=f"watch-{kind.kind}", daemon=True)
        self.late = 0  # changes that were seen by a second list, and so later than they came
        self.failed: ApiRequestFailed | None = None

    def start(self) -> None:
        """List what exists, and watch from there. Raises `ApiRequestFailed`."""
        self._list()
        self._thread.start()

    def close(self) -> None:
        """End it. Fine more than once."""
        self._stop.set()
        with self._lock:
            if self._stream is not None:
                self._stream.interrupt()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        self._answered = time.monotonic()
        lost = False  # the history of what is known
        while not self._stop.is_set():
            try:
                if lost:
                    self.late += self._list()
                    self._answered, lost = time.monotonic(), False
                self._follow()
            except _HistoryLoss:
                lost = True
            except ApiRequestFailed as error:
                if time.monotonic() - self._answered > _PATIENCE:
                    self.failed = error
                    return
            except Exception as error:  # nobody else would hear of it
                self.failed = ApiRequestFailed(f"a watch of {self._kind.kind} broke: {error!r}")
                return
            self._stop.wait(_PAUSE)  # also after one that ended well: it may have ended at once

    def _follow(self) -> None:
        """Read one watch to its end."""
        path = (
            f"{self._client.collection(self._kind.api_version, self._kind.kind)}?watch=true"
            f"&resourceVersion={self._revision}&allowWatchBookmarks=true&timeoutSeconds={_LASTS}"
        )
        try:
            stream = self._client.stream(path)
        except ApiRequestFailed as error:
            if error.status == _GONE:
                raise _HistoryLoss from error
            raise
        self._answered = time.monotonic()
        with self._lock:
            self._stream = stream
            if self._stop.is_set():
                stream.interrupt()
        try:
            for moment, line in _lines(stream):
                self._answered = moment
                self._event(moment, orjson.loads(line))
        finally:
            with self._lock:
                self._stream = None
            stream.close()

    def _event(self, moment: float, event: Mapping[str, Any]) -> None:
        kind, thing = event.get("type"), event.get("object") or {}
        if kind == "ERROR":
            if thing.get("code") == _GONE:
                raise _HistoryLoss
            raise ApiRequestFailed(f"a watch of {self._kind.kind} ended: {thing.get('message')}")
        self._revision = (thing.get("metadata") or {}).get("resourceVersion") or self._revision
        if kind != "BOOKMARK":
            self._tell(moment, thing, gone=kind == "DELETED")

    def _list(self) -> int:
        """List all objects, and tell what differs from what is known; how many did."""
        path = self._client.collection(self._kind.api_version, self._kind.kind)
        found = self._client.get(path)
        moment = time.monotonic()
        things = {name_of(each): each for each in found.get("items") or ()}
        differing = 0
        for name in [name for name in self._known if name not in things]:
            self._tell(moment, self._known[name], gone=True)
            differing += 1
        for name, thing in things.items():
            if _revision(thing) != _revision(self._known.get(name, {})):
                self._tell(moment, thing, gone=False)
                differing += 1
        self._revision = (found.get("metadata") or {}).get("resourceVersion") or ""
        return differing

    def _tell(self, moment: float, thing: Thing, *, gone: bool) -> None:
        if gone:
            self._known.pop(name_of(thing), None)
        else:
            self._known[name_of(thing)] = thing
        self._told(moment, thing, gone)


def _revision(thing: Thing) -> str:
    return str((thing.get("metadata") or {}).get("resourceVersion"))


def _lines(stream: EventStream) -> Iterator[tuple[float, bytes]]:
    """Each line of a stream, with the moment at which its end was there."""
    rest = b""
    while data := stream.read():
        moment = time.monotonic()
        *lines, rest = (rest + data).split(b"\n")
        yield from ((moment, line) for line in lines if line.strip())
