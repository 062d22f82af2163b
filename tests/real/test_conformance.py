"""Kubernetes' own conformance specs against the embedded server: those that take seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real import binary, specs
from tests.real.conformance import cluster, run
from tests.real.specs import FAILED, PASSED

SLOW = (  # they wait by the clock, twenty seconds to five minutes: `make conformance` runs them
    "[Slow]",
    "watch on custom resource definition objects",
    "should apply changes to a resourcequota status",  # until the controller's next full sync
    "should verify ResourceQuota with terminating scopes",
    "capture the life of a configMap",
    "should return chunks of results for list calls",
    "should observe add, update, and delete watch notifications",
)
AT_LEAST = 50  # so many are left, and more than an empty selection


@pytest.mark.real
@pytest.mark.timeout(3600)  # the first run builds the suite
def test_conformance_specs_pass(tmp_path: Path) -> None:
    for name in ("kube-controller-manager", "e2e.test"):
        binary(name)
    with cluster(tmp_path, real=False, pods=False) as kubeconfig:
        skipped = specs.skip([*specs.PODS, *SLOW])
        outcomes = run(kubeconfig, tmp_path, specs.focus(), skipped, within=900.0)
    assert [f"{each.spec}: {each.why}" for each in outcomes if each.result == FAILED] == []
    assert sum(each.result == PASSED for each in outcomes) >= AT_LEAST
