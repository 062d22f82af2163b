"""What a pod's status means for a run."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.component.in_pods.pod_state import PodState, measured, other_image, reasons, state
from loadstone.model import Note

DIGEST = "registry.test/proxy@sha256:" + "a" * 64


def pod(container: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    found = {
        "name": "main",
        "imageID": DIGEST,
        "containerID": "containerd://" + "c" * 64,
        "restartCount": 0,
        "state": {"running": {}},
        **(container or {}),
    }
    return {
        "metadata": {"name": "p", "uid": "u"},
        "spec": {"nodeName": "n"},
        "status": {
            "hostIP": "10.0.0.1",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "side", "imageID": "x"}, found],
            **status,
        },
    }


def seen(container: dict[str, Any] | None = None, **status: Any) -> PodState:
    return state(pod(container, **status), "main")


def test_a_pod_that_runs_says_where_and_what() -> None:
    found = seen()
    assert (found.name, found.node, found.host) == ("p", "n", "10.0.0.1")
    assert found.ready
    assert found.image == DIGEST
    assert found.container == "c" * 64
    assert (found.restarts, found.hopeless, found.exited) == (0, "", None)


def test_a_pod_without_a_status_is_waited_for() -> None:
    found = state({"metadata": {"name": "p"}}, "main")
    assert not found.ready
    assert found.hopeless == ""


@pytest.mark.parametrize(
    ("container", "status", "said"),
    [
        ({"state": {"waiting": {"reason": "ContainerCreating"}}}, {}, ""),
        ({"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}, {},
         "ImagePullBackOff: no such image"),
        ({"state": {"terminated": {"exitCode": 3}}}, {}, "the container ended with status 3"),
        ({}, {"phase": "Failed", "reason": "Evicted", "message": "low on memory"},
         "Evicted: low on memory"),
    ],
)  # fmt: skip
def test_what_will_not_come_by_itself_is_not_waited_for(
    container: dict[str, Any], status: dict[str, Any], said: str
) -> None:
    assert seen(container, **status).hopeless == said


@pytest.mark.parametrize(("status", "exited"), [(0, 0), (3, 3), (137, -9), (143, -15)])
def test_the_end_of_a_container_is_that_of_a_process(status: int, exited: int) -> None:
    ended = {"terminated": {"exitCode": status}}
    assert seen({"state": ended}).exited == exited
    assert seen({"state": {"running": {}}, "lastState": ended}).exited == exited


def test_one_pod_is_measured_and_those_that_go_do_not_count() -> None:
    going = pod()
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert measured([going, pod()]) == pod()
    assert measured([going]) is None
    assert measured([pod(), pod()]) is None


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (seen(), []),
        (None, ["pod-gone"]),
        (state({**pod(), "metadata": {"name": "p", "uid": "other"}}, "main"), ["pod-gone"]),
        (seen({"restartCount": 2}), ["restarted"]),
        (seen({"imageID": "another"}), ["other-image"]),
    ],
)
def test_a_run_counts_only_if_the_pod_stayed_what_it_was(
    now: PodState | None, codes: list[str]
) -> None:
    assert [each.code for each in reasons(seen(), now)] == codes


def test_another_digest_than_the_wanted_one_is_a_reason() -> None:
    wanted = "proxy:1@sha256:" + "a" * 64
    assert other_image(DIGEST, wanted) == []
    assert other_image(DIGEST, "") == []
    other = DIGEST.replace("a" * 64, "b" * 64)
    assert other_image(other, wanted) == [Note.of("other-image", ran=other, wanted=wanted)]
