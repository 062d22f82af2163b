"""A watch of one kind goes on after what passes, and says so where it cannot."""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from loadstone.measure.api_client import ApiRequestFailed
from loadstone.measure.expectations.expected import ObjectKind
from loadstone.measure.expectations.kind_watch import KindWatch

KIND = ObjectKind("v1", "ConfigMap")
EXPIRED = b'{"type":"ERROR","object":{"code":410}}\n'


class Stream:
    """The events of one watch, which then ends."""

    def __init__(self, *lines: bytes) -> None:
        self._lines = list(lines)

    def read(self) -> bytes:
        return self._lines.pop(0) if self._lines else b""

    def interrupt(self) -> None:
        self._lines.clear()

    def close(self) -> None:
        pass


class Client:
    """A client whose lists and watches are said beforehand; the last of each stays."""

    def __init__(self, lists: list[Any], streams: list[Callable[[], Stream]]) -> None:
        self._lists, self._streams = lists, streams
        self.opened = 0

    def collection(self, *_: str) -> str:
        return "/api/v1/configmaps"

    def get(self, _path: str) -> Mapping[str, Any]:
        found = self._lists.pop(0) if len(self._lists) > 1 else self._lists[0]
        if isinstance(found, Exception):
            raise found
        return cast(Mapping[str, Any], found)

    def stream(self, _path: str) -> Stream:
        self.opened += 1
        return (self._streams.pop(0) if len(self._streams) > 1 else self._streams[0])()


def listed(*names: str) -> dict[str, Any]:
    items = [{"metadata": {"name": name, "resourceVersion": name}} for name in names]
    return {"metadata": {"resourceVersion": "1"}, "items": items}


@pytest.fixture
def watching():
    made: list[KindWatch] = []

    def start(client: Client) -> tuple[KindWatch, list[str]]:
        told: list[str] = []
        watch = KindWatch(
            cast(Any, client), KIND, lambda _m, thing, _gone: told.append(thing["metadata"]["name"])
        )
        made.append(watch)
        watch.start()
        return watch, told

    yield start
    for watch in made:
        watch.close()


def until(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done()


def test_a_list_that_fails_after_the_history_was_lost_is_asked_for_again(watching):
    lists = [listed("a"), ApiRequestFailed("503", status=503), listed("a", "b")]
    watch, told = watching(Client(lists, [lambda: Stream(EXPIRED), Stream]))
    until(lambda: told == ["a", "b"])
    assert watch.failed is None
    assert watch.late == 1


def test_what_breaks_a_watch_is_said(watching):
    watch, _ = watching(Client([listed()], [lambda: Stream(b"no JSON\n")]))
    until(lambda: watch.failed)
    assert "a watch of ConfigMap broke" in watch.failed.message


def test_watches_that_end_at_once_are_not_opened_without_a_pause(watching):
    client = Client([listed()], [Stream])
    watching(client)
    time.sleep(0.5)
    assert client.opened <= 6
