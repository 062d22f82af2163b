"""Keeps up with the API server by list and watch, one thread for each resource."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import urllib3

USER_AGENT = "planted/1.0"
_AGAIN = 0.2  # s before trying again what failed
_ERRORS = (urllib3.exceptions.HTTPError, orjson.JSONDecodeError, OSError)

Changed = Callable[[str, Mapping[str, Any]], None]
"""Called with ADDED, MODIFIED or DELETED and the object."""


class Api:
    """The API server, asked under our own name."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            maxsize=8, retries=False, headers={"User-Agent": USER_AGENT}
        )

    def get(self, path: str) -> Any:
        """A document. Raises for another status than 200."""
        answer = self._pool.request("GET", self._url + path, timeout=10.0)
        if answer.status != 200:
            raise urllib3.exceptions.HTTPError(f"{path} answered {answer.status}")
        return orjson.loads(answer.data)

    def watch(self, path: str, version: str) -> Iterator[Any]:
        """The events after a version, until the server ends the watch."""
        query = f"?watch=1&allowWatchBookmarks=true&resourceVersion={version}"
        timeout = urllib3.Timeout(connect=10.0, read=None)
        answer = self._pool.request(
            "GET", self._url + path + query, preload_content=False, timeout=timeout
        )
        try:
            rest = b""
            for chunk in answer.stream():
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (orjson.loads(line) for line in lines if line)
        finally:
            answer.close()


class Informer:
    """Tells what changes of one resource, from now on. `synced` once everything was listed."""

    def __init__(self, api: Api, path: str, changed: Changed) -> None:
        self._api, self._path, self._changed = api, path, changed
        self._known: dict[str, Mapping[str, Any]] = {}
        self.synced = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._work, name=f"watch {self._path}", daemon=True).start()

    def _work(self) -> None:
        version = ""
        while True:
            try:
                version = version or self._list()
                for event in self._api.watch(self._path, version):
                    if event["type"] == "ERROR":
                        version = ""  # too old: everything is listed anew
                        break
                    version = event["object"]["metadata"]["resourceVersion"]
                    self._take(event["type"], event["object"])
            except _ERRORS:
                version = ""
                threading.Event().wait(_AGAIN)

    def _list(self) -> str:
        """Take over what there is, and tell how it differs from what was known."""
        found = self._api.get(self._path)
        now = {_name(each): each for each in found["items"]}
        for name in [name for name in self._known if name not in now]:
            self._take("DELETED", self._known[name])
        for name, each in now.items():
            if _version(each) != _version(self._known.get(name)):
                self._take("MODIFIED" if name in self._known else "ADDED", each)
        self.synced.set()
        return str(found["metadata"]["resourceVersion"])

    def _take(self, kind: str, state: Mapping[str, Any]) -> None:
        if kind == "BOOKMARK":
            return
        if kind == "DELETED":
            self._known.pop(_name(state), None)
        else:
            self._known[_name(state)] = state
        self._changed(kind, state)


def _name(state: Mapping[str, Any]) -> str:
    return f"{state['metadata'].get('namespace', '')}/{state['metadata']['name']}"


def _version(state: Mapping[str, Any] | None) -> Any:
    return state and state["metadata"].get("resourceVersion")
