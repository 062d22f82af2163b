"""The Job of load: as many pods as asked for, apart from each other and from what is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.component.in_pods.load_job import HOSTNAME, LABELS, PORT, load_job
from loadstone.formats.configuration import LoadSettings
from tests.component.in_pods.described import played_cluster

IMAGE = "loadstone:1"
SETTINGS = LoadSettings(pods=2, image=IMAGE)


def pod(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = job["spec"]["template"]["spec"]
    return found


@given(
    count=st.integers(1, 100),
    processes=st.integers(1, 16),
    spread=st.sampled_from(["preferred", "required"]),
    nodes=st.dictionaries(st.sampled_from(["a", "b"]), st.just("x")),
    selector=st.dictionaries(st.sampled_from(["c"]), st.just("y")),
    away=st.sampled_from(["", "node-1"]),
)
def test_every_pod_of_it_is_of_the_same_load(count, processes, spread, nodes, selector, away):
    settings = LoadSettings(pods=count, image=IMAGE, spread=spread, nodes=nodes)
    job = load_job(settings, count=count, processes=processes, selector=selector, away_from=away)
    spec = job["spec"]
    assert spec["completions"] == spec["parallelism"] == count
    assert spec["completionMode"] == "Indexed"
    assert spec["backoffLimit"] == 0
    assert pod(job).get("nodeSelector", {}) == (nodes or selector)
    (container,) = pod(job)["containers"]
    assert container["resources"] == {"requests": {"cpu": str(processes), "memory": "256Mi"}}
    rule = pod(job)["affinity"]["podAntiAffinity"]
    (term,) = rule[f"{spread}DuringSchedulingIgnoredDuringExecution"]
    term = term.get("podAffinityTerm", term)
    assert term == {"labelSelector": {"matchLabels": LABELS}, "topologyKey": HOSTNAME}
    assert spec["template"]["metadata"]["labels"].items() >= LABELS.items()
    assert ("node-1" in str(pod(job)["affinity"].get("nodeAffinity"))) is bool(away)


def test_it_may_do_nothing_but_send() -> None:
    """What Kubernetes calls a restricted pod, which any namespace takes."""
    spec = pod(load_job(SETTINGS, count=2))
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert "limits" not in container["resources"]
    assert "ports" not in container
    assert container["args"][-2:] == ["--port", str(PORT)]


def test_sysctls_are_the_pods_own() -> None:
    settings = LoadSettings(pods=1, image=IMAGE, sysctls={"b": "2", "a": "1"})
    assert pod(load_job(settings, count=1))["securityContext"]["sysctls"] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": "2"},
    ]
    none = LoadSettings(pods=1, image=IMAGE, sysctls={})
    assert "sysctls" not in pod(load_job(none, count=1))["securityContext"]


def test_taints_are_tolerated_where_the_cluster_keeps_nodes_for_load() -> None:
    taint = {"key": "loadstone.dev/load", "operator": "Exists"}
    assert pod(load_job(SETTINGS, count=1, tolerations=[taint]))["tolerations"] == [taint]
    assert "tolerations" not in pod(load_job(SETTINGS, count=1))


@pytest.mark.parametrize("spread", ["preferred", "required"])
def test_an_api_server_takes_it_as_it_is(spread: Any, tmp_path: Path) -> None:
    settings = LoadSettings(pods=2, image=IMAGE, spread=spread, nodes={"a": "b"})
    job = load_job(settings, count=2, tolerations=[{"operator": "Exists"}], away_from="n")
    with played_cluster(tmp_path) as cluster:
        side = cluster.sides[0]
        path = f"/apis/batch/v1/namespaces/{side.namespace}/jobs?dryRun=All&fieldValidation=Strict"
        answer = side.client.ask("POST", path, job)
    assert answer.good, answer.message
    taken = answer.body["spec"]["template"]["spec"]
    assert taken.keys() >= pod(job).keys()
    assert taken["affinity"] == pod(job)["affinity"]
    assert taken["securityContext"] == pod(job)["securityContext"]
