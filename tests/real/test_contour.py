"""Contour and Envoy as they are shipped: routes of either kind are right, and nothing regresses.

Contour is built first, which takes minutes, so CI does without: `make operators`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import finish

pytestmark = [pytest.mark.operators, pytest.mark.slow, pytest.mark.timeout(5400)]

VERSION = "1.33.8"
ROUNDS = "4"


@pytest.mark.parametrize(
    ("component", "scenario"),
    [
        ("contour", "ingress-latency"),
        ("contour", "ingress-config"),
        ("contour", "ingress-churn"),
        ("contour", "routes-cold-start"),
        ("contour", "routes-endpoints"),
        ("contour-httpproxy", "ingress-config"),
        ("contour-httpproxy", "routes-cold-start"),
        ("contour", "routes-bursts"),
        ("contour-httproute", "ingress-config"),
        ("contour-httproute", "routes-cold-start"),
    ],
)
def test_contour_is_no_regression_of_itself(tmp_path: Path, component: str, scenario: str) -> None:
    said = finish(
        "run",
        *("--scenario", scenario, "--component", component, "--tier", "quick"),
        *("--base", VERSION, "--head", VERSION, "--looks", ROUNDS, "--out", tmp_path / "out"),
        cwd=tmp_path,
        timeout=5400.0,
    )
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    verdicts = {row["verdict"] for row in record["judgement"]["comparisons"]}
    assert "regression" not in verdicts, said.out
    valid = [run for run in record["runs"] if not run["invalid"]]
    assert len(valid) >= 2 * int(ROUNDS) - 2, said.out
