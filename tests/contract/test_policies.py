"""Validating admission policies: who is held to one, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.client import Answer, Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, Resource
from tests.contract.waiting import eventually

ROOT = "/apis/admissionregistration.k8s.io/v1"
POLICIES = Resource(
    ROOT, "validatingadmissionpolicies", "ValidatingAdmissionPolicy", namespaced=False
)
BINDINGS = Resource(
    ROOT, "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", namespaced=False
)
Bind = Callable[..., str]


@pytest.fixture
def bind(api: Api, space: Space) -> Iterator[Bind]:
    """Makes a policy that is bound to the test's namespace alone; gives its name."""
    made: list[tuple[Collection, str]] = []

    def create(
        *validations: Object, kind: str = "configmaps", binding: Object | None = None, **spec: Any
    ) -> str:
        name = f"{space.name}-{len(made)}"
        group = "apps" if kind == "deployments" else ""
        rule = {
            "apiGroups": [group],
            "apiVersions": ["v1"],
            "operations": ["CREATE", "UPDATE"],
            "resources": [kind],
        }
        policy = {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "spec": {
                "matchConstraints": {"resourceRules": [rule]},
                "validations": list(validations),
                **spec,
            },
        }
        here = {"matchLabels": {"kubernetes.io/metadata.name": space.name}}
        bound = {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {
                "policyName": name,
                "validationActions": ["Deny"],
                "matchResources": {"namespaceSelector": here},
                **(binding or {}),
            },
        }
        for resource, item in ((POLICIES, policy), (BINDINGS, bound)):
            api.of(resource).create(item).ok()
            made.append((api.of(resource), name))
        return name

    yield create
    for collection, name in made:
        collection.delete(name)


def denied(create: Callable[[], Answer]) -> dict[str, Any]:
    """The refusal of a request, once the policy is in force."""

    def refused() -> dict[str, Any]:
        answer = create()
        return {} if answer.status in (200, 201) else dict(answer.json())

    return eventually(refused)


def dry(space: Space, item: Object, resource: Resource = CONFIG_MAPS) -> Callable[[], Answer]:
    return lambda: space.of(resource).create(item, dryRun="All")


def test_what_does_not_hold_is_refused_in_the_real_words(space: Space, bind: Bind) -> None:
    name = bind({"expression": "object.spec.replicas > 1"}, kind="deployments")
    said = denied(dry(space, deployment("a", replicas=1), DEPLOYMENTS))
    assert (said["code"], said["reason"]) == (422, "Invalid")
    assert said["message"] == (
        f"deployments.apps \"a\" is forbidden: ValidatingAdmissionPolicy '{name}' with binding "
        f"'{name}' denied request: failed expression: object.spec.replicas > 1"
    )
    dry(space, deployment("a", replicas=2), DEPLOYMENTS)().ok()


def test_other_resources_and_namespaces_are_not_held_to_it(
    space: Space, bind: Bind, api: Api
) -> None:
    bind({"expression": "false"}, kind="deployments")
    denied(dry(space, deployment("a"), DEPLOYMENTS))
    space.of(CONFIG_MAPS).create(config_map("a")).ok()
    api.of(DEPLOYMENTS, "default").create(deployment("a"), dryRun="All").ok()


def test_a_message_is_said_and_an_expression_of_one_before_it(space: Space, bind: Bind) -> None:
    bind(
        {
            "expression": "object.data.size() < 2",
            "message": "too many",
            "messageExpression": "'holds ' + string(object.data.size())",
        }
    )
    said = denied(dry(space, config_map("a", {"a": "", "b": ""})))
    assert said["message"].endswith("denied request: holds 2")


def test_a_message_that_fails_gives_way_to_the_plain_one(space: Space, bind: Bind) -> None:
    bind({"expression": "false", "message": "plain", "messageExpression": "'a' + object.x"})
    assert denied(dry(space, config_map("a")))["message"].endswith("denied request: plain")


