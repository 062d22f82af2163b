"""Who makes an object is asked for the rights that the API server asks for, and for no others."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.cluster.maker_rights import ANY_NAMESPACE, of_makers
from loadstone.cluster.rights import Right
from tests.cluster.test_contract import named

ROLES = "rbac.authorization.k8s.io"
POLICIES = "admissionregistration.k8s.io"
ABOUT: dict[str, Any] = {"group": "", "resource": "configmaps", "given_on": True}


def asked(*objects: dict[str, Any]) -> list[Right]:
    return list(of_makers(objects, lambda _version, kind: f"{kind.lower()}s"))


def role(name: str = "a", *, kind: str = "ClusterRole", **more: Any) -> dict[str, Any]:
    return named(name, kind, f"{ROLES}/v1", **more)


def binding(name: str, *, kind: str = "ClusterRole") -> dict[str, Any]:
    ref = {"kind": kind, "name": name, "apiGroup": ROLES}
    return named("b", "RoleBinding", f"{ROLES}/v1", roleRef=ref, subjects=[])


def policy(kind: str, **spec: Any) -> dict[str, Any]:
    return named("p", kind, f"{POLICIES}/v1", spec=spec)


def test_what_gives_nothing_takes_nothing() -> None:
    assert asked(named("a"), role(rules=[]), role(rules=None), role()) == []


@pytest.mark.parametrize("kind", ["Role", "ClusterRole"])
def test_what_a_role_gives_its_maker_has(kind: str) -> None:
    rules = [{"apiGroups": ["", "x"], "resources": ["a", "b/c"], "verbs": ["get", "*"]}]
    found = asked(role(kind=kind, rules=rules))
    assert all(each.given_on for each in found)
    assert {str(each) for each in found} == {
        f"{verb} {resource}{group}"
        for verb in ("get", "*")
        for resource in ("a", "b/c")
        for group in ("", ".x")
    }


def test_a_role_for_names_takes_the_right_to_these_alone() -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    assert asked(role(rules=[{**rule, "resourceNames": ["x", "y"]}])) == [
        Right(verb="get", name="x", **ABOUT),
        Right(verb="get", name="y", **ABOUT),
    ]


@pytest.mark.parametrize("name", [f"{ANY_NAMESPACE}-lock", "lock-${i}"])
def test_a_name_that_is_another_in_each_run_takes_the_right_to_all(name: str) -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    found = asked(role(rules=[{**rule, "resourceNames": [name]}]))
    assert found == [Right(verb="get", **ABOUT)]


def test_a_role_for_urls_takes_the_right_to_them() -> None:
    rule = {"nonResourceURLs": ["/metrics", "/logs/*"], "verbs": ["get"]}
    found = asked(role(rules=[rule]))
    assert [str(each) for each in found] == ["get /metrics", "get /logs/*"]
    assert all(each.path and each.given_on for each in found)


def test_a_role_of_others_takes_the_right_to_give_anything() -> None:
    said = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    found = asked(role(aggregationRule=said, rules=[]), binding("a"))
    assert [str(each) for each in found] == [
        f"escalate clusterroles.{ROLES}",
        f"bind clusterroles.{ROLES} a",  # what it gives is not known
    ]


def test_a_role_that_was_made_before_is_bound_by_who_has_its_rights() -> None:
    assert asked(role(kind="Role", rules=[]), binding("a", kind="Role")) == []


@pytest.mark.parametrize(
    "objects",
    [
        [binding("view")],  # is there already
        [binding("a"), role("a", rules=[])],  # comes later
        [role("a", kind="Role", rules=[]), binding("a")],  # is another of that name
    ],
)
def test_any_other_role_is_bound_by_who_may_bind_it(objects: list[dict[str, Any]]) -> None:
    name = objects[-1].get("roleRef", {"name": "a"})["name"]
    assert Right(verb="bind", group=ROLES, resource="clusterroles", name=name) in asked(*objects)


def test_the_parameters_of_a_policy_are_read() -> None:
    kind = {"apiVersion": "x.test/v1", "kind": "Limit"}
    made = policy("ValidatingAdmissionPolicy", paramKind=kind)
    bound = policy("ValidatingAdmissionPolicyBinding", policyName="p", paramRef={"name": "one"})
    selected = policy("ValidatingAdmissionPolicyBinding", policyName="p", paramRef={"selector": {}})
    assert [str(each) for each in asked(made, bound, selected)] == [
        "get limits.x.test",
        "get limits.x.test one",
        "list limits.x.test",
    ]


def test_the_parameters_of_a_policy_that_is_not_known_may_be_anything() -> None:
    bound = policy("MutatingAdmissionPolicyBinding", policyName="other", paramRef={"name": "one"})
    assert asked(bound) == [Right(verb="get", group="*", resource="*", name="one")]


def test_a_policy_without_parameters_reads_nothing() -> None:
    assert (
        asked(policy("ValidatingAdmissionPolicy"), policy("MutatingAdmissionPolicyBinding")) == []
    )


def test_whoever_speaks_for_a_signer_may_attest() -> None:
    bundle = named(
        "t", "ClusterTrustBundle", "certificates.k8s.io/v1beta1", spec={"signerName": "x.test/s"}
    )
    (right,) = asked(bundle)
    assert str(right) == "attest signers.certificates.k8s.io x.test/s"
