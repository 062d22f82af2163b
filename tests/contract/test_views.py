"""Kinds that two APIs show in two shapes: events, and autoscalers."""

from __future__ import annotations

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.resources import EVENTS, Resource

NEWER = Resource("/apis/events.k8s.io/v1", "events", "Event")
SCALERS = Resource("/apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
OLDER = Resource("/apis/autoscaling/v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


def metric(name: str, target: int) -> dict[str, object]:
    goal = {"type": "Utilization", "averageUtilization": target}
    return {"type": "Resource", "resource": {"name": name, "target": goal}}


@pytest.fixture
def older(space: Space) -> Collection:
    return space.of(OLDER)


def test_an_event_of_the_newer_api_is_an_event_of_the_older(space: Space) -> None:
    event = {
        "metadata": {"name": "e"},
        "eventTime": "2026-01-02T03:04:05.678901Z",
        "regarding": {"kind": "Pod", "name": "p", "namespace": space.name},
        "note": "said",
        "reason": "Why",
        "action": "Doing",
        "type": "Normal",
        "reportingController": "example.com/c",
        "reportingInstance": "c-1",
    }
    made = space.of(NEWER).create(event).ok()
    assert (made["apiVersion"], made["note"]) == ("events.k8s.io/v1", "said")
    seen = space.of(EVENTS).read("e").ok()
    assert (seen["message"], seen["involvedObject"]["name"]) == ("said", "p")
    assert seen["reportingComponent"] == "example.com/c"
    assert seen["metadata"]["uid"] == made["metadata"]["uid"]
    assert space.of(NEWER).names(fieldSelector="regarding.name=p") == ["e"]
    assert space.of(NEWER).names(fieldSelector="reportingController=other") == []
    assert space.of(EVENTS).names(fieldSelector="involvedObject.name=p") == ["e"]


@pytest.mark.parametrize("first", [NEWER, EVENTS], ids=["newer", "older"])
def test_each_api_is_watched_in_its_own_words(space: Space, first: Resource) -> None:
    about = {"kind": "Pod", "name": "p", "namespace": space.name}
    second = EVENTS if first is NEWER else NEWER
    with space.of(first).watch() as one, space.of(second).watch() as other:
        seen = {first: one, second: other}
        event = {"metadata": {"name": "e"}, "involvedObject": about, "message": "said"}
        space.of(EVENTS).create(event).ok()
        assert seen[NEWER].next()["object"]["note"] == "said"
        assert seen[EVENTS].next()["object"]["message"] == "said"


def test_events_of_both_apis_are_watched_and_deleted_in_both(space: Space) -> None:
    about = {"kind": "Pod", "name": "p", "namespace": space.name}
    event = {"metadata": {"name": "e"}, "involvedObject": about, "message": "said"}
    with space.of(NEWER).watch() as watch:
        space.of(EVENTS).create(event).ok()
        seen = watch.next()
        assert (seen["type"], seen["object"]["note"]) == ("ADDED", "said")
        space.of(EVENTS).patch("e", {"count": 2}).ok()
        assert watch.next()["object"]["deprecatedCount"] == 2
        labels = {"l": "m"}
        space.of(NEWER).patch("e", {"metadata": {"labels": labels}}).ok()
        assert watch.next()["object"]["metadata"]["labels"] == labels
        assert space.of(EVENTS).read("e").ok()["metadata"]["labels"] == labels
        space.of(NEWER).delete("e").ok()
        assert watch.next()["type"] == "DELETED"
    assert not space.of(EVENTS).exists("e")


def test_a_field_of_the_other_shape_is_unknown(space: Space) -> None:
    event = {"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod"}, "note": "n"}
    space.of(NEWER).create(event, fieldValidation="Strict").failed(400, "BadRequest")


def test_an_autoscaler_of_the_first_version_has_one_metric(space: Space, older: Collection) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET, "targetCPUUtilizationPercentage": 50}
    made = older.create({"metadata": {"name": "a"}, "spec": spec}).ok()
    assert made["apiVersion"] == "autoscaling/v1"
    assert made["spec"]["targetCPUUtilizationPercentage"] == 50
    seen = space.of(SCALERS).read("a").ok()
    assert seen["spec"]["metrics"] == [metric("cpu", 50)]
    assert seen["spec"]["minReplicas"] == made["spec"]["minReplicas"] == 1


def test_what_the_first_version_cannot_say_survives_it(space: Space, older: Collection) -> None:
    spec = {
        "maxReplicas": 3,
        "scaleTargetRef": TARGET,
        "metrics": [metric("memory", 70), metric("cpu", 50)],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
    }
    space.of(SCALERS).create({"metadata": {"name": "a"}, "spec": spec}).ok()
    seen = older.read("a").ok()
    assert seen["spec"]["targetCPUUtilizationPercentage"] == 50
    seen["spec"]["targetCPUUtilizationPercentage"] = 60
    older.replace(seen).ok()
    kept = space.of(SCALERS).read("a").ok()["spec"]
    assert kept["metrics"] == [metric("memory", 70), metric("cpu", 60)]
    assert kept["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 60


def test_each_way_of_patching_goes_through_a_view(space: Space, older: Collection) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET}
    older.create({"metadata": {"name": "a"}, "spec": spec}).ok()
    older.patch("a", {"spec": {"targetCPUUtilizationPercentage": 10}}).ok()
    older.patch("a", {"spec": {"maxReplicas": 5}}, "strategic").ok()
    step = {"op": "replace", "path": "/spec/targetCPUUtilizationPercentage", "value": 20}
    older.patch("a", [step], "json").ok()
    kept = space.of(SCALERS).read("a").ok()["spec"]
    assert (kept["maxReplicas"], kept["metrics"]) == (5, [metric("cpu", 20)])


def test_the_status_is_written_through_a_view(space: Space, older: Collection) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET}
    older.create({"metadata": {"name": "a"}, "spec": spec}).ok()
    status = {"status": {"currentReplicas": 2, "desiredReplicas": 3}}
    older.patch("a", status, subresource="status").ok()
    assert space.of(SCALERS).read("a").ok()["status"]["desiredReplicas"] == 3


def test_a_view_is_deleted_with_its_namespace_once(space: Space, older: Collection) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET}
    older.create({"metadata": {"name": "a"}, "spec": spec}).ok()
    assert [item["metadata"]["name"] for item in older.list().ok()["items"]] == ["a"]
    older.delete_all().ok()
    assert space.of(SCALERS).names() == []


@pytest.mark.parametrize(
    ("metrics", "targets"),
    [
        ([metric("cpu", 50)], "cpu: <unknown>/50%"),
        ([metric("cpu", 50), metric("memory", 60)], "cpu: <unknown>/50%, memory: <unknown>/60%"),
    ],
)
def test_an_autoscaler_is_shown_with_its_targets(
    space: Space, metrics: list[object], targets: str
) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET, "metrics": metrics}
    space.of(SCALERS).create({"metadata": {"name": "a"}, "spec": spec}).ok()
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    scalers = space.of(SCALERS)
    shown = scalers.api.get(scalers.path(), accept=table).ok()["rows"][0]["cells"]
    assert shown[:6] == ["a", "Deployment/web", targets, "1", 3, 0]
