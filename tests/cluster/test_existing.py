"""The provider `existing`: in somebody's cluster, and nothing of theirs is touched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.own_objects import EXPIRES, KINDS, LIFE, MANAGED, RUN, US
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.rights import Right
from loadstone.errors import UsageError
from loadstone.measure.api_client import ApiRequestFailed, HttpApiClient
from loadstone.measure.object_client import ObjectClient
from loadstone.protocols import Cluster, Resettable, SharedCluster
from tests.cluster.service_account import service_account
from tests.cluster.test_contract import REAL, made, named

ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
ROLE = named("of-a-scenario", "ClusterRole", "rbac.authorization.k8s.io/v1", rules=[])
SPACES = "/api/v1/namespaces"
LOOKED_AT = (SPACES, "/api/v1/configmaps", "/api/v1/services", ROLES)


@pytest.fixture(scope="module", params=["memory", pytest.param("hollow", marks=REAL)])
def theirs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(f"their-{request.param}")
    with made(request.param).provision(workdir=folder) as cluster:
        yield cluster


@pytest.fixture
def api(theirs: Cluster) -> Iterator[ClusterApi]:
    with closing(ClusterApi(theirs.access)) as client:
        yield client


@dataclass(frozen=True)
class Guest:
    cluster: ExistingCluster
    objects: ObjectClient


def provider(theirs: Cluster, **more: Any) -> ExistingProvider:
    return ExistingProvider(options=ProviderOptions(kubeconfig=str(theirs.kubeconfig), **more))


@pytest.fixture
def guest(theirs: Cluster, tmp_path: Path) -> Iterator[Guest]:
    with (
        provider(theirs).provision(workdir=tmp_path) as cluster,
        closing(HttpApiClient(cluster.access)) as http,
    ):
        yield Guest(cluster, ObjectClient(http, place=cluster.place))


def snapshot(api: ClusterApi) -> dict[str, str]:
    """Name and resourceVersion of everything that a test could touch, but for what we make."""
    items = [each["metadata"] for path in LOOKED_AT for each in api.get(path)["items"]]
    return {
        f"{each.get('namespace')}/{each['name']}": each["resourceVersion"]
        for each in items
        if "loadstone-" not in each["name"] + each.get("namespace", "")
        and each["name"] != "kube-root-ca.crt"
    }


def test_it_can_what_a_guest_can(guest: Guest, theirs: Cluster) -> None:
    cluster: Cluster = guest.cluster
    assert isinstance(cluster, Resettable)
    assert isinstance(cluster, SharedCluster)
    assert cluster.alive()
    assert cluster.version == theirs.version


def test_programs_work_in_our_namespace(guest: Guest) -> None:
    config = yaml.safe_load(guest.cluster.kubeconfig.read_text())
    assert config["contexts"][0]["context"]["namespace"] == guest.cluster.namespace


def test_what_is_made_is_ours_and_all_else_is_as_it_was(
    theirs: Cluster, api: ClusterApi, tmp_path: Path
) -> None:
    api.ask("POST", "/api/v1/namespaces/default/configmaps", named("theirs"))
    before = snapshot(api)
    with (
        provider(theirs).provision(workdir=tmp_path) as cluster,
        closing(HttpApiClient(cluster.access)) as http,
    ):
        objects = ObjectClient(http, place=cluster.place)
        item = named("theirs", metadata={"namespace": "default"}, data={"a": "1"})
        objects.create([named("plain"), item, ROLE])
        objects.patch({**item, "data": {"a": "2"}})
        space = f"{SPACES}/{cluster.namespace}/configmaps"
        assert api.get(f"{space}/theirs")["data"] == {"a": "2"}
        objects.delete([named("plain")])
        assert api.ask("GET", f"{space}/plain").status == 404
        assert api.get(f"{ROLES}/of-a-scenario")["metadata"]["labels"][MANAGED] == US
        now = snapshot(api)
        assert {name: now[name] for name in before} == before
    assert snapshot(api) == before
    assert api.ask("GET", f"{SPACES}/{cluster.namespace}").status == 404


def test_what_has_no_namespace_and_is_there_is_refused(guest: Guest, api: ClusterApi) -> None:
    theirs = {**ROLE, "metadata": {"name": "theirs"}}
    api.done("POST", ROLES, theirs)
    with pytest.raises(ApiRequestFailed, match="theirs is there already"):
        guest.objects.create([theirs])
    guest.cluster.reset()
    assert api.get(f"{ROLES}/theirs")["metadata"].get("labels") is None
    api.done("DELETE", f"{ROLES}/theirs")


def test_another_namespace_is_refused(guest: Guest) -> None:
    with pytest.raises(UsageError, match="kube-system"):
        guest.objects.create([named("a", metadata={"namespace": "kube-system"})])


def test_a_reset_leaves_an_empty_namespace_of_the_same_name(guest: Guest, api: ClusterApi) -> None:
    held = {"finalizers": ["example.com/never-taken-off"]}
    shop = named("shop-of-a-test", "Namespace")
    inside = named("a", metadata={"namespace": "shop-of-a-test", **held})
    guest.objects.create([shop, named("b", metadata=held), ROLE])
    guest.objects.create([inside])
    guest.cluster.reset()
    space = f"{SPACES}/{guest.cluster.namespace}"
    names = [each["metadata"]["name"] for each in api.get(f"{space}/configmaps")["items"]]
    assert set(names) <= {"kube-root-ca.crt"}
    assert api.ask("GET", f"{SPACES}/shop-of-a-test").status == 404
    assert api.ask("GET", f"{ROLES}/of-a-scenario").status == 404
    guest.objects.create([shop, ROLE])  # and nothing stands in the way of the next run


def test_a_sweep_removes_what_is_over_and_nothing_else(theirs: Cluster, api: ClusterApi) -> None:
    fresh = left_behind(api, "fresh", time.time() + LIFE)
    over = left_behind(api, "over", time.time() - 1)
    foreign = {MANAGED: "helm", RUN: "over", EXPIRES: "1"}
    annotations = {KINDS: json.dumps([ROLES])}
    api.done(
        "POST",
        SPACES,
        named("foreign", "Namespace", metadata={"labels": foreign, "annotations": annotations}),
    )
    swept = provider(theirs).sweep()
    assert [over in each for each in swept] == [True]
    there = {each["metadata"]["name"] for each in api.get(SPACES)["items"]}
    assert {fresh, "foreign"} <= there
    assert over not in there
    roles = {each["metadata"]["name"] for each in api.get(ROLES)["items"]}
    assert {"role-fresh", "role-over"} & roles == {"role-fresh"}
    for path in (f"{SPACES}/{fresh}", f"{SPACES}/foreign", f"{ROLES}/role-fresh"):
        api.done("DELETE", path)


def left_behind(api: ClusterApi, run: str, expires: float) -> str:
    """What a session leaves that is killed: its namespace, and a role beside it."""
    labels = {MANAGED: US, RUN: run}
    metadata = {
        "labels": labels | {EXPIRES: str(int(expires))},
        "annotations": {KINDS: json.dumps([ROLES])},
    }
    api.done("POST", SPACES, named(f"loadstone-{run}", "Namespace", metadata=metadata))
    role = named(
        f"role-{run}",
        "ClusterRole",
        "rbac.authorization.k8s.io/v1",
        metadata={"labels": labels},
        rules=[],
    )
    api.done("POST", ROLES, role)
    return f"loadstone-{run}"


def test_nothing_is_swept_where_no_cluster_was_named() -> None:
    assert ExistingProvider(options=ProviderOptions()).sweep() == []


def test_a_cluster_that_nobody_named_is_a_problem_of_this_machine() -> None:
    (problem,) = ExistingProvider(options=ProviderOptions()).problems()
    assert "which cluster" in problem.what


def test_who_may_do_everything_lacks_nothing(theirs: Cluster) -> None:
    rights = provider(theirs, kinds=[("networking.k8s.io/v1", "Ingress")]).rights()
    assert {str(each) for each in rights if each.granted} >= {
        "create namespaces",
        "patch ingresses.networking.k8s.io",
    }
    assert all(each.granted for each in rights)
    assert provider(theirs).problems() == []


def test_what_somebody_may_not_do_is_named(
    theirs: Cluster, api: ClusterApi, tmp_path: Path
) -> None:
    if theirs.provider == "memory":
        pytest.skip("everybody may do everything there")
    rules = [{"apiGroups": [""], "resources": ["services", "namespaces"], "verbs": ["get", "list"]}]
    kubeconfig = service_account(api, "visitor", rules, tmp_path)
    options = ProviderOptions(kubeconfig=str(kubeconfig), kinds=[("v1", "Service")])
    visitor = ExistingProvider(options=options)
    lacking = {str(each) for each in visitor.rights() if not each.granted}
    assert lacking >= {"create namespaces", "create services"}
    assert "get services" not in lacking
    assert {problem.where for problem in visitor.problems()} == lacking


def test_a_part_of_a_resource_is_another_right_than_the_whole(
    theirs: Cluster, api: ClusterApi, tmp_path: Path
) -> None:
    if theirs.provider == "memory":
        pytest.skip("everybody may do everything there")
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get"]}]
    kubeconfig = service_account(api, "podder", rules, tmp_path)
    asked = [
        Right(verb="create", group="", resource="pods"),
        Right(verb="create", group="", resource="pods/portforward"),
        Right(verb="get", group="", resource="nodes/proxy", use="numbers"),
    ]
    options = ProviderOptions(kubeconfig=str(kubeconfig), rights=asked)
    rights = {str(each): each for each in ExistingProvider(options=options).rights()}
    assert rights["create pods"].granted
    assert rights["create pods/portforward"].lacking
    assert not rights["get nodes/proxy"].granted
    assert not rights["get nodes/proxy"].lacking  # a session does without
    problems = {each.where for each in ExistingProvider(options=options).problems()}
    assert "create pods/portforward" in problems
    assert "get nodes/proxy" not in problems


def test_what_has_no_namespace_is_looked_for_when_a_session_ends(theirs: Cluster) -> None:
    kinds = [("rbac.authorization.k8s.io/v1", "ClusterRole"), ("v1", "Secret")]
    rights = {str(each) for each in provider(theirs, kinds=kinds).rights()}
    assert "list clusterroles.rbac.authorization.k8s.io" in rights
    assert "list secrets" not in rights
