"""The recorder: what happens to a cluster can be replayed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.change_recorder import RecorderResult, record
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.errors import UsageError
from loadstone.formats.recording import read
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.object_client import ObjectClient


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path / "cluster") as made:
        yield made


def config_map(name: str, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def recorded(
    cluster: MemoryCluster, out: Path, act: Any, *, most: int = 10**6, until: int = 0
) -> RecorderResult:
    """A recording of what `act` does with a client."""
    objects = ObjectClient(HttpApiClient(cluster.access))
    objects.create([config_map("old", a="1")])
    found: list[RecorderResult] = []
    thread = threading.Thread(
        target=lambda: found.append(
            record(cluster.access, ["configmaps"], seconds=3.0, out=out, most=most)
        )
    )
    thread.start()
    while not out.exists() or (not out.stat().st_size and until):
        threading.Event().wait(0.05)
    threading.Event().wait(1.0)  # the file is written when it is closed: the watch is open by now
    act(objects)
    thread.join()
    objects.close()
    return found[0]


def test_what_is_made_changed_and_deleted_is_written_in_its_order(cluster, tmp_path):
    def act(objects: ObjectClient) -> None:
        objects.create([config_map("new", a="1", b="2")])
        objects.patch(config_map("new", a="3"))
        objects.delete([config_map("old")])

    out = tmp_path / "recorded.jsonl"
    found = recorded(cluster, out, act)
    changes = [each for each in read(out.read_text(), "r") if each.target.name in ("old", "new")]
    assert [(each.method, each.target.name) for each in changes] == [
        ("create", "old"),
        ("create", "new"),
        ("patch", "new"),
        ("delete", "old"),
    ]
    assert changes[0].seconds == 0.0 < changes[1].seconds <= changes[3].seconds
    assert changes[2].template == {"data": {"a": "3"}}
    assert changes[1].template is not None
    assert "uid" not in changes[1].template["metadata"]
    assert found.ended == ""
    assert found.counts["patch", "configmaps"] == 1


def test_it_ends_when_it_has_as_much_as_it_may(cluster, tmp_path):
    found = record(cluster.access, ["namespaces"], seconds=30.0, out=tmp_path / "r", most=700)
    assert "may have no more" in found.ended
    assert (tmp_path / "r").stat().st_size <= 700


def test_a_kind_that_the_cluster_lacks_is_said(cluster, tmp_path):
    with pytest.raises(UsageError, match="no pod"):
        record(cluster.access, ["pod"], seconds=1.0, out=tmp_path / "r", most=1000)
