"""Watches: every event, once, in order, from where the client says."""

from __future__ import annotations

import json
import threading
from itertools import pairwise

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, ingress
from tests.contract.resources import INGRESSES

WATCH_LIST = {
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
}
INITIAL_END = "k8s.io/initial-events-end"


@pytest.fixture
def ingresses(space: Space) -> Collection:
    """A resource that nothing else writes into a new namespace."""
    return space.of(INGRESSES)


def now(collection: Collection) -> str:
    version: str = collection.list().ok()["metadata"]["resourceVersion"]
    return version


def version(event: Object) -> int:
    return int(event["object"]["metadata"]["resourceVersion"])


# --- what arrives ---------------------------------------------------------------------------------


def test_a_watch_from_a_version_sees_what_came_after_it(ingresses: Collection) -> None:
    ingresses.create(ingress("before")).ok()
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        ingresses.create(ingress("a")).ok()
        ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}).ok()
        ingresses.delete("a").ok()
        assert watch.take(3) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_a_watch_from_an_older_version_catches_up(ingresses: Collection) -> None:
    start = now(ingresses)
    ingresses.create(ingress("a")).ok()
    ingresses.create(ingress("b")).ok()
    ingresses.delete("a").ok()
    with ingresses.watch(resourceVersion=start) as watch:
        assert watch.take(3) == [("ADDED", "a"), ("ADDED", "b"), ("DELETED", "a")]


def test_a_watch_from_no_version_starts_with_what_is_there(ingresses: Collection) -> None:
    ingresses.create(ingress("a")).ok()
    ingresses.create(ingress("b")).ok()
    with ingresses.watch() as watch:
        assert sorted(watch.take(2)) == [("ADDED", "a"), ("ADDED", "b")]
        ingresses.delete("a").ok()
        assert watch.take(1) == [("DELETED", "a")]


def test_a_watch_from_version_0_starts_with_what_is_there(ingresses: Collection) -> None:
    ingresses.create(ingress("a")).ok()
    now(ingresses)  # a real server's cache is now as new as the object
    with ingresses.watch(resourceVersion="0") as watch:
        assert watch.take(1) == [("ADDED", "a")]


def test_an_event_carries_the_object_as_it_was_answered(ingresses: Collection) -> None:
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        made = ingresses.create(ingress("a")).ok()
        assert watch.next() == {"type": "ADDED", "object": made}
        changed = ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}).ok()
        assert watch.next() == {"type": "MODIFIED", "object": changed}


def test_a_deletion_has_a_version_of_its_own(ingresses: Collection) -> None:
    made = ingresses.create(ingress("a")).ok()
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        ingresses.delete("a").ok()
        event = watch.next()
    assert event["type"] == "DELETED"
    assert version(event) > int(made["metadata"]["resourceVersion"])
    assert event["object"]["spec"] == made["spec"]


def test_a_deletion_of_what_has_finalizers_is_first_a_change(ingresses: Collection) -> None:
    ingresses.create(ingress("a", finalizers=["example.com/x"])).ok()
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        ingresses.delete("a").ok()
        assert watch.take(1) == [("MODIFIED", "a")]
        ingresses.patch("a", {"metadata": {"finalizers": None}}).ok()
        assert watch.take(1) == [("DELETED", "a")]


def test_a_write_that_changes_nothing_is_no_event(ingresses: Collection) -> None:
    made = ingresses.create(ingress("a")).ok()
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        ingresses.replace(made).ok()
        ingresses.create(ingress("marker")).ok()
        assert watch.take(1) == [("ADDED", "marker")]


def test_events_come_in_the_order_of_their_versions(ingresses: Collection) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            ingresses.create(ingress(f"w{writer}-{number}")).ok()

    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
        for each in writers:
            each.start()
        versions = [version(watch.next()) for _ in range(40)]
        for each in writers:
            each.join()
    assert all(earlier < later for earlier, later in pairwise(versions))


def test_two_watches_see_the_same(ingresses: Collection) -> None:
    start = now(ingresses)
    with (
        ingresses.watch(resourceVersion=start) as one,
        ingresses.watch(resourceVersion=start) as other,
    ):
        for number in range(5):
            ingresses.create(ingress(f"i{number}")).ok()
        assert [one.next() for _ in range(5)] == [other.next() for _ in range(5)]


def test_a_watch_of_all_namespaces_sees_every_one(ingresses: Collection) -> None:
    everywhere = ingresses.api.of(INGRESSES)
    with everywhere.watch(resourceVersion=now(everywhere)) as watch:
        made = ingresses.create(ingress("a")).ok()
        seen = watch.next()
        while seen["object"]["metadata"]["namespace"] != ingresses.namespace:
            seen = watch.next()
        assert seen["object"] == made


