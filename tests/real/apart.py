"""A network of one's own: for programs that listen on every address, or write firewall rules."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest


@functools.cache
def refused() -> str:
    """Why this machine gives no network namespace, "" where it does."""
    tried = subprocess.run(
        ["unshare", "--net", "sh", "-c", "ip link set lo up"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else tried.stderr.strip() or "unshare failed"


def run(module: str, *arguments: str, within: float) -> str:
    """What `python -m MODULE` prints in a network namespace where only loopback is up."""
    if why := refused():
        pytest.skip(f"needs the privilege to make a network namespace: {why}")
    script = 'ip link set lo up && exec "$0" -m "$@"'
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script, sys.executable, module, *arguments],
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
