"""Values that can be written in several ways are stored in one; others are refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object, deployment, lease, pod, secret
from tests.contract.resources import DEPLOYMENTS, LEASES, PODS, SECRETS, Resource
from tests.contract.waiting import eventually

QUOTAS = Resource("/api/v1", "resourcequotas", "ResourceQuota")
CLAIMS = Resource("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim")


def claim(storage: Any) -> Object:
    requests = {"requests": {"storage": storage}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "a"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": requests},
    }


def quota(**hard: Any) -> Object:
    meta = {"name": "a"}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": hard}}


def with_cpu(value: Any) -> Object:
    item = pod("a")
    item["spec"]["containers"] = [
        {"name": "main", "image": IMAGE, "resources": {"requests": {"cpu": value}}}
    ]
    return item


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.1", "100m"),
        ("1024Mi", "1Gi"),
        (5, "5"),
        ("1.5Gi", "1536Mi"),
        ("1000", "1k"),
        (0.5, "500m"),
    ],
)
def test_quantities_are_stored_in_their_canonical_form(
    space: Space, written: Any, stored: str
) -> None:
    made = space.of(QUOTAS).create(quota(cpu=written)).ok()
    assert made["spec"]["hard"]["cpu"] == stored
    assert space.of(QUOTAS).read("a").ok()["spec"]["hard"]["cpu"] == stored


def test_the_same_quantity_written_otherwise_changes_nothing(
    space: Space, gives_accounts: bool
) -> None:
    quotas = space.of(QUOTAS)
    quotas.create(quota(memory="2048Mi")).ok()
    if gives_accounts:  # then a controller writes the status, once
        eventually(lambda: quotas.read("a").ok()["status"].get("used"))
    made = quotas.read("a").ok()
    assert made["spec"]["hard"]["memory"] == "2Gi"
    written = {**made, "spec": {"hard": {"memory": "2048Mi"}}}
    after = quotas.replace(written).ok()
    assert after["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    again = quotas.patch("a", {"spec": {"hard": {"memory": "2097152Ki"}}}).ok()
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_applying_the_same_quantity_otherwise_changes_nothing(space: Space) -> None:
    quotas = space.of(QUOTAS)
    made = quotas.apply(quota(memory="2048Mi"), "me").ok()
    assert made["spec"]["hard"]["memory"] == "2Gi"
    assert quotas.apply(quota(memory="2048Mi"), "me").ok()["spec"] == made["spec"]


BAD: dict[str, tuple[Resource, Object, str]] = {
    "cpu: abc": (PODS, with_cpu("abc"), "quantities must match the regular expression"),
    "storage: 1gi": (CLAIMS, claim("1gi"), "quantities must match the regular expression"),
    "hard: {}": (QUOTAS, quota(cpu="1 2"), "quantities must match the regular expression"),
    "data: ***": (SECRETS, {**secret("a"), "data": {"a": "***"}}, "illegal base64 data"),
    "data: YWI": (SECRETS, {**secret("a"), "data": {"a": "YWI"}}, "illegal base64 data"),
    "renewTime: now": (
        LEASES,
        {**lease("a"), "spec": {"renewTime": "now"}},
        'parsing time "now" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "now" as "2006"',
    ),
    "renewTime without microseconds": (
        LEASES,
        {**lease("a"), "spec": {"renewTime": "2026-01-02T03:04:05Z"}},
        'cannot parse "Z" as ".000000"',
    ),
    "creationTimestamp: yesterday": (
        PODS,
        pod("a", creationTimestamp="yesterday"),
        'cannot parse "yesterday" as "2006"',
    ),
}


@pytest.mark.parametrize(("resource", "item", "said"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_a_bad_request(
    space: Space, resource: Resource, item: Object, said: str
) -> None:
    found = space.of(resource).create(item).failed(400, "BadRequest")
    kind, version = resource.kind, resource.api_version.rpartition("/")[2]
    start = f'{kind} in version "{version}" cannot be handled as a {kind}: '
    assert found["message"].startswith(start)
    assert said in found["message"]


@pytest.mark.parametrize("how", ["merge", "strategic"])
@pytest.mark.parametrize("patch", [{"spec": {"hard": {"cpu": "abc"}}}, {"spec": {"hard": 5}}])
def test_a_patch_that_leaves_what_cannot_be_read_is_invalid(
    space: Space, how: str, patch: Object
) -> None:
    space.of(QUOTAS).create(quota(cpu="1")).ok()
    space.of(QUOTAS).patch("a", patch, how).invalid("patch")


def test_what_cannot_be_read_cannot_be_applied(space: Space) -> None:
    answer = space.of(QUOTAS).apply(quota(cpu="abc"), "me")
    assert answer.status == 500
    found = answer.json()["message"]
    assert found.startswith("failed to convert new object (")
    assert "quantities must match the regular expression" in found


def test_base64_is_stored_without_line_breaks(space: Space) -> None:
    made = space.of(SECRETS).create({**secret("a"), "data": {"a": "YW\nJj"}}).ok()
    assert made["data"] == {"a": "YWJj"}


def test_moments_are_stored_in_utc(space: Space) -> None:
    item = lease("a")
    item["spec"]["renewTime"] = "2026-01-02T04:04:05.000006+01:00"
    made = space.of(LEASES).create(item).ok()
    assert made["spec"]["renewTime"] == "2026-01-02T03:04:05.000006Z"


def test_a_plain_value_of_a_secret_may_be_anything(space: Space) -> None:
    item = {**secret("a"), "data": {}, "stringData": {"a": "***"}}
    made = space.of(SECRETS).create(item).ok()
    assert made["data"] == {"a": "Kioq"}


def test_empty_lists_and_mappings_that_are_optional_are_left_out(space: Space) -> None:
    item = deployment("a")
    spec = item["spec"]["template"]["spec"]
    spec |= {"nodeSelector": {}, "volumes": [], "tolerations": []}
    spec["containers"][0] |= {"env": [], "args": [], "resources": {"limits": {}}}
    made = space.of(DEPLOYMENTS).create(item).ok()
    after = made["spec"]["template"]["spec"]
    assert {"nodeSelector", "volumes", "tolerations"}.isdisjoint(after)
    assert {"env", "args"}.isdisjoint(after["containers"][0])
    assert after["containers"][0]["resources"] == {}
    again = space.of(DEPLOYMENTS).update("a", {"spec": item["spec"]}).ok()
    assert again["metadata"]["generation"] == made["metadata"]["generation"]


def test_an_empty_mapping_that_is_a_type_of_its_own_stays(space: Space) -> None:
    item = deployment("a")
    volumes = [{"name": "scratch", "emptyDir": {}}]
    item["spec"]["template"]["spec"]["volumes"] = volumes
    made = space.of(DEPLOYMENTS).create(item).ok()
    assert made["spec"]["template"]["spec"]["volumes"] == volumes


def test_the_rules_of_a_role_may_be_empty(space: Space) -> None:
    roles = Resource("/apis/rbac.authorization.k8s.io/v1", "roles", "Role")
    role = {"apiVersion": roles.api_version, "kind": "Role", "metadata": {"name": "a"}}
    made = space.of(roles).create({**role, "rules": []}).ok()
    assert not made.get("rules")
    after = space.of(roles).replace({**made, "rules": []}).ok()
    assert after["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
