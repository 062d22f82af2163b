"""Discovery: what a client learns of the API before its first request."""

from __future__ import annotations

import pytest

from tests.contract.client import Api
from tests.contract.objects import Object

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
GROUPS = {
    "apiextensions.k8s.io",
    "apps",
    "batch",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
}


def resources(api: Api, root: str) -> dict[str, Object]:
    found = api.get(root).ok()
    assert found["kind"] == "APIResourceList"
    assert found["groupVersion"] == root.split("/", maxsplit=2)[2]
    return {resource["name"]: resource for resource in found["resources"]}


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_a_healthy_server_says_ok(api: Api, path: str) -> None:
    answer = api.get(path, accept="*/*")
    assert (answer.status, answer.body) == (200, b"ok")


def test_the_version_names_a_kubernetes_release(api: Api) -> None:
    version = api.get("/version").ok()
    assert version["gitVersion"].startswith(f"v{version['major']}.")
    assert int(version["minor"].rstrip("+")) >= 30


def test_the_core_group_has_version_1(api: Api) -> None:
    found = api.get("/api").ok()
    assert (found["kind"], found["versions"]) == ("APIVersions", ["v1"])


def test_every_group_is_listed_with_its_versions(api: Api) -> None:
    found = api.get("/apis").ok()
    assert found["kind"] == "APIGroupList"
    groups = {group["name"]: group for group in found["groups"]}
    assert set(groups) >= GROUPS
    for group in groups.values():
        assert group["preferredVersion"] in group["versions"]
        for version in group["versions"]:
            assert version["groupVersion"] == f"{group['name']}/{version['version']}"


def test_a_group_describes_itself(api: Api) -> None:
    group = api.get("/apis/networking.k8s.io").ok()
    assert (group["kind"], group["name"]) == ("APIGroup", "networking.k8s.io")
    assert group["preferredVersion"] == {"groupVersion": "networking.k8s.io/v1", "version": "v1"}


def test_every_listed_group_version_can_be_asked_for_its_resources(api: Api) -> None:
    for group in api.get("/apis").ok()["groups"]:
        for version in group["versions"]:
            assert resources(api, f"/apis/{version['groupVersion']}")


def test_a_resource_says_its_kind_scope_verbs_and_short_names(api: Api) -> None:
    pods = resources(api, "/api/v1")["pods"]
    verbs = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
    assert set(pods["verbs"]) == verbs
    told = (pods["kind"], pods["singularName"], pods["namespaced"], pods["shortNames"])
    assert told == ("Pod", "pod", True, ["po"])
    assert "all" in pods["categories"]


def test_a_resource_without_a_namespace_says_so(api: Api) -> None:
    assert resources(api, "/api/v1")["nodes"]["namespaced"] is False
    assert resources(api, "/apis/networking.k8s.io/v1")["ingressclasses"]["namespaced"] is False


@pytest.mark.parametrize(
    ("root", "names"),
    [
        (
            "/api/v1",
            "configmaps endpoints events limitranges namespaces nodes persistentvolumeclaims",
        ),
        (
            "/api/v1",
            "persistentvolumes pods podtemplates replicationcontrollers resourcequotas secrets",
        ),
        ("/api/v1", "serviceaccounts services"),
        ("/apis/apps/v1", "controllerrevisions daemonsets deployments replicasets statefulsets"),
        ("/apis/batch/v1", "cronjobs jobs"),
        ("/apis/networking.k8s.io/v1", "ingressclasses ingresses networkpolicies"),
        ("/apis/discovery.k8s.io/v1", "endpointslices"),
        ("/apis/coordination.k8s.io/v1", "leases"),
        (
            "/apis/rbac.authorization.k8s.io/v1",
            "clusterrolebindings clusterroles rolebindings roles",
        ),
        ("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions"),
        (
            "/apis/storage.k8s.io/v1",
            "csidrivers csinodes csistoragecapacities storageclasses volumeattachments",
        ),
    ],
)
def test_a_group_has_all_its_kinds(api: Api, root: str, names: str) -> None:
    assert set(resources(api, root)) >= set(names.split())


def test_subresources_are_listed_beside_their_resource(api: Api) -> None:
    apps = resources(api, "/apis/apps/v1")
    assert set(apps["deployments/status"]["verbs"]) == {"get", "patch", "update"}
    scale = apps["deployments/scale"]
    assert (scale["kind"], scale["group"], scale["version"]) == ("Scale", "autoscaling", "v1")


def test_aggregated_discovery_is_given_or_declined_in_a_way_clients_understand(api: Api) -> None:
    answer = api.get("/apis", accept=f"{AGGREGATED},application/json")
    found = answer.ok()
    if found["kind"] == "APIGroupDiscoveryList":
        assert "as=APIGroupDiscoveryList" in answer.headers["Content-Type"]
        groups = {group["metadata"]["name"]: group for group in found["items"]}
        (apps,) = [each for each in groups["apps"]["versions"] if each["version"] == "v1"]
        kinds = {each["resource"]: each["responseKind"]["kind"] for each in apps["resources"]}
        assert kinds["deployments"] == "Deployment"
    else:
        assert found["kind"] == "APIGroupList"
        assert "as=" not in answer.headers["Content-Type"]


def test_openapi_describes_the_kinds(api: Api) -> None:
    paths = api.get("/openapi/v3").ok()["paths"]
    assert set(paths) >= {"api/v1", "apis/apps/v1"}
    document = api.get(paths["apis/apps/v1"]["serverRelativeURL"]).ok()
    assert document["openapi"].startswith("3.")
    assert "/apis/apps/v1/namespaces/{namespace}/deployments/{name}" in document["paths"]


def test_an_unknown_group_is_not_found(api: Api) -> None:
    assert api.get("/apis/no-such.example/v1").status == 404


def test_an_unknown_resource_is_not_found(api: Api) -> None:
    assert api.get("/api/v1/namespaces/default/nosuchthings").status == 404


def test_schemas_are_published_with_their_words(api: Api) -> None:
    schemas = api.get("/openapi/v3/apis/apps/v1").ok()["components"]["schemas"]
    deployment = schemas["io.k8s.api.apps.v1.Deployment"]
    assert deployment["description"].startswith("Deployment enables declarative updates")
    spec = schemas["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["replicas"]
    assert (spec["type"], spec["format"]) == ("integer", "int32")
    pod = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert pod["x-kubernetes-patch-merge-key"] == "name"


def test_the_older_openapi_has_every_schema_as_a_definition(api: Api) -> None:
    definitions = api.get("/openapi/v2").ok()["definitions"]
    pod = definitions["io.k8s.api.core.v1.Pod"]
    assert pod["properties"]["spec"]["$ref"] == "#/definitions/io.k8s.api.core.v1.PodSpec"
    assert pod["x-kubernetes-group-version-kind"] == [{"group": "", "kind": "Pod", "version": "v1"}]
    text = api.get("/openapi/v2").body
    assert b"#/components/schemas/" not in text


def test_the_older_openapi_is_there_in_protobuf(api: Api) -> None:
    accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    answer = api.get("/openapi/v2", accept=accept)
    assert answer.headers["Content-Type"].startswith("application/com.github.proto-openapi")
    assert answer.body.startswith(b"\n\x032.0")
