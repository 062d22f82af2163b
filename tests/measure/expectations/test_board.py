"""Copies that are waited for, over a real watch of the embedded API server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.measure.api_client import ApiRequestFailed, HttpApiClient
from loadstone.measure.expectations.board import Board
from loadstone.measure.expectations.expected import CopyExpectation, ObjectKind
from loadstone.measure.object_client import ObjectClient
from tests.measure.fakes.website import website

pytestmark = pytest.mark.slow

MAPS = ObjectKind("v1", "ConfigMap")
PATIENCE = 20.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path_factory.mktemp("memory")) as own:
        yield own


@pytest.fixture
def client(cluster: MemoryCluster) -> Iterator[ObjectClient]:
    cluster.reset()
    with closing(HttpApiClient(cluster.access)) as api:
        yield ObjectClient(api)


@pytest.fixture
def board(client: ObjectClient) -> Iterator[Board]:
    with closing(Board(client)) as made:
        yield made


def config_map(name: str, app: str = "a", **data: str):
    meta = {"name": name, "namespace": "default", "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def expected(name: str = "", **more) -> CopyExpectation:
    return CopyExpectation(name="have", kind=MAPS, namespace="default", object=name, **more)


def soon() -> float:
    return time.monotonic() + PATIENCE


def test_a_copy_is_right_at_the_event_that_it_lacked(client, board):
    copy = board.expect([expected("x", fields={"data.have": 1}), expected(labels={"app": "z"})])
    asked = time.monotonic()
    client.create([config_map("x")])
    client.patch(config_map("x", have="1"))
    assert board.wait([copy], deadline=time.monotonic() + 0.2, check=lambda: None) == [copy]
    assert copy.why == "there is no ConfigMap app=z"
    client.create([config_map("y", app="z")])
    assert board.wait([copy], deadline=soon(), check=lambda: None) == []
    firsts = copy.firsts()
    assert asked < firsts["have"] <= copy.right_at


def test_what_is_there_already_is_right_at_once(client, board):
    client.create([config_map("x", have="1")])
    assert board.expect([expected("x", fields={"data.have": 1})]).right_at is not None
    assert board.expect([expected("x", fields={"data.have": 2})]).right_at is None


def test_gone_is_seen(client, board):
    client.create([config_map("x")])
    copy = board.expect([expected("x", word="delete")])
    assert copy.right_at is None
    client.delete([config_map("x")])
    assert board.wait([copy], deadline=soon(), check=lambda: None) == []


def test_a_kind_that_the_server_lacks_is_said_at_once(board):
    with pytest.raises(ApiRequestFailed, match="knows no kind Widget"):
        board.expect(
            [CopyExpectation(name="w", kind=ObjectKind("v1", "Widget"), namespace="default")]
        )


@pytest.mark.parametrize("broken", ["dropped", "compacted"])
def test_a_watch_that_breaks_loses_no_change(cluster, client, board, broken):
    """Many changes while watches are dropped again and again, or their history is forgotten."""
    count = 60
    copies = [board.expect([expected(f"x{i}", fields={"data.n": 3})]) for i in range(count)]
    stop = threading.Event()

    def disturb() -> None:
        while not stop.wait(0.02):
            if broken == "compacted":
                cluster.compact()

    from loadstone.formats import Dial

    cluster.dial([Dial(verb="watch", drop_watch_after=0.05)])
    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for i in range(count):
            client.create([config_map(f"x{i}", n="1")])
            client.patch(config_map(f"x{i}", n="3"))
        late = board.wait(copies, deadline=soon(), check=lambda: None)
    finally:
        stop.set()
        thread.join()
        cluster.dial([])
    assert late == []


def test_an_error_of_the_check_ends_the_wait(board):
    def gone() -> None:
        raise ApiRequestFailed("the component has gone")

    copy = board.expect([expected("never")])
    with pytest.raises(ApiRequestFailed, match="has gone"):
        board.wait([copy], deadline=soon(), check=gone)


def test_an_address_is_dialled_until_it_answers(board):
    status = 503

    def answering(_host: str, _path: str):
        return status, {}, b""

    with website(answering) as address:
        both = [
            CopyExpectation(name="tcp", kind=MAPS, namespace="", dial=f"tcp://{address}"),
            CopyExpectation(name="http", kind=MAPS, namespace="", dial=f"http://{address}/healthy"),
        ]
        copy = board.expect(both)
        assert board.wait([copy], deadline=time.monotonic() + 0.3, check=lambda: None) == [copy]
        assert "503 instead of 200" in copy.why
        status = 200
        assert board.wait([copy], deadline=soon(), check=lambda: None) == []


def test_many_copies_with_a_label_in_common_are_told_apart(client, board):
    """Each event concerns the copy it is about, not all that share a label."""
    labels = [{"app": "all", "one": f"n{i}"} for i in range(200)]
    copies = [board.expect([expected(labels=each)]) for each in labels]
    assert max(map(len, board._by_label.values())) <= 2
    for i in range(200):
        made = config_map(f"m{i}", app="all")
        made["metadata"]["labels"]["one"] = f"n{i}"
        client.create([made])
    assert board.wait(copies, deadline=soon(), check=lambda: None) == []


def test_closing_ends_the_watches_at_once(cluster, client):
    board = Board(client)
    board.expect([expected("never")])
    begun = time.monotonic()
    board.close()
    assert time.monotonic() - begun < PATIENCE / 2
    assert not [thread for thread in threading.enumerate() if thread.name == "watch-ConfigMap"]
