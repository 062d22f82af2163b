"""Who has the rights that are printed, and no others, can make what they were printed for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.rights import Right
from loadstone.cluster.session_rights import KindUse, needed
from loadstone.component.in_pods.applying import applied
from loadstone.errors import ComponentFailed, UsageError
from loadstone.protocols import Cluster
from loadstone.report.listings.rights import cluster_role
from tests.cluster.service_account import service_account
from tests.cluster.test_contract import REAL, made, named
from tests.contract.waiting import eventually

RBAC = "rbac.authorization.k8s.io/v1"
ADMISSION = "admissionregistration.k8s.io/v1"
CONFIG_MAPS = {"apiVersion": "v1", "kind": "ConfigMap"}
SUBJECTS = [{"kind": "ServiceAccount", "name": "component", "namespace": "default"}]
WIDGETS = {"plural": "widgetry", "singular": "widget", "kind": "Widget"}  # no plural to be guessed


def role(name: str, *rules: Mapping[str, Any], kind: str = "ClusterRole", **more: Any) -> Any:
    return named(name, kind, RBAC, rules=list(rules), **more)


def bound(kind: str, name: str, to: str, role_kind: str = "ClusterRole") -> dict[str, Any]:
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": to}
    return named(name, kind, RBAC, roleRef=ref, subjects=SUBJECTS)


def rule(group: str, resource: str, *verbs: str, **more: Any) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs), **more}


URLS = {"nonResourceURLs": ["/metrics", "/logs/*"], "verbs": ["get"]}
OF_URLS = role("rights-urls", URLS)
AGGREGATED = role(
    "rights-all", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"rights": "a"}}]}
)
DELEGATOR = bound("ClusterRoleBinding", "rights-delegator", "system:auth-delegator")
POLICY = named(
    "rights-policy",
    "ValidatingAdmissionPolicy",
    ADMISSION,
    spec={
        "failurePolicy": "Ignore",
        "paramKind": CONFIG_MAPS,
        "matchConstraints": {
            "resourceRules": [
                {
                    "apiGroups": ["nobody.test"],
                    "apiVersions": ["v1"],
                    "resources": ["things"],
                    "operations": ["CREATE"],
                }
            ]
        },
        "validations": [{"expression": "true"}],
    },
)
OF_POLICY = named(
    "rights-policy",
    "ValidatingAdmissionPolicyBinding",
    ADMISSION,
    spec={
        "policyName": "rights-policy",
        "validationActions": ["Audit"],
        "paramRef": {"selector": {}, "parameterNotFoundAction": "Allow"},
    },
)
DEFINITION = named(
    "widgetry.rights.test",
    "CustomResourceDefinition",
    "apiextensions.k8s.io/v1",
    spec={
        "group": "rights.test",
        "scope": "Namespaced",
        "names": {**WIDGETS, "listKind": "WidgetList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
            }
        ],
    },
)
WEBHOOK = named(
    "rights-webhook",
    "ValidatingWebhookConfiguration",
    ADMISSION,
    webhooks=[
        {
            "name": "never.rights.test",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "failurePolicy": "Ignore",
            "clientConfig": {"url": "https://127.0.0.1:1"},
            "rules": [],
        }
    ],
)
# What components bring with them, in the order in which it can be made.
OBJECTS: Sequence[dict[str, Any]] = [
    named("component", "ServiceAccount"),
    named("rights-space", "Namespace"),
    named("inside", metadata={"namespace": "rights-space"}),
    role(
        "leader",
        rule("coordination.k8s.io", "leases", "get", "update", resourceNames=["leader"]),
        rule("coordination.k8s.io", "leases", "create"),
        kind="Role",
    ),
    bound("RoleBinding", "leader", "leader", "Role"),
    bound("RoleBinding", "viewer", "view"),
    role("rights-widgets", rule("rights.test", "*", "*"), rule("apps", "*/scale", "get")),
    bound("ClusterRoleBinding", "rights-widgets", "rights-widgets"),
    OF_URLS,
    DELEGATOR,
    AGGREGATED,
    bound("ClusterRoleBinding", "rights-all", "rights-all"),
    DEFINITION,
    named("first", "Widget", "rights.test/v1"),
    WEBHOOK,
    POLICY,
    OF_POLICY,
    named("rights-first", "PriorityClass", "scheduling.k8s.io/v1", value=1),
    named("budget", "PodDisruptionBudget", "policy/v1", spec={"maxUnavailable": 1}),
]


@pytest.fixture(scope="module", params=[pytest.param("hollow", marks=REAL)])
def theirs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with made(request.param).provision(workdir=tmp_path_factory.mktemp("theirs")) as cluster:
        yield cluster


@pytest.fixture
def api(theirs: Cluster) -> Iterator[ClusterApi]:
    with closing(ClusterApi(theirs.access)) as client:
        yield client


def printed(theirs: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[Right]:
    options = ProviderOptions(kubeconfig=str(theirs.kubeconfig), objects=objects)
    return ExistingProvider(options=options).rights()


def guest(
    api: ClusterApi, name: str, rights: Sequence[Right], folder: Path, **more: Any
) -> ExistingProvider:
    """The provider as somebody has it who was given what is printed of these, and has it by now."""
    rules = yaml.safe_load(cluster_role(rights))["rules"]
    kubeconfig = service_account(api, name, rules, folder)
    found = ExistingProvider(options=ProviderOptions(kubeconfig=str(kubeconfig), **more))
    alone = ExistingProvider(options=ProviderOptions(kubeconfig=str(kubeconfig), rights=rights))
    eventually(lambda: all(each.granted for each in alone.rights()))
    return found


def test_what_components_bring_can_be_made_and_removed(
    theirs: Cluster, api: ClusterApi, tmp_path: Path
) -> None:
    rights = printed(theirs, OBJECTS)
    with guest(api, "maker", rights, tmp_path).provision(workdir=tmp_path / "work") as cluster:
        assert len(applied(cluster, OBJECTS)) == len(OBJECTS)
    for path in ("/api/v1/namespaces/rights-space", f"/apis/{RBAC}/clusterroles/rights-all"):
        assert api.ask("GET", path).status == 404


@pytest.mark.parametrize(
    ("objects", "dropped"),
    [
        ([OF_URLS], lambda right: right.path == "/metrics"),
        ([DELEGATOR], lambda right: right.verb == "bind"),
        ([AGGREGATED], lambda right: right.verb == "escalate"),
        ([POLICY], lambda right: right.resource == "configmaps"),
        ([POLICY, OF_POLICY], lambda right: (right.resource, right.verb) == ("configmaps", "list")),
    ],
    ids=["urls", "bind", "escalate", "parameters", "selected-parameters"],
)
def test_without_one_of_them_it_is_refused(
    theirs: Cluster,
    api: ClusterApi,
    tmp_path: Path,
    objects: list[dict[str, Any]],
    dropped: Callable[[Right], bool],
    request: pytest.FixtureRequest,
) -> None:
    rights = printed(theirs, objects)
    left = [each for each in rights if not dropped(each)]
    assert len(left) == len(rights) - 1
    name = f"without-{request.node.callspec.id}"
    with (
        guest(api, name, left, tmp_path).provision(workdir=tmp_path / "work") as cluster,
        pytest.raises(ComponentFailed, match="refused"),
    ):
        applied(cluster, objects)


def test_who_may_give_on_anything_need_not_have_it(
    theirs: Cluster, api: ClusterApi, tmp_path: Path
) -> None:
    giving = [
        Right(verb=verb, group="rbac.authorization.k8s.io", resource=resource)
        for verb in ("bind", "escalate")
        for resource in ("roles", "clusterroles")
    ]
    own = [each for each in printed(theirs, [OF_URLS]) if not each.given_on]
    provider = guest(api, "giver", [*own, *giving], tmp_path, objects=[OF_URLS])
    assert provider.problems() == []
    with provider.provision(workdir=tmp_path / "work") as cluster:
        applied(cluster, [OF_URLS])


def test_a_kind_that_is_not_served_yet_is_asked_for_by_its_likely_plural(
    theirs: Cluster, api: ClusterApi
) -> None:
    kinds = [("new.test/v1", kind) for kind in ("Gadget", "Policy", "Ingress", "Relay")]
    found = {str(each) for each in needed(api, kinds=kinds)}
    plurals = ("gadgets", "policies", "ingresses", "relays")
    assert {f"create {plural}.new.test" for plural in plurals} <= found


def test_uses_of_a_kind_are_asked_for_beside_what_makes_it(api: ClusterApi) -> None:
    uses = [KindUse(version="v1", kind="Pod", verbs=("list", "watch"))]
    uses += [KindUse(version="v1", kind="Node", verbs=("patch",), part="status")]
    found = {str(each) for each in needed(api, uses=uses)}
    assert {"list pods", "watch pods", "patch nodes/status"} <= found
    assert "create pods" not in found


@pytest.mark.parametrize(
    "odd",
    [
        role("r", {"apiGroups": [""], "resources": ["pods"]}),
        role("r", None),  # type: ignore[arg-type]
        named("b", "ClusterRoleBinding", RBAC, roleRef="view"),
        named("c", "CustomResourceDefinition", "apiextensions.k8s.io/v1"),
    ],
    ids=["a rule without verbs", "no rule", "no reference", "no spec"],
)
def test_an_object_that_no_server_takes_is_an_error_of_the_user(
    api: ClusterApi, odd: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="none that an API server takes"):
        needed(api, objects=[odd])
