"""The flow of `record`: credentials, then a recorder that writes for as long as was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadstone.cluster.change_recorder import RecorderResult
from loadstone.cluster.change_recorder import record as written
from loadstone.cluster.credentials import credentials
from loadstone.errors import UsageError
from loadstone.system import temporary


def record(
    kinds: Sequence[str], *, kubeconfig: str, context: str, seconds: float, out: Path, most: int
) -> RecorderResult:
    """Write the changes of `kinds` in a cluster to `out`. Raises `UsageError`, `ClusterFailed`."""
    if out.exists():
        raise UsageError(f"{out} is there already", next_step="name another file with --out")
    with temporary.directory() as folder:
        access = credentials(kubeconfig, context, folder).access
        return written(access, list(kinds), seconds=seconds, out=out, most=most)
