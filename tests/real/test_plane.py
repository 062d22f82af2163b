"""The contract that the embedded server keeps is one that the real server keeps, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.client import Api
from tests.contract.conftest import KUBECONFIG
from tests.contract.resources import SERVICE_ACCOUNTS
from tests.contract.waiting import eventually
from tests.real.controllers import controller_manager
from tests.real.plane import real_plane

TREE = Path(__file__).parents[2]


@pytest.mark.real
@pytest.mark.timeout(3600)
def test_the_contract_holds_on_the_real_server(tmp_path: Path) -> None:
    with (
        real_plane(tmp_path) as plane,
        controller_manager(plane.kubeconfig, tmp_path, plane.signing),
    ):
        _controllers_work(plane.kubeconfig)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "tests/contract", "-q", "-m", "not e2e"],
            cwd=TREE,
            env={**os.environ, KUBECONFIG: str(plane.kubeconfig)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:]


def _controllers_work(kubeconfig: Path) -> None:
    """Wait until they have begun, which is after the manager is healthy."""
    api = Api(kubeconfig)
    try:
        eventually(lambda: api.of(SERVICE_ACCOUNTS, "default").exists("default"))
    finally:
        api.close()
