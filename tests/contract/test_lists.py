"""Lists, whole and page by page."""

from __future__ import annotations

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, ingress
from tests.contract.resources import CONFIG_MAPS, INGRESSES


@pytest.fixture
def ten(space: Space) -> Collection:
    """Ten objects of a resource that nothing else writes into a new namespace."""
    ingresses = space.of(INGRESSES)
    for number in reversed(range(10)):
        ingresses.create(ingress(f"i{number}", labels={"odd": str(number % 2)})).ok()
    return ingresses


def test_a_list_has_a_kind_a_version_and_its_items(ten: Collection) -> None:
    found = ten.list().ok()
    assert (found["kind"], found["apiVersion"]) == ("IngressList", "networking.k8s.io/v1")
    assert int(found["metadata"]["resourceVersion"]) > 0
    assert len(found["items"]) == 10


def test_items_do_not_repeat_the_kind_of_their_list(ten: Collection) -> None:
    item = ten.list().ok()["items"][0]
    assert "kind" not in item
    assert "apiVersion" not in item


def test_items_come_in_the_order_of_their_names(ten: Collection) -> None:
    assert ten.names() == [f"i{number}" for number in range(10)]


def test_an_empty_list_has_no_items(space: Space) -> None:
    assert space.of(INGRESSES).list().ok()["items"] == []


def test_a_list_of_a_namespace_that_does_not_exist_is_empty(api: Api, unique: str) -> None:
    assert api.of(INGRESSES, unique).list().ok()["items"] == []


def test_a_list_of_all_namespaces_has_every_one(ten: Collection) -> None:
    found = ten.api.of(INGRESSES).list().ok()["items"]
    ours = [
        item["metadata"]["name"] for item in found if item["metadata"]["namespace"] == ten.namespace
    ]
    assert ours == [f"i{number}" for number in range(10)]


def test_a_list_is_at_least_as_new_as_the_last_write(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    found = maps.list().ok()
    written = int(made["metadata"]["resourceVersion"])
    assert int(found["metadata"]["resourceVersion"]) >= written
    newer = maps.list(resourceVersion=written, resourceVersionMatch="NotOlderThan").ok()
    assert "a" in [item["metadata"]["name"] for item in newer["items"]]


def test_any_version_will_do_for_version_0(ten: Collection) -> None:
    assert int(ten.list(resourceVersion="0").ok()["metadata"]["resourceVersion"]) > 0


def test_a_version_match_needs_a_version(ten: Collection) -> None:
    ten.list(resourceVersionMatch="NotOlderThan").invalid("resourceVersionMatch")


# --- pages ----------------------------------------------------------------------------------------


def pages(collection: Collection, limit: int, **query: str) -> list[Object]:
    found = [collection.list(limit=limit, **query).ok()]
    while token := found[-1]["metadata"].get("continue"):
        found.append(collection.list(**{"limit": limit, "continue": token, **query}).ok())
    return found


def names(page: Object) -> list[str]:
    return [item["metadata"]["name"] for item in page["items"]]


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
def test_pages_together_are_the_whole_list(ten: Collection, limit: int) -> None:
    found = pages(ten, limit)
    assert all(len(page["items"]) <= limit for page in found)
    assert [name for page in found for name in names(page)] == [
        f"i{number}" for number in range(10)
    ]


def test_a_page_says_how_many_are_left(ten: Collection) -> None:
    left = [page["metadata"].get("remainingItemCount", 0) for page in pages(ten, 4)]
    assert left == [6, 2, 0]


def test_all_pages_are_of_one_version(ten: Collection) -> None:
    assert len({page["metadata"]["resourceVersion"] for page in pages(ten, 4)}) == 1


def test_later_pages_do_not_see_later_writes(ten: Collection) -> None:
    first = ten.list(limit=5).ok()
    ten.create(ingress("i99")).ok()
    ten.delete("i9").ok()
    second = ten.list(**{"limit": 50, "continue": first["metadata"]["continue"]}).ok()
    assert names(second) == ["i5", "i6", "i7", "i8", "i9"]


def test_pages_may_be_selected_by_label(ten: Collection) -> None:
    found = pages(ten, 2, labelSelector="odd=1")
    assert [name for page in found for name in names(page)] == ["i1", "i3", "i5", "i7", "i9"]


def test_pages_over_all_namespaces_are_the_whole_list(ten: Collection) -> None:
    everywhere = ten.api.of(INGRESSES)
    found = pages(everywhere, 4)
    ours = [
        item["metadata"]["name"]
        for page in found
        for item in page["items"]
        if item["metadata"]["namespace"] == ten.namespace
    ]
    assert ours == [f"i{number}" for number in range(10)]


def test_a_continue_token_that_we_never_gave_is_a_bad_request(ten: Collection) -> None:
    ten.list(**{"limit": 2, "continue": "garbage"}).failed(400, "BadRequest")


def test_a_limit_that_is_no_number_is_a_bad_request(ten: Collection) -> None:
    ten.list(limit="many").failed(400, "BadRequest")


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_no_limit(ten: Collection, limit: int) -> None:
    page = ten.list(limit=limit).ok()
    assert len(page["items"]) == 10
    assert not page["metadata"].get("continue")


# --- other shapes ---------------------------------------------------------------------------------


def test_a_list_of_metadata_alone_can_be_asked_for(ten: Collection) -> None:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    found = ten.api.get(ten.path(), accept=accept).ok()
    assert found["kind"] == "PartialObjectMetadataList"
    assert names(found) == [f"i{number}" for number in range(10)]
    assert "spec" not in found["items"][0]


def test_a_table_has_a_row_for_each_item(ten: Collection) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    table = ten.api.get(ten.path(), accept=accept).ok()
    columns = [column["name"] for column in table["columnDefinitions"]]
    assert {"Name", "Class", "Hosts", "Address", "Ports", "Age"} <= set(columns)
    assert [row["cells"][0] for row in table["rows"]] == [f"i{number}" for number in range(10)]
    assert {row["cells"][columns.index("Hosts")] for row in table["rows"]} == {"a.example"}


def test_an_unknown_form_of_answer_is_not_acceptable(ten: Collection) -> None:
    answer = ten.api.get(ten.path(), accept="text/nonsense")
    assert answer.status == 406


def test_a_form_that_may_be_json_is_json(ten: Collection) -> None:
    table = "application/json;as=Nonsense;v=v1;g=nowhere.example,application/json"
    assert ten.api.get(ten.path(), accept=table).ok()["kind"] == "IngressList"
    assert ten.api.get(ten.path(), accept="*/*").ok()["kind"] == "IngressList"


def test_a_list_is_compressed_only_for_those_who_read_it(maps: Collection) -> None:
    for number in range(3):
        maps.create(config_map(f"big-{number}", {"x": "y" * 100_000})).ok()
    path = CONFIG_MAPS.path(maps.namespace)
    plain = maps.api.request("GET", path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(plain.ok()["items"]) >= 3
    assert (
        len(maps.api.request("GET", path, headers={"Accept-Encoding": "gzip"}).ok()["items"]) >= 3
    )
