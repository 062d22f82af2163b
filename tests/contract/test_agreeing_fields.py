"""Fields of an object that must agree with each other, and defaults that follow from others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object, config_map, deployment, pod, secret, service
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, PODS, SECRETS, SERVICES, Resource

TEMPLATES = Resource("/api/v1", "podtemplates", "PodTemplate")
LIMITS = Resource("/api/v1", "limitranges", "LimitRange")
JOBS = Resource("/apis/batch/v1", "jobs", "Job")
CRON_JOBS = Resource("/apis/batch/v1", "cronjobs", "CronJob")
NETWORK_POLICIES = Resource("/apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy")


def holding(*containers: Object, **spec: Any) -> Object:
    item = pod("a")
    item["spec"] |= {"containers": list(containers), **spec}
    return item


def container(name: str = "main", **fields: Any) -> Object:
    return {"name": name, "image": IMAGE, **fields}


def resources(**parts: Any) -> Object:
    return container(resources=parts)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (holding(container(), container()), "spec.containers[1].name"),
        (
            holding(container(), volumes=[{"name": "v", "emptyDir": {}}] * 2),
            "spec.volumes[1].name",
        ),
        (
            holding(container(volumeMounts=[{"name": "none", "mountPath": "/x"}])),
            "spec.containers[0].volumeMounts[0].name",
        ),
        (holding(resources(limits={"cpu": "-1"})), "spec.containers[0].resources.limits[cpu]"),
        (
            holding(resources(limits={"memory": "1Gi"}, requests={"memory": "1025Mi"})),
            "spec.containers[0].resources.requests",
        ),
    ],
)
def test_containers_that_do_not_agree_are_invalid(space: Space, item: Object, field: str) -> None:
    found = space.of(PODS).create(item).failed(422, "Invalid")
    assert field in [each["field"] for each in found["details"]["causes"]]


def test_so_are_those_of_a_template(space: Space) -> None:
    item = deployment("a")
    item["spec"]["template"]["spec"]["containers"] *= 2
    space.of(DEPLOYMENTS).create(item).invalid("spec.template.spec.containers[1].name")


def test_a_request_up_to_its_limit_is_good(space: Space) -> None:
    limited = resources(limits={"memory": "1Gi", "cpu": 1}, requests={"memory": "1024Mi"})
    made = space.of(PODS).create(holding(limited)).ok()
    assert made["spec"]["containers"][0]["resources"]["requests"] == {"memory": "1Gi", "cpu": "1"}


def test_only_a_pod_requests_what_it_is_limited_to(space: Space) -> None:
    item = deployment("a")
    item["spec"]["template"]["spec"]["containers"] = [resources(limits={"cpu": "1"})]
    made = space.of(DEPLOYMENTS).create(item).ok()
    assert made["spec"]["template"]["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1"}
    }


def test_a_port_of_a_service_comes_once(space: Space) -> None:
    item = service("a")
    item["spec"]["ports"] = [
        {"name": "one", "port": 53, "protocol": "UDP"},
        {"name": "two", "port": 53, "protocol": "TCP"},
    ]
    space.of(SERVICES).create(item).ok()
    item["spec"]["ports"].append({"name": "three", "port": 53})
    item["metadata"]["name"] = "b"
    space.of(SERVICES).create(item).invalid("spec.ports[2]")


@pytest.mark.parametrize("name", ["1a", "a.b", "A"])
def test_a_service_is_named_by_a_label_that_begins_with_a_letter(space: Space, name: str) -> None:
    found = space.of(SERVICES).create(service(name)).invalid("metadata.name")
    assert "DNS-1035" in found["message"]


@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
def test_a_service_that_nodes_offer_says_which_of_them_take_its_traffic(
    space: Space, kind: str
) -> None:
    item = service("a")
    item["spec"]["type"] = kind
    assert space.of(SERVICES).create(item).ok()["spec"]["externalTrafficPolicy"] == "Cluster"
    plain = space.of(SERVICES).patch("a", {"spec": {"type": "ClusterIP"}}, "merge").ok()
    assert "externalTrafficPolicy" not in plain["spec"]


def test_a_key_of_a_config_map_is_text_or_bytes(space: Space) -> None:
    item = config_map("a", {"key": "x"})
    item["binaryData"] = {"key": "aGk="}
    space.of(CONFIG_MAPS).create(item).invalid("data[key]")


@pytest.mark.parametrize(
    ("type_", "key"),
    [
        ("kubernetes.io/tls", "tls.crt"),
        ("kubernetes.io/ssh-auth", "ssh-privatekey"),
        ("kubernetes.io/dockerconfigjson", ".dockerconfigjson"),
    ],
)
def test_a_secret_holds_what_its_type_says(space: Space, type_: str, key: str) -> None:
    found = space.of(SECRETS).create(secret("a", type_)).failed(422, "Invalid")
    assert f"data[{key}]" in [each["field"] for each in found["details"]["causes"]]


def test_a_schedule_has_five_fields(space: Space) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    spec = {"suspend": True, "jobTemplate": {"spec": {"template": template}}}
    for name, schedule, good in (("a", "* * * *", False), ("b", "@daily", True)):
        item = {"metadata": {"name": name}, "spec": {**spec, "schedule": schedule}}
        answer = space.of(CRON_JOBS).create(item)
        if good:
            made = answer.ok()["spec"]["jobTemplate"]["spec"]["template"]["spec"]
            assert made["dnsPolicy"] == "ClusterFirst"
        else:
            answer.invalid("spec.schedule")


def test_a_job_is_found_by_its_name(space: Space) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    item = {"metadata": {"name": "a"}, "spec": {"suspend": True, "template": template}}
    space.of(JOBS).create(item).ok()
    for label in ("job-name=a", "batch.kubernetes.io/job-name=a"):
        assert space.of(JOBS).names(labelSelector=label) == ["a"]


def test_a_pod_template_has_the_defaults_of_a_pod(space: Space) -> None:
    item = {"metadata": {"name": "a"}, "template": {"spec": {"containers": [container()]}}}
    spec = space.of(TEMPLATES).create(item).ok()["template"]["spec"]
    assert (spec["restartPolicy"], spec["dnsPolicy"]) == ("Always", "ClusterFirst")


def test_limits_of_containers_that_are_left_open_follow_from_the_others(space: Space) -> None:
    limit = {"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}}
    item = {"metadata": {"name": "a"}, "spec": {"limits": [limit]}}
    (made,) = space.of(LIMITS).create(item).ok()["spec"]["limits"]
    assert made["default"] == {"cpu": "2"}
    assert made["defaultRequest"] == {"cpu": "2", "memory": "1Mi"}


def test_a_network_policy_says_which_ways_it_is_about(space: Space) -> None:
    egress = [{"ports": [{"port": 5}]}]
    item = {"metadata": {"name": "a"}, "spec": {"podSelector": {}, "egress": egress}}
    spec = space.of(NETWORK_POLICIES).create(item).ok()["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["egress"][0]["ports"] == [{"port": 5, "protocol": "TCP"}]


def test_a_binding_names_the_pod_that_it_is_of(space: Space) -> None:
    space.of(PODS).create(pod("a")).ok()
    path = space.of(PODS).path("a", "binding")
    body = {"target": {"kind": "Node", "name": "n"}}
    space.api.request("POST", path, body).failed(400, "BadRequest")
    space.api.request("POST", path, {**body, "metadata": {"name": "a"}}).ok()


def test_an_empty_list_of_managers_cannot_be_applied(space: Space) -> None:
    item = config_map("a", managedFields=[])
    space.of(CONFIG_MAPS).apply(item, "m").failed(400, "BadRequest")