def test_a_watch_of_a_namespace_sees_no_other(space: Space, ingresses: Collection) -> None:
    other = space.api.of(INGRESSES, "default")
    with ingresses.watch(resourceVersion=now(ingresses)) as watch:
        name = f"other-{ingresses.namespace}"
        other.create(ingress(name)).ok()
        other.delete(name).ok()
        ingresses.create(ingress("a")).ok()
        assert watch.take(1) == [("ADDED", "a")]


# --- what is selected -----------------------------------------------------------------------------


def test_an_object_that_begins_to_match_is_added_and_one_that_ceases_deleted(
    ingresses: Collection,
) -> None:
    ingresses.create(ingress("a", labels={"on": "no"})).ok()
    with ingresses.watch(resourceVersion=now(ingresses), labelSelector="on=yes") as watch:
        for value in ("yes", "no"):
            ingresses.patch("a", {"metadata": {"labels": {"on": value}}}).ok()
        assert watch.take(2) == [("ADDED", "a"), ("DELETED", "a")]


def test_an_object_that_ceases_to_match_is_sent_as_it_last_matched(ingresses: Collection) -> None:
    ingresses.create(ingress("a", labels={"on": "yes"})).ok()
    with ingresses.watch(resourceVersion=now(ingresses), labelSelector="on=yes") as watch:
        after = ingresses.patch("a", {"metadata": {"labels": {"on": "no"}}}).ok()
        event = watch.next()
    assert event["type"] == "DELETED"
    assert event["object"]["metadata"]["labels"] == {"on": "yes"}
    assert version(event) == int(after["metadata"]["resourceVersion"])


def test_one_object_can_be_watched_by_its_name(ingresses: Collection) -> None:
    with ingresses.watch(
        resourceVersion=now(ingresses), fieldSelector="metadata.name=mine"
    ) as watch:
        ingresses.create(ingress("other")).ok()
        ingresses.create(ingress("mine")).ok()
        assert watch.take(1) == [("ADDED", "mine")]


def test_a_watch_with_an_unknown_field_is_refused(ingresses: Collection) -> None:
    answer = ingresses.list(watch="true", fieldSelector="spec.nothing=x")
    answer.failed(400, "BadRequest")


# --- how it ends ----------------------------------------------------------------------------------


def test_a_watch_ends_by_itself_after_its_timeout(ingresses: Collection) -> None:
    ingresses.create(ingress("a")).ok()
    with ingresses.watch(timeoutSeconds=1) as watch:
        assert [event["type"] for event in watch] == ["ADDED"]


def test_a_client_that_leaves_does_not_disturb_the_others(ingresses: Collection) -> None:
    with ingresses.watch(resourceVersion=now(ingresses)) as stays:
        with ingresses.watch(resourceVersion=now(ingresses)):
            ingresses.create(ingress("a")).ok()
        ingresses.create(ingress("b")).ok()
        assert stays.take(2) == [("ADDED", "a"), ("ADDED", "b")]


def test_a_version_that_is_no_number_is_refused(ingresses: Collection) -> None:
    answer = ingresses.list(watch="true", resourceVersion="yesterday", timeoutSeconds=1)
    if answer.status == 200:  # a cache says it as an event
        assert answer.json()["type"] == "ERROR"
        assert 400 <= answer.json()["object"]["code"] < 500
    else:
        assert answer.status == 500
        assert answer.json()["message"] == (
            'resourceVersion: Invalid value: "yesterday": strconv.ParseUint: parsing "yesterday": '
            "invalid syntax"
        )
        assert "reason" not in answer.json()


# --- bookmarks and WatchList ----------------------------------------------------------------------


def test_a_bookmark_says_how_far_the_watch_is_before_it_ends(ingresses: Collection) -> None:
    start = now(ingresses)
    with ingresses.watch(
        resourceVersion=start, allowWatchBookmarks="true", timeoutSeconds=4
    ) as watch:
        ingresses.create(ingress("a")).ok()
        events = list(watch)
    assert events[0]["type"] == "ADDED"
    bookmarks = [event for event in events if event["type"] == "BOOKMARK"]
    assert bookmarks
    last = bookmarks[-1]["object"]
    assert (last["kind"], last["apiVersion"]) == ("Ingress", "networking.k8s.io/v1")
    assert version(bookmarks[-1]) >= version(events[0])
    assert "name" not in last["metadata"]


