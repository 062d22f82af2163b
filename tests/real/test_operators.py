"""The operators of `examples`: what each defect costs is found, on the metric it is about."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Said, finish
from tests.real import binary

pytestmark = [pytest.mark.operators, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CONTROLLERS = "kube-controller-manager"
ROUNDS = "4"
Compare = Callable[[str, str, str], tuple[Said, dict[str, Any]]]


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Compare:
    """A comparison of an operator with itself with a defect, in the quick tier of a scenario."""

    def compared(example: str, scenario: str, defect: str) -> tuple[Said, dict[str, Any]]:
        folder = tmp_path_factory.mktemp(example)
        sound = _starting(example, folder / "sound", "")
        defective = _starting(example, folder / "defect", defect)
        said = finish(
            "run",
            *("--scenario", f"controller-{scenario}"),
            *("--component", _component(example)),
            *("--base", f"path:{sound}"),
            *("--head", f"path:{defective if defect else sound}"),
            *("--tier", "quick", "--looks", ROUNDS, "--out", folder / "out"),
            cwd=folder,
        )
        return said, json.loads((folder / "out" / "record.json").read_text())

    return compared


def _component(example: str) -> str:
    """What `--component` is told of an example, or of Kubernetes' own controllers."""
    return example if example == CONTROLLERS else str(EXAMPLES / example / "component.yaml")


def _starting(example: str, script: Path, defect: str) -> Path:
    """A program that starts an example with a defect."""
    program = f'"{sys.executable}" "{EXAMPLES / example / "websites.py"}"'
    if example in ("go-operator", CONTROLLERS):
        program = f'"{binary(example)}"'
    script.write_text(f'#!/bin/sh\nexec {program} {defect} "$@"\n')
    script.chmod(0o755)
    return script


def _verdicts(record: dict[str, Any]) -> dict[str, str]:
    rows = record["judgement"]["comparisons"]
    return {row["metric"]["name"]: row["verdict"] for row in rows}


@pytest.mark.parametrize(
    ("example", "scenario", "defect", "metric"),
    [
        ("go-operator", "reconcile", "--extra-call", "api_requests"),
        ("go-operator", "reconcile", "--make-key", "cpu_seconds"),
        ("go-operator", "idle", "--requeue", "reconciles"),
        ("go-operator", "reconcile", "--miss-cache", "api_requests"),
        ("go-operator", "idle", "--expire-watch", "idle_requests"),
        ("kopf-operator", "reconcile", "--extra-call", "api_requests"),
        ("kopf-operator", "reconcile", "--make-key", "cpu_seconds"),
        ("kopf-operator", "idle", "--requeue", "idle_requests"),
        ("kopf-operator", "reconcile", "--miss-cache", "api_requests"),
        ("kopf-operator", "idle", "--expire-watch", "idle_requests"),
    ],
)
def test_a_defect_is_flagged_on_its_metric(
    compare: Compare, example: str, scenario: str, defect: str, metric: str
) -> None:
    said, record = compare(example, scenario, defect)
    assert _verdicts(record)[metric] == "regression", said.out
    assert said.code == 1, said.out


@pytest.mark.parametrize("scenario", ["reconcile", "change", "cold-start", "idle", "delete"])
@pytest.mark.parametrize("example", ["go-operator", CONTROLLERS])
def test_a_sound_operator_is_no_regression_of_itself(
    compare: Compare, example: str, scenario: str
) -> None:
    said, record = compare(example, scenario, "")
    assert "regression" not in _verdicts(record).values(), said.out
    valid = [run for run in record["runs"] if not run["invalid"]]
    assert len(valid) >= 2 * int(ROUNDS) - 2, said.out
