"""The store: what was is what a list of then shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.storage.object_store import HistoryCompacted, ObjectStore

MAPS = Resource(group="", version="v1", plural="configmaps", kind="ConfigMap")
CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "remove"]), st.sampled_from("abcde")), max_size=60
)


def history(
    store: ObjectStore, changes: list[tuple[str, str]]
) -> Iterator[tuple[int, dict[str, int]]]:
    """Apply changes; after each, the revision and the revision of every object."""
    for kind, name in changes:
        key = ("ns", name)
        if kind == "put":
            store.put(MAPS, {"metadata": {"name": name, "namespace": "ns"}})
        elif key in store.collection(MAPS).objects:
            store.remove(MAPS, key)
        yield store.revision, shown(store.collection(MAPS).objects)


def shown(objects: Any) -> dict[str, int]:
    return {key[1]: stored.revision for key, stored in objects.items()}


@given(CHANGES)
def test_every_moment_of_the_history_can_be_listed(changes: list[tuple[str, str]]) -> None:
    store = ObjectStore()
    for revision, then in list(history(store, changes)):
        assert shown(store.collection(MAPS).at(revision)) == then


@given(CHANGES, st.integers(1, 10))
def test_a_window_keeps_at_least_its_last_events(
    changes: list[tuple[str, str]], window: int
) -> None:
    store = ObjectStore(window)
    moments = list(history(store, changes))
    collection = store.collection(MAPS)
    assert collection.end - collection.begin <= window + window // 4 + 1
    for later, (revision, then) in zip(range(len(moments) - 1, -1, -1), moments, strict=True):
        try:
            assert shown(collection.at(revision)) == then
        except HistoryCompacted:
            assert later >= window


@given(CHANGES)
def test_keys_are_sorted_and_complete(changes: list[tuple[str, str]]) -> None:
    store = ObjectStore()
    for _ in history(store, changes):
        collection = store.collection(MAPS)
        assert collection.keys() == sorted(collection.objects)
        assert collection.keys("ns") == collection.keys()
        assert collection.keys("n") == []


def test_what_was_compacted_is_gone() -> None:
    store = ObjectStore()
    before = store.revision
    store.put(MAPS, {"metadata": {"name": "a", "namespace": "ns"}})
    store.compact()
    with pytest.raises(HistoryCompacted):
        store.collection(MAPS).place_after(before)
    assert store.collection(MAPS).at(store.revision)


def test_revisions_go_on_after_everything_is_forgotten() -> None:
    store = ObjectStore()
    store.put(MAPS, {"metadata": {"name": "a", "namespace": "ns"}})
    before = store.revision
    store.clear()
    assert store.revision > before
    with pytest.raises(HistoryCompacted):
        store.collection(MAPS).place_after(before)


def test_an_object_is_its_bytes() -> None:
    store = ObjectStore()
    stored = store.put(MAPS, {"metadata": {"name": "a", "namespace": "ns"}, "data": {"x": "y"}})
    first, second = stored.document(), stored.document()
    first["data"]["x"] = "changed"
    assert second["data"] == {"x": "y"}
    assert second["metadata"]["resourceVersion"] == str(stored.revision)
