"""Watchers and writes: nothing is lost, and what is lost is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.errors import MeasurementFailed
from loadstone.formats import Dial
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.load.api_request import PreparedApiRequest
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.load_request import LoadRequest
from loadstone.measure.load.watch import MARK, WatchPlan, WatchResult, start_watchers
from loadstone.measure.load.watch_events import EventReader, SeenEvent, WatchPlace, event
from loadstone.measure.load.write_ledger import WriteLedger
from loadstone.measure.object_client import ObjectClient

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path / "cluster") as made:
        client = ObjectClient(HttpApiClient(made.access))
        client.create(
            [
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": f"m{i}", "namespace": "default", "labels": {"of": "us"}},
                    "data": {"padding": "x" * 500},
                }
                for i in range(5)
            ]
        )
        yield made
        client.close()


def plan(cluster: MemoryCluster, **more: Any) -> WatchPlan:
    client = ObjectClient(HttpApiClient(cluster.access))
    revision = client.get(MAPS)["metadata"]["resourceVersion"]
    client.close()
    given: dict[str, Any] = {
        "access": cluster.access,
        "path": f"{MAPS}?labelSelector=of%3Dus",
        "revision": revision,
        "watchers": 6,
        "objects": [f"{MAPS}/m{i}" for i in range(5)],
        "rate": 50.0,
        "warmup": 0.0,
        "window": 1.0,
        "connections": 3,
    }
    return WatchPlan(**(given | more))


def watch(asked: WatchPlan, tmp_path: Path, during: Any = None) -> WatchResult:
    running = start_watchers(asked, tmp_path)
    try:
        running.open_window()
        if during is not None:
            during()
        return running.finish()
    finally:
        running.stop()


def test_every_watcher_sees_every_write_in_order(cluster, tmp_path):
    result = watch(plan(cluster), tmp_path)
    writes = result.writes
    assert writes.answers == writes.requests == pytest.approx(50, abs=3)
    assert result.expected == 6 * writes.answers
    assert (result.lost, result.disordered, result.open) == (0, 0, 6)
    assert result.events >= result.expected
    assert summary(result.delivery)["p50"] > 0
    assert summary(writes.latency)["p50"] > 0


def test_a_slow_reader_is_asked_for_nothing(cluster, tmp_path):
    asked = plan(cluster, watchers=5, slow=2, slow_rate=200.0)
    result = watch(asked, tmp_path)
    assert result.expected == 3 * result.writes.answers
    assert result.lost == 0
    assert result.slow_events < result.events / 3


def test_without_writes_watchers_hear_what_others_write(cluster, tmp_path):
    def write() -> None:
        client = ObjectClient(HttpApiClient(cluster.access))
        item = client.get(f"{MAPS}/m0")
        client.patch({**item, "apiVersion": "v1", "kind": "ConfigMap", "data": {"by": "others"}})
        client.close()

    result = watch(plan(cluster, rate=0.0), tmp_path, write)
    assert result.events == 6
    assert result.expected == result.lost == 0


def test_a_watch_that_the_server_breaks_goes_on_where_it_was(cluster, tmp_path):
    cluster.dial([Dial(verb="watch", drop_watch_after=0.3)])
    result = watch(plan(cluster), tmp_path)
    assert result.reopened >= 6
    assert result.expired == 0
    assert (result.lost, result.disordered) == (0, 0)


def test_writes_that_are_refused_are_expected_of_nobody(cluster, tmp_path):
    cluster.dial([Dial(verb="patch", error_rate=0.5)])
    result = watch(plan(cluster), tmp_path)
    assert 0 < result.writes.wrong < result.writes.requests
    assert result.expected == 6 * result.writes.answers
    assert result.lost == 0


def test_watches_that_cannot_be_opened_are_said_with_their_answer(cluster, tmp_path):
    cluster.dial([Dial(verb="watch", error_rate=1.0, error_status=503)])
    asked = plan(cluster, opening=1.0)
    with pytest.raises(MeasurementFailed, match="status 503"):
        start_watchers(asked, tmp_path)


# --- the ledger -----------------------------------------------------------------------------------


def written(ledger: WriteLedger, *, due: float = 1.0, right: bool = True) -> int:
    number = len(ledger)
    write = LoadRequest(PreparedApiRequest("PATCH /x", b""), due)
    write.sent = due
    ledger.due(write)
    if right:
        ledger.answered(number)
    return number


def test_an_event_that_one_watcher_did_not_get_is_lost():
    ledger = WriteLedger(watchers=3)
    ledger.opened = 0.0
    seen, short = written(ledger), written(ledger)
    for number, times in ((seen, 3), (short, 2)):
        for _ in range(times):
            ledger.seen(number, 2.0)
    assert (ledger.expected, ledger.lost, ledger.missing) == (6, 1, 1)


def test_what_was_due_before_the_window_counts_nowhere():
    ledger = WriteLedger(watchers=1)
    ledger.opened = 5.0
    written(ledger, due=4.0)
    assert (ledger.expected, ledger.lost) == (0, 0)
    assert ledger.missing == 1  # it is waited for all the same


def test_a_write_that_got_no_right_answer_need_not_be_seen():
    ledger = WriteLedger(watchers=1)
    ledger.opened = 0.0
    written(ledger, right=False)
    assert (ledger.expected, ledger.lost) == (0, 0)


@pytest.mark.parametrize(
    ("metadata", "revision", "write"),
    [
        ({"resourceVersion": "12", "annotations": {MARK: "7", "other": "x"}}, 12, 7),
        ({"resourceVersion": "12", "annotations": {"other": "x"}}, 12, None),
        ({"resourceVersion": "12"}, 12, None),
        ({"resourceVersion": "odd", "annotations": {MARK: "-1"}}, 0, None),
    ],
)
def test_an_event_tells_its_revision_and_which_write_it_is_of(metadata, revision, write):
    found = event(msgspec.json.encode({"type": "MODIFIED", "object": {"metadata": metadata}}))
    assert found is not None
    assert (found.revision, found.write) == (revision, write)


def test_what_is_no_event_is_none():
    assert event(b"<html>") is None
    assert event(b'{"type": 3}') is None


# --- order and place ------------------------------------------------------------------------------


def changed(revision: int, kind: str = "MODIFIED") -> SeenEvent:
    metadata = {"resourceVersion": str(revision)}
    found = event(msgspec.json.encode({"type": kind, "object": {"metadata": metadata}}))
    assert found is not None
    return found


def test_events_are_read_in_whatever_pieces_they_come():
    sent = b'{"type":"ADDED","object":{}}\n\nno event\n{"type":"DELETED","object":{}}\n{"type":'
    reader = EventReader()
    pieces = [each.type for byte in sent for each in reader.feed(bytes([byte]))]
    assert pieces == [each.type for each in EventReader().feed(sent)] == ["ADDED", "DELETED"]


def test_a_line_without_an_end_is_not_kept():
    reader = EventReader()
    assert list(reader.feed(b"x" * 2**21)) == []
    assert [each.type for each in reader.feed(b'{"type":"ADDED","object":{}}\n')] == ["ADDED"]


def test_a_change_that_is_not_newer_than_those_before_is_out_of_order():
    place = WatchPlace("3")
    assert [place.advance(changed(revision)) for revision in (4, 6, 6, 5, 7)] == [
        True, True, False, False, True,
    ]  # fmt: skip


def test_a_watch_goes_on_after_the_last_event_that_had_a_revision():
    place = WatchPlace("3")
    for each in (changed(4), changed(9, "BOOKMARK"), changed(0)):
        place.move(each)
    assert place.revision == "9"


def test_a_watch_that_expired_is_told_of_what_is_there_in_no_order_until_something_changes():
    place = WatchPlace("3")
    place.expire()
    assert place.revision == ""
    told = [changed(8, "ADDED"), changed(5, "ADDED"), changed(9), changed(10, "ADDED")]
    assert [place.is_retold(each) for each in told] == [True, True, False, False]
    assert not place.advance(changed(8))  # it was there already
    assert place.advance(changed(9))
