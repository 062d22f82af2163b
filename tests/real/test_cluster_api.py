"""Cluster API's four managers, measured end to end as the component's file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from loadstone.component.own_network import hindrance
from tests.e2e.command import finish
from tests.real import binary

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.timeout(1800),  # the first builds what it needs
    pytest.mark.skipif(hindrance() != "", reason=f"no network namespace: {hindrance()}"),
]

# What `make managers` calls them, and so what stands beside a program that is named.
MANAGERS = {
    "manager": "cluster-api",
    "kubeadm-bootstrap-manager": "cluster-api-bootstrap",
    "kubeadm-control-plane-manager": "cluster-api-control-plane",
    "capd-manager": "cluster-api-infrastructure",
}
CREATE = Path(__file__).parents[2] / "scenarios/cluster-api/create.yaml"
PROCESSES = ("core", "bootstrap", "control-plane", "infrastructure")


def small(place: Path) -> Path:
    """The scenario that creates a cluster, of one control plane machine and three workers."""
    scenario = yaml.safe_load(CREATE.read_text())
    scenario["axes"]["control_planes"]["values"] = [1]
    scenario["tiers"]["quick"] |= {"scale": {"workers": 0.3}}
    place.write_text(yaml.safe_dump(scenario))
    return place


def test_a_cluster_is_healthy_and_its_requests_are_told_by_manager(tmp_path: Path) -> None:
    for name, program in MANAGERS.items():
        (tmp_path / name).symlink_to(binary(program))
    program = f"path:{tmp_path / 'manager'}"
    said = finish(
        "run",
        *("--scenario", small(tmp_path / "small.yaml"), "--component", "cluster-api"),
        *("--base", program, "--head", program, "--tier", "quick"),
        *("--looks", "2", "--out", "out"),
        cwd=tmp_path,
        timeout=600,
    )
    assert (tmp_path / "out/record.json").exists(), said.err
    runs = json.loads((tmp_path / "out/record.json").read_text())["runs"]
    assert len(runs) >= 2
    for run in runs:
        assert run["invalid"] == [], said.out
        found = run["quantities"]
        stages = ("infrastructure_ready", "control_plane_available", "workers_healthy")
        moments = [found[f"reconcile.{stage}.max"] for stage in stages]
        assert moments == sorted(moments)
        told = [found[f"api.requests.by_agent.{name}"] for name in PROCESSES]
        assert all(count > 0 for count in told)
        assert sum(told) == found["api.requests"]
        assert all(found[f"process.{name}.scrape.reconciles.delta"] > 0 for name in PROCESSES)
