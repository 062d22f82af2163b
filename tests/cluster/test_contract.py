"""The contract of providers: a cluster is ready, emptied, as large as wanted, and gone.

`memory` keeps it in every run of the tests, those with real programs where these are built.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.provider import Provider, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.protocols import Cluster, HasControllers, Resettable, Scalable
from tests.contract.waiting import eventually
from tests.real import binary

PATIENCE = 180.0  # s; they end as soon as it is so
REAL = [pytest.mark.real, pytest.mark.timeout(3600)]  # the first builds what it needs
KIND = [pytest.mark.kind, pytest.mark.timeout(3600)]
# Those that are programs of this machine; what a cluster in Docker leaves is in `tests/kind`.
LOCAL = [
    "memory",
    pytest.param("memory-controllers", marks=REAL),
    pytest.param("hollow", marks=REAL),
]
NAMES = [*LOCAL, pytest.param("kind", marks=KIND)]
MAPS = "/api/v1/namespaces/default/configmaps"
SPACE = "/api/v1/namespaces/shop"


def made(name: str) -> Provider:
    if name == "kind":
        from tests.kind.ground import ground

        return provider(name, options=ground().options())
    return provider(name, options=ProviderOptions(find_program=binary))


@pytest.fixture(scope="module", params=NAMES)
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(request.param)
    with made(request.param).provision(workdir=folder) as provisioned:
        yield provisioned


@pytest.fixture
def api(cluster: Cluster) -> Iterator[ClusterApi]:
    with contextlib.closing(ClusterApi(cluster.access)) as client:
        yield client
        reset(cluster)


def reset(cluster: Cluster) -> None:
    assert isinstance(cluster, Resettable)
    cluster.reset()


def named(name: str, kind: str = "ConfigMap", version: str = "v1", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, **more.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def inventory(api: ClusterApi, *paths: str) -> dict[str, list[str]]:
    return {
        path: sorted(each["metadata"]["name"] for each in api.get(path)["items"]) for path in paths
    }


def test_it_is_ready_and_says_so(cluster: Cluster, api: ClusterApi) -> None:
    assert cluster.alive()
    assert api.ready()
    assert api.get("/version")["gitVersion"] == cluster.version


def test_its_kubeconfig_leads_in_with_what_the_access_says(cluster: Cluster) -> None:
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    assert config["clusters"][0]["cluster"]["server"] == cluster.api == cluster.access.url
    assert config["users"][0]["user"].get("client-key", "") == cluster.access.key_file


def test_a_reset_leaves_only_what_was_there_at_first(cluster: Cluster, api: ClusterApi) -> None:
    looked_at = (
        "/api/v1/namespaces",
        "/api/v1/configmaps",
        "/api/v1/serviceaccounts",
        "/api/v1/services",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    )
    before = inventory(api, *looked_at)
    fill(api)
    assert inventory(api, *looked_at) != before
    reset(cluster)
    assert inventory(api, *looked_at) == before
    assert api.ask("GET", "/apis/example.com/v1/widgets").status == 404
    fill(api)  # and nothing of it stands in the way of the next run
    reset(cluster)


def fill(api: ClusterApi) -> None:
    """Objects of kinds that are hard to get rid of, each in its own way."""
    held: Any = {"metadata": {"finalizers": ["example.com/never-taken-off"]}}
    api.done("POST", MAPS, named("held", **held))
    api.done("POST", MAPS, named("plain"))
    api.done("POST", "/api/v1/namespaces", named("shop", "Namespace"))
    api.done("POST", f"{SPACE}/configmaps", named("held", **held))
    service = {"ports": [{"port": 80}], "selector": {"app": "shop"}}
    api.done("POST", f"{SPACE}/services", named("shop", "Service", spec=service))
    role = named("of-a-test", "ClusterRole", "rbac.authorization.k8s.io/v1", rules=[])
    api.done("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", role)
    api.done("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widget_definition())
    widgets = "/apis/example.com/v1/namespaces/shop/widgets"
    eventually(lambda: api.ask("GET", widgets).good, within=PATIENCE)
    api.done("POST", widgets, named("one", "Widget", "example.com/v1", **held))
    webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    api.done("POST", webhooks, refusing_webhook())


def widget_definition() -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
    }
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    return named(
        "widgets.example.com", "CustomResourceDefinition", "apiextensions.k8s.io/v1", spec=spec
    )


def refusing_webhook() -> dict[str, Any]:
    """A webhook that is not there, without which nothing of a kind may be deleted."""
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["DELETE"],
        "resources": ["configmaps", "services"],
    }
    hook = {
        "name": "gone.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 1,
        "clientConfig": {"url": "https://127.0.0.1:9/gone", "caBundle": ""},
        "rules": [rule],
    }
    return named(
        "gone",
        "ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io/v1",
        webhooks=[hook],
    )


def test_where_controllers_run_a_watch_outlives_a_reset(cluster: Cluster, api: ClusterApi) -> None:
    if not isinstance(cluster, HasControllers):
        pytest.skip("nobody of the cluster's own watches it")
    with watching(cluster) as next_event:
        api.done("POST", MAPS, named("before"))
        assert next_event("before") == "ADDED"
        reset(cluster)
        assert next_event("before") == "DELETED"
        api.done("POST", MAPS, named("after"))
        assert next_event("after") == "ADDED"


@contextlib.contextmanager
def watching(cluster: Cluster) -> Iterator[Callable[[str], str]]:
    from loadstone.system.api_pool import ApiPool

    pool = ApiPool(cluster.access, agent="test/1", timeout=PATIENCE)
    answer = pool.request("GET", f"{MAPS}?watch=true", preload=False)
    lines = (json.loads(line) for line in _lines(answer))
    try:
        yield lambda name: next(
            str(event["type"]) for event in lines if event["object"]["metadata"]["name"] == name
        )
    finally:
        answer.close()
        pool.close()


def _lines(answer: Any) -> Iterator[bytes]:
    rest = b""
    for chunk in answer.stream(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from filter(None, lines)


def test_nodes_are_as_many_as_wanted_and_pods_run_on_them(
    cluster: Cluster, api: ClusterApi
) -> None:
    if not isinstance(cluster, Scalable):
        pytest.skip("this provider has no nodes")
    cluster.scale(3)
    assert inventory(api, "/api/v1/nodes")["/api/v1/nodes"] == ["node-0", "node-1", "node-2"]
    api.done("POST", "/apis/apps/v1/namespaces/default/deployments", deployment(4))
    eventually(lambda: phases(api).count("Running") == 4, within=PATIENCE)
    uid = api.get("/api/v1/nodes/node-0")["metadata"]["uid"]
    reset(cluster)
    assert phases(api) == []
    assert api.get("/api/v1/nodes/node-0")["metadata"]["uid"] == uid, "it was as new"
    cluster.scale(1)
    assert inventory(api, "/api/v1/nodes")["/api/v1/nodes"] == ["node-0"]
    cluster.scale(0)
    assert inventory(api, "/api/v1/nodes")["/api/v1/nodes"] == []


def test_a_node_that_somebody_changed_is_made_anew(cluster: Cluster, api: ClusterApi) -> None:
    if not isinstance(cluster, Scalable):
        pytest.skip("this provider has no nodes")
    cluster.scale(2)
    labels = {"metadata": {"labels": {"changed": "yes"}}}
    api.ask("PATCH", "/api/v1/nodes/node-1", labels, content_type="application/merge-patch+json")
    reset(cluster)
    cluster.scale(2)
    assert "changed" not in api.get("/api/v1/nodes/node-1")["metadata"]["labels"]
    cluster.scale(0)


def deployment(replicas: int) -> dict[str, Any]:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    return named("web", "Deployment", "apps/v1", spec=spec)


def phases(api: ClusterApi) -> list[str]:
    pods = api.get("/api/v1/pods")["items"]
    return [str(pod.get("status", {}).get("phase", "")) for pod in pods]


@pytest.mark.parametrize("name", LOCAL)
def test_nothing_is_left_on_leaving(name: str, tmp_path: Path) -> None:
    before = set(_ours())
    with made(name).provision(workdir=tmp_path / "one") as one:
        with made(name).provision(workdir=tmp_path / "two") as two:
            assert one.api != two.api
            assert one.alive()
            assert two.alive()
        assert not two.alive()
        assert one.alive()
    assert set(_ours()) == before


@pytest.mark.parametrize("name", LOCAL)
def test_nothing_is_left_by_one_who_is_killed(name: str, tmp_path: Path) -> None:
    for each in {"hollow": ["etcd", "kube-apiserver"]}.get(name, []):
        binary(each)
    script = f"""
        import pathlib, time
        from tests.cluster.test_contract import made
        with made({name!r}).provision(workdir=pathlib.Path({str(tmp_path)!r})):
            print("up", flush=True)
            time.sleep(600)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    started = [each.pid for each in psutil.Process(child.pid).children(recursive=True)]
    assert started
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    deadline = time.monotonic() + 30
    while any(map(_runs, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(_runs, started))


def _ours() -> list[int]:
    return [each.pid for each in psutil.Process().children(recursive=True) if _runs(each.pid)]


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("name", ["memory-controllers", "hollow"])
def test_programs_that_are_missing_are_all_named_before_anything_starts(
    name: str, tmp_path: Path
) -> None:
    from loadstone.errors import MissingTool

    def nowhere(program: str) -> Path:
        raise MissingTool(f"there is no program `{program}`", next_step="get it")

    lacking = provider(name, options=ProviderOptions(find_program=nowhere))
    missing = {problem.where for problem in lacking.problems()}
    assert missing >= {"kube-controller-manager", "kube-scheduler", "kwok"}
    with pytest.raises(MissingTool), lacking.provision(workdir=tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
