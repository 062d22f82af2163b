"""What of a deployment is measured, and what keeps it from being so."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.formats import Kubernetes
from loadstone.formats.deployment import container, in_this_run, pod_labels, problems, workload

IMAGE = "proxy:v2"
SAID = Kubernetes(workload="Deployment/proxy")


SELECTOR = {"matchLabels": {"app": "proxy"}}


def deployment(name: str = "proxy", **spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "main", "image": IMAGE}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": SELECTOR, "template": {"spec": pod}, **spec},
    }


def named(kind: str, name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def said(*objects: dict[str, Any], **more: Any) -> list[str]:
    asked = Kubernetes(workload="Deployment/proxy", **more)
    return list(problems(asked, objects, image=IMAGE, namespace="ours"))


def containers(*names: str) -> dict[str, Any]:
    pod = {"containers": [{"name": name, "image": IMAGE} for name in names]}
    return deployment(template={"spec": pod})


def test_a_deployment_of_one_pod_with_the_revisions_image_is_measured() -> None:
    config = named("ConfigMap", "a", namespace="ours")
    assert said(config, deployment()) == []
    assert workload(SAID, [config, deployment()]) == deployment()
    assert container(SAID, deployment()) == "main"
    assert pod_labels(deployment()) == {"app": "proxy"}


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (
            said(deployment("prox")),
            "Deployment/proxy is not among the objects (did you mean `Deployment/prox`?)",
        ),
        (said(deployment(), deployment()), "Deployment/proxy is twice among the objects"),
        (
            said(deployment(replicas=3)),
            "Deployment/proxy runs 3 pods, and one is measured: set `replicas: 1`",
        ),
        (said(deployment(template={})), "Deployment/proxy has no containers"),
        (
            said(deployment(selector={})),
            "Deployment/proxy does not say its pods' labels in `spec.selector.matchLabels`",
        ),
        (
            said(containers("main", "side")),
            "Deployment/proxy has several containers: say in `container` which is measured",
        ),
        (
            said(containers("main"), container="maim"),
            "Deployment/proxy has no container `maim` (did you mean `main`?)",
        ),
        (
            said(deployment(template={"spec": {"containers": [{"name": "a", "image": "x:1"}]}})),
            (
                "the container a of Deployment/proxy runs x:1, the same for every revision:"
                " its image is `${image}`"
            ),
        ),
        (
            said(deployment(), named("ConfigMap", "a", namespace="theirs")),
            "ConfigMap/a is for the namespace theirs: write `${namespace}`, or nothing",
        ),
        (
            said(deployment(), named("ClusterRole", "proxy")),
            (
                "ClusterRole/proxy has no namespace, and would be one for both sides: put"
                " `${namespace}` into its name"
            ),
        ),
    ],
)
def test_what_cannot_be_measured_is_said(found: list[str], why: str) -> None:
    assert found == [why]


def test_a_name_with_the_namespace_in_it_is_a_sides_own() -> None:
    assert said(deployment(), named("ClusterRole", "proxy-ours")) == []


def test_the_pod_is_put_on_a_node_beside_what_else_it_asks_for() -> None:
    own = [{"name": "A", "value": "1"}]
    pod = {
        "nodeSelector": {"disk": "ssd"},
        "containers": [{"name": "main", "env": own}, {"name": "side"}],
    }
    item = deployment(template={"spec": pod})
    found = in_this_run(item, "main", node="n1", variables={"B": "2"})["spec"]["template"]["spec"]
    assert found["nodeSelector"] == {"disk": "ssd", "kubernetes.io/hostname": "n1"}
    assert found["containers"][0]["env"] == [*own, {"name": "B", "value": "2"}]
    assert found["containers"][1] == {"name": "side"}