def test_a_reason_gives_the_code(space: Space, bind: Bind) -> None:
    bind({"expression": "false", "reason": "Forbidden"})
    said = denied(dry(space, config_map("a")))
    assert (said["code"], said["reason"]) == (403, "Forbidden")


def test_variables_see_those_before_them(space: Space, bind: Bind) -> None:
    bind(
        {"expression": "variables.many"},
        variables=[
            {"name": "count", "expression": "object.data.size()"},
            {"name": "many", "expression": "variables.count > 1"},
        ],
    )
    denied(dry(space, config_map("a", {"a": ""})))
    dry(space, config_map("a", {"a": "", "b": ""}))().ok()


def test_an_expression_without_a_value_refuses_unless_failures_are_ignored(
    space: Space, bind: Bind
) -> None:
    bind({"expression": "object.data.absent == 'x'"}, failurePolicy="Ignore")
    bind({"expression": "object.data.missing == 'x'"})
    said = denied(dry(space, config_map("a")))
    assert "expression 'object.data.missing == 'x'' resulted in error" in said["message"]
    dry(space, config_map("a", {"missing": "x"}))().ok()


def test_conditions_choose_the_requests(space: Space, bind: Bind) -> None:
    bind(
        {"expression": "false"},
        matchConditions=[{"name": "named", "expression": "object.metadata.name == 'a'"}],
    )
    denied(dry(space, config_map("a")))
    dry(space, config_map("b"))().ok()


def test_a_change_sees_what_was_before_it(space: Space, bind: Bind) -> None:
    maps = space.of(CONFIG_MAPS)
    made = maps.create(config_map("a", {"a": "1"})).ok()
    bind({"expression": "request.operation != 'UPDATE' || oldObject.data.a == object.data.a"})
    made["data"] = {"a": "2"}
    denied(lambda: maps.replace(made, dryRun="All"))
    maps.patch("a", {"metadata": {"labels": {"new": "yes"}}}).ok()


def test_the_namespace_can_be_asked(space: Space, bind: Bind, api: Api) -> None:
    bind({"expression": "'open' in namespaceObject.metadata.labels"})
    denied(dry(space, config_map("a")))
    api.of(NAMESPACES).patch(space.name, {"metadata": {"labels": {"open": "yes"}}}).ok()
    eventually(lambda: dry(space, config_map("a"))().status == 201)


def test_parameters_are_objects_that_the_binding_names(space: Space, bind: Bind) -> None:
    space.of(CONFIG_MAPS).create(config_map("limits", {"most": "1"})).ok()
    bind(
        {"expression": "object.data.size() <= int(params.data.most)"},
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
        binding={
            "paramRef": {
                "name": "limits",
                "namespace": space.name,
                "parameterNotFoundAction": "Deny",
            }
        },
    )
    denied(dry(space, config_map("a", {"a": "", "b": ""})))
    eventually(lambda: dry(space, config_map("a", {"a": ""}))().status == 201)


def test_a_binding_that_warns_lets_through(space: Space, bind: Bind) -> None:
    bind({"expression": "false", "message": "rather not"}, binding={"validationActions": ["Warn"]})

    def warned() -> str:
        return str(dry(space, config_map("a"))().headers.get("Warning", ""))

    assert "rather not" in eventually(warned)


@pytest.mark.parametrize(
    "expression", ["object.spec.replicas >", "nobody.spec == 1", "foo(object)"]
)
def test_an_expression_that_cannot_be_read_is_refused_where_it_is_written(
    api: Api, expression: str
) -> None:
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "unreadable"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["*"],
                        "resources": ["pods"],
                    }
                ]
            },
            "validations": [{"expression": expression}],
        },
    }
    refused = api.of(POLICIES).create(policy).invalid("spec.validations[0].expression")
    assert "compilation failed" in refused["message"]
    api.of(POLICIES).create(policy, dryRun="All").failed(422, "Invalid")
