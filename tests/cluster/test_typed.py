"""Types of the built-in kinds: the table, and objects held against it."""

from __future__ import annotations

import pytest

from loadstone.cluster.memory import builtin, maketypes, messages, typed
from loadstone.cluster.memory.resources import Registry, group_version
from loadstone.cluster.memory.status import ApiError

REGISTRY = Registry(builtin.kinds())


def test_the_table_is_what_the_installed_client_says() -> None:
    assert typed.types() == maketypes.table()


def test_every_built_in_kind_has_a_type() -> None:
    assert [kind.kind for kind in REGISTRY if typed.type_name(kind) not in typed.types()] == []


def test_json_and_protobuf_know_the_same_fields() -> None:
    apart: dict[str, set[str]] = {}
    for kind in REGISTRY:
        name = messages.type_of(group_version(kind.group, kind.version), kind.kind)
        in_json = set(typed.types()[typed.type_name(kind)]) - {"apiVersion", "kind"}
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
    unknown = typed.clean(deployments, document)
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
        typed.clean(deployments, {"metadata": {}, "spec": spec})
    assert refused.value.code == 400
    assert where in refused.value.message


def test_quantities_may_be_numbers() -> None:
    quotas = REGISTRY.find("", "v1", "resourcequotas")
    assert quotas is not None
    assert typed.clean(quotas, {"metadata": {}, "spec": {"hard": {"cpu": 2, "pods": "5"}}}) == []
