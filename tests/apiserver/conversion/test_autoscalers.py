"""Autoscalers survive the shape that has one metric."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver.conversion import autoscalers


def metric(name: str, value: int) -> dict[str, Any]:
    goal = {"type": "Utilization", "averageUtilization": value}
    return {"type": "Resource", "resource": {"name": name, "target": goal}}


def test_a_note_that_cannot_be_read_stays_an_annotation() -> None:
    notes = {"autoscaling.alpha.kubernetes.io/metrics": "nope"}
    kept = autoscalers.version2({"metadata": {"annotations": notes}, "spec": {"maxReplicas": 1}})
    assert kept["metadata"]["annotations"] == notes


@given(
    others=st.lists(st.integers(1, 100).map(lambda value: metric("memory", value)), max_size=2),
    cpu=st.none() | st.integers(1, 100),
    notes=st.dictionaries(st.sampled_from("ab"), st.text(max_size=3)),
    conditions=st.lists(st.just({"type": "Ready", "status": "True"}), max_size=1),
)
def test_nothing_is_lost_on_the_way_there_and_back(
    others: list[Any], cpu: int | None, notes: dict[str, str], conditions: list[Any]
) -> None:
    metrics = [*others, *([] if cpu is None else [metric("cpu", cpu)])]
    kept = {
        "metadata": {"name": "a", "annotations": notes},
        "spec": {"maxReplicas": 3, **({"metrics": metrics} if metrics else {})},
        "status": {
            "currentReplicas": 1,
            "desiredReplicas": 2,
            **({"conditions": conditions} if conditions else {}),
        },
    }
    shown = autoscalers.version1(kept)
    assert shown["spec"].get("targetCPUUtilizationPercentage") == cpu
    assert "metrics" not in shown["spec"]
    assert autoscalers.version2(shown) == kept
