"""What the server itself writes into an object's metadata."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import config_map, deployment, ingress
from tests.contract.resources import DEPLOYMENTS, INGRESSES


def test_every_object_has_an_identity_of_its_own(maps: Collection) -> None:
    uids = {maps.create(config_map(name)).ok()["metadata"]["uid"] for name in ("a", "b")}
    assert len({uuid.UUID(uid) for uid in uids}) == 2


def test_an_object_of_the_same_name_is_another_object(maps: Collection) -> None:
    first = maps.create(config_map("a")).ok()
    maps.delete("a").ok()
    second = maps.create(config_map("a")).ok()
    assert first["metadata"]["uid"] != second["metadata"]["uid"]


def test_an_object_says_when_it_was_made(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()["metadata"]["creationTimestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made)
    assert abs(datetime.fromisoformat(made) - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_the_server_writes_cannot_be_chosen_at_creation(maps: Collection) -> None:
    old = "2001-01-01T00:00:00Z"
    given = config_map("a", uid="mine", creationTimestamp=old, generation=7, deletionTimestamp=old)
    made = maps.create(given).ok()["metadata"]
    assert made["uid"] != "mine"
    assert made["creationTimestamp"] != old
    assert "deletionTimestamp" not in made


def test_an_object_to_be_created_has_no_resource_version(maps: Collection) -> None:
    answer = maps.create(config_map("a", resourceVersion="1"))
    assert answer.status >= 400
    assert "resourceVersion should not be set" in answer.json()["message"]
    assert not maps.exists("a")


@pytest.mark.parametrize("field", ["uid", "creationTimestamp"])
def test_an_update_may_leave_out_what_the_server_wrote(maps: Collection, field: str) -> None:
    made = maps.create(config_map("a")).ok()
    less = {key: value for key, value in made["metadata"].items() if key != field}
    after = maps.replace({**made, "metadata": less, "data": {"x": "1"}}).ok()
    assert after["metadata"][field] == made["metadata"][field]


def test_an_update_of_another_identity_is_a_conflict(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    other = {**made["metadata"], "uid": str(uuid.uuid4())}
    maps.replace({**made, "metadata": other}).failed(409, "Conflict")


def test_the_time_of_creation_does_not_change(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    patch = {"metadata": {"creationTimestamp": "2001-01-01T00:00:00Z"}}
    after = maps.patch("a", patch).ok()
    assert after["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]


def test_every_write_has_a_greater_resource_version(maps: Collection, space: Space) -> None:
    versions = [maps.create(config_map("a")).ok()]
    versions.append(space.of(INGRESSES).create(ingress("b")).ok())
    versions.append(maps.patch("a", {"data": {"x": "1"}}).ok())
    numbers = [int(each["metadata"]["resourceVersion"]) for each in versions]
    assert numbers == sorted(set(numbers))


# --- generation -----------------------------------------------------------------------------------


def test_a_generation_counts_the_changes_of_what_is_wanted(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    assert ingresses.create(ingress("a")).ok()["metadata"]["generation"] == 1
    spec = {"spec": {"ingressClassName": "other"}}
    assert ingresses.patch("a", spec).ok()["metadata"]["generation"] == 2
    assert ingresses.patch("a", spec).ok()["metadata"]["generation"] == 2
    again = {"spec": {"ingressClassName": "another"}}
    assert ingresses.patch("a", again).ok()["metadata"]["generation"] == 3


def test_a_label_is_not_what_is_wanted(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.create(ingress("a")).ok()
    after = ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}).ok()
    assert after["metadata"]["generation"] == 1


def test_a_status_is_not_what_is_wanted(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.create(ingress("a")).ok()
    status = {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}
    assert ingresses.patch("a", status, subresource="status").ok()["metadata"]["generation"] == 1


def test_a_generation_cannot_be_chosen(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    assert deployments.create(deployment("a", generation=9)).ok()["metadata"]["generation"] == 1
    after = deployments.patch("a", {"metadata": {"generation": 9}}).ok()
    assert after["metadata"]["generation"] < 9


def test_what_has_no_status_has_no_generation(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    assert "generation" not in maps.patch("a", {"data": {"x": "1"}}).ok()["metadata"]


# --- generated names ------------------------------------------------------------------------------


def test_a_name_is_generated_from_a_prefix(maps: Collection) -> None:
    made = maps.create(config_map("", generateName="some-")).ok()["metadata"]
    assert re.fullmatch(r"some-[bcdfghjklmnpqrstvwxz2456789]{5}", made["name"])
    assert made["generateName"] == "some-"


def test_generated_names_differ(maps: Collection) -> None:
    made = [maps.create(config_map("", generateName="some-")).ok() for _ in range(20)]
    assert len({each["metadata"]["name"] for each in made}) == 20


def test_a_given_name_comes_before_a_generated_one(maps: Collection) -> None:
    made = maps.create(config_map("given", generateName="some-")).ok()
    assert made["metadata"]["name"] == "given"


def test_a_long_prefix_is_cut(maps: Collection) -> None:
    made = maps.create(config_map("", generateName="x" * 100)).ok()["metadata"]["name"]
    assert re.fullmatch(r"x{58}[bcdfghjklmnpqrstvwxz2456789]{5}", made)