def test_bookmarks_come_only_to_those_who_asked(ingresses: Collection) -> None:
    with ingresses.watch(resourceVersion=now(ingresses), timeoutSeconds=3) as watch:
        ingresses.create(ingress("a")).ok()
        assert [event["type"] for event in watch] == ["ADDED"]


def test_a_watch_list_is_all_there_is_then_a_bookmark_then_what_happens(
    ingresses: Collection,
) -> None:
    for name in ("a", "b", "c"):
        ingresses.create(ingress(name)).ok()
    with ingresses.watch(**WATCH_LIST) as watch:
        assert sorted(watch.take(3)) == [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c")]
        end = watch.next()
        assert end["type"] == "BOOKMARK"
        assert end["object"]["metadata"]["annotations"] == {INITIAL_END: "true"}
        made = ingresses.create(ingress("d")).ok()
        assert watch.next() == {"type": "ADDED", "object": made}
    assert version(end) < int(made["metadata"]["resourceVersion"])


def test_a_watch_list_of_nothing_is_only_its_bookmark(ingresses: Collection) -> None:
    with ingresses.watch(**WATCH_LIST) as watch:
        end = watch.next()
    assert end["type"] == "BOOKMARK"
    assert end["object"]["kind"] == "Ingress"
    assert end["object"]["metadata"]["annotations"] == {INITIAL_END: "true"}


def test_a_watch_list_holds_what_was_written_before_it(ingresses: Collection) -> None:
    for number in range(20):
        name = f"i{number}"
        made = ingresses.create(ingress(name)).ok()
        with ingresses.watch(fieldSelector=f"metadata.name={name}", **WATCH_LIST) as watch:
            assert watch.take(1) == [("ADDED", name)]
            end = watch.next()
        assert end["type"] == "BOOKMARK"
        assert version(end) >= int(made["metadata"]["resourceVersion"])


def test_a_watch_list_from_version_0_is_all_there_is(ingresses: Collection) -> None:
    ingresses.create(ingress("a")).ok()
    now(ingresses)
    with ingresses.watch(resourceVersion="0", **WATCH_LIST) as watch:
        assert watch.take(1) == [("ADDED", "a")]
        assert watch.next()["type"] == "BOOKMARK"


def test_a_watch_list_can_be_selected(ingresses: Collection) -> None:
    ingresses.create(ingress("a", labels={"on": "yes"})).ok()
    ingresses.create(ingress("b")).ok()
    with ingresses.watch(labelSelector="on=yes", **WATCH_LIST) as watch:
        assert watch.take(1) == [("ADDED", "a")]
        assert watch.next()["type"] == "BOOKMARK"


def test_no_initial_events_means_only_what_happens_from_now_on(ingresses: Collection) -> None:
    ingresses.create(ingress("a")).ok()
    query = {**WATCH_LIST, "sendInitialEvents": "false", "resourceVersion": now(ingresses)}
    with ingresses.watch(**query) as watch:
        ingresses.create(ingress("b")).ok()
        event = watch.next()
        while event["type"] == "BOOKMARK":
            event = watch.next()
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "b")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"watch": "true", "sendInitialEvents": "true"}, "resourceVersionMatch"),
        ({"watch": "true", "resourceVersionMatch": "NotOlderThan"}, "resourceVersionMatch"),
        ({"sendInitialEvents": "true"}, "sendInitialEvents"),
    ],
)
def test_options_that_do_not_fit_together_are_invalid(
    api: Api, query: dict[str, str], field: str
) -> None:
    api.of(INGRESSES, "default").list(**query).invalid(field)


# --- other shapes ---------------------------------------------------------------------------------


def test_metadata_alone_can_be_watched(ingresses: Collection) -> None:
    made = ingresses.create(ingress("a")).ok()
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    answer = ingresses.api.get(ingresses.path(), accept=accept, watch="true", timeoutSeconds=1)
    (event,) = [json.loads(line) for line in answer.body.splitlines()]
    assert event["object"]["kind"] == "PartialObjectMetadata"
    assert event["object"]["metadata"] == made["metadata"]
    assert "spec" not in event["object"]


def test_rows_of_a_table_can_be_watched(maps: Collection) -> None:
    maps.create(config_map("mine")).ok()
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    query = {"watch": "true", "timeoutSeconds": 1, "fieldSelector": "metadata.name=mine"}
    answer = maps.api.get(maps.path(), accept=accept, **query)
    (event,) = [json.loads(line) for line in answer.body.splitlines()]
    assert event["object"]["kind"] == "Table"
    assert [row["cells"][0] for row in event["object"]["rows"]] == ["mine"]
