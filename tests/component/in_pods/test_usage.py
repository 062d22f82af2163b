"""What a container has used: found on this machine, or told by its kubelet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from loadstone.component.in_pods.kubelet_summary import of_summary
from loadstone.component.in_pods.local_container import main_process
from loadstone.component.in_pods.measured_ports import addresses, node_port_service
from loadstone.component.in_pods.node_choice import hostnames

ONE, OTHER = "1" * 64, "2" * 64


def process(proc: Path, pid: int, parent: int, start: int, container: str = "") -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "cgroup").write_text(f"0::/kubepods.slice/cri-containerd-{container}.scope\n")
    fields = ["S", str(parent), *["0"] * 17, str(start), "0"]
    (folder / "stat").write_text(f"{pid} (a) b) {' '.join(fields)}\n")


def test_the_first_process_of_a_container_is_its_main_one(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    process(tmp_path, 10, 1, 5)
    process(tmp_path, 20, 10, 7, ONE)
    process(tmp_path, 21, 20, 8, ONE)
    process(tmp_path, 30, 10, 9, ONE)  # executed in it later
    process(tmp_path, 40, 10, 1, OTHER)
    assert main_process(ONE, tmp_path) == 20
    assert main_process("3" * 64, tmp_path) is None


@pytest.mark.parametrize("identity", ["", "1", str(os.getpid())], ids=["none", "1", "ours"])
def test_what_is_no_identity_is_nobody_here(identity: str) -> None:
    assert main_process(identity) is None


SUMMARY: dict[str, Any] = {
    "pods": [
        {"podRef": {"uid": "other"}, "containers": []},
        {
            "podRef": {"uid": "u"},
            "containers": [
                {
                    "name": "main",
                    "cpu": {"time": "2026-11-27T10:00:01Z", "usageCoreNanoSeconds": 2_500_000_000},
                    "memory": {"workingSetBytes": 3000, "rssBytes": 2000},
                },
                {"name": "fresh", "cpu": {"time": "2026-11-27T10:00:01Z"}, "memory": {}},
            ],
        },
    ]
}


def test_a_kubelets_summary_has_the_container_of_the_pod() -> None:
    found = of_summary(SUMMARY, "u", "main")
    assert found is not None
    assert (found.cpu, found.working_set, found.anon) == (2.5, 3000, 2000)
    assert found.stamp == 1_795_773_601.0


@pytest.mark.parametrize("asked", [("u", "fresh"), ("u", "none"), ("other", "main"), ("x", "main")])
def test_what_a_kubelet_does_not_know_is_nothing(asked: tuple[str, str]) -> None:
    assert of_summary(SUMMARY, *asked) is None
    assert of_summary({}, *asked) is None


def node(name: str, *, ready: str = "True", labels: Any = None, **spec: Any) -> dict[str, Any]:
    status = {"conditions": [{"type": "Ready", "status": ready}]}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec, "status": status}


def test_a_node_that_keeps_pods_away_is_not_measured_on() -> None:
    nodes = [
        node("kept", taints=[{"key": "a", "effect": "NoSchedule"}]),
        node("liked", taints=[{"key": "a", "effect": "PreferNoSchedule"}]),
        node("late", ready="False"),
        node("off", unschedulable=True),
        node("n1", labels={"kubernetes.io/hostname": "host-1"}),
    ]
    assert hostnames(nodes) == ["liked", "host-1"]


def test_the_ports_of_a_node_lead_to_those_of_the_pod() -> None:
    service = node_port_service({"http": 80, "admin_tls": 81}, {"app": "x"})
    assert service["spec"]["selector"] == {"app": "x"}
    for each, number in zip(service["spec"]["ports"], (30_080, 30_081), strict=True):
        each["nodePort"] = number
    ports = {"http": 80, "admin_tls": 81}
    assert addresses(service, ports, "10.0.0.1") == {
        "http": "10.0.0.1:30080",
        "admin_tls": "10.0.0.1:30081",
    }
    assert addresses(service, ports, "fd00::1")["http"] == "[fd00::1]:30080"
    assert addresses({}, ports, "10.0.0.1") == addresses(service, ports, "") == {}
