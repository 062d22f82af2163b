"""Types of the built-in kinds: the table, and objects held against it."""

from __future__ import annotations

import gzip

import orjson
import pytest
from kubernetes.client import models

from loadstone.apiserver.machinery.resources import Registry, group_version
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.types import (
    kinds,
    make_schemas,
    make_types,
    messages,
    published_schemas,
    type_check,
    type_tables,
)
from tests.apiserver import kubernetes

REGISTRY = Registry(kinds.kinds())


def test_the_tables_are_what_kubernetes_publishes() -> None:
    types, merging = make_types.tables(make_types.published(kubernetes.module()))
    assert (type_tables.types(), type_tables.merging()) == (types, merging)


def test_the_published_schemas_are_of_the_same_release() -> None:
    schemas = make_schemas.table(make_types.published(kubernetes.module()))
    assert orjson.loads(gzip.decompress(published_schemas.TABLE.read_bytes())) == schemas


def test_the_types_have_the_fields_that_the_installed_client_knows() -> None:
    differ = {
        name: set(fields) ^ set(getattr(models, name).attribute_map.values())
        for name, fields in type_tables.types().items()
    }
    assert {name: fields for name, fields in differ.items() if fields} == {}


def test_every_built_in_kind_has_a_type() -> None:
    assert [
        kind.kind for kind in REGISTRY if type_tables.type_name(kind) not in type_tables.types()
    ] == []


def test_json_and_protobuf_know_the_same_fields() -> None:
    apart: dict[str, set[str]] = {}
    for kind in REGISTRY:
        name = messages.type_of(group_version(kind.group, kind.version), kind.kind)
        in_json = set(type_tables.types()[type_tables.type_name(kind)]) - {"apiVersion", "kind"}
        if in_json != set(messages.by_name(name)):
            apart[name] = in_json ^ set(messages.by_name(name))
    assert apart == {}


def test_unknown_fields_and_nulls_are_dropped_and_named() -> None:
    deployments = REGISTRY.find("apps", "v1", "deployments")
    assert deployments is not None
    document = {
        "metadata": {"name": "a", "lables": {}},
        "spec": {"replicas": None, "template": {"spec": {"containers": [{"nam": 1}]}}},
    }
    unknown = type_check.clean(deployments, document)
    assert unknown == ["metadata.lables", "spec.template.spec.containers[0].nam"]
    expected = {"metadata": {"name": "a"}, "spec": {"template": {"spec": {"containers": [{}]}}}}
    assert document == expected


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({"replicas": "3"}, "DeploymentSpec.spec.replicas of type int32"),
        ({"replicas": True}, "spec.replicas"),
        ({"selector": []}, "spec.selector"),
        (
            {"template": {"metadata": {"labels": {"a": 1}}}},
            "ObjectMeta.spec.template.metadata.labels of type string",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named(spec: dict[str, object], where: str) -> None:
    deployments = REGISTRY.find("apps", "v1", "deployments")
    assert deployments is not None
    with pytest.raises(ApiError) as refused:
        type_check.clean(deployments, {"metadata": {}, "spec": spec})
    assert refused.value.code == 400
    assert where in refused.value.message


def test_quantities_may_be_numbers_and_are_stored_in_one_form() -> None:
    quotas = REGISTRY.find("", "v1", "resourcequotas")
    assert quotas is not None
    document = {"metadata": {}, "spec": {"hard": {"cpu": 0.5, "pods": 5, "memory": "1024Mi"}}}
    assert type_check.clean(quotas, document) == []
    assert document["spec"] == {"hard": {"cpu": "500m", "pods": "5", "memory": "1Gi"}}


@pytest.mark.parametrize(
    ("plural", "written", "stored"),
    [
        ("secrets", {"data": {"a": "YW\nJj"}}, {"data": {"a": "YWJj"}}),
        (
            "events",
            {"firstTimestamp": "2026-01-02T04:04:05.5+01:00"},
            {"firstTimestamp": "2026-01-02T03:04:05Z"},
        ),
        (
            "events",
            {"eventTime": "2026-01-02T03:04:05.000006+00:00"},
            {"eventTime": "2026-01-02T03:04:05.000006Z"},
        ),
        ("events", {"lastTimestamp": "0001-01-01T00:00:00Z"}, {}),
        (
            "persistentvolumes",
            {"spec": {"capacity": {"storage": "0.5Gi"}}},
            {"spec": {"capacity": {"storage": "512Mi"}}},
        ),
    ],
)
def test_a_value_is_stored_in_one_form(
    plural: str, written: dict[str, object], stored: dict[str, object]
) -> None:
    found = REGISTRY.find("", "v1", plural)
    assert found is not None
    assert type_check.clean(found, written) == []
    assert written == stored


@pytest.mark.parametrize(
    ("plural", "document", "said"),
    [
        ("limitranges", {"spec": {"limits": [{"max": {"cpu": "abc"}}]}}, "quantities must match"),
        ("pods", {"spec": {"overhead": {"memory": "1 Gi"}}}, "quantities must match"),
        ("secrets", {"data": {"a": "***"}}, "illegal base64 data at input byte 0"),
        ("configmaps", {"binaryData": {"a": "YWI"}}, "illegal base64 data"),
        ("events", {"lastTimestamp": "yesterday"}, 'cannot parse "yesterday" as "2006"'),
        ("events", {"eventTime": "2026-01-02T03:04:05Z"}, 'cannot parse "Z" as ".000000"'),
        ("pods", {"status": {"startTime": "2026-13-01T00:00:00Z"}}, "month out of range"),
        ("pods", {"metadata": {"creationTimestamp": "2026-02-30T00:00:00Z"}}, "day out of range"),
        ("services", {"spec": {"ports": [{"targetPort": 1.5}]}}, "targetPort"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(
    plural: str, document: dict[str, object], said: str
) -> None:
    found = REGISTRY.find("", "v1", plural)
    assert found is not None
    with pytest.raises(ApiError) as refused:
        type_check.clean(found, document)
    assert refused.value.code == 400
    assert said in refused.value.message
