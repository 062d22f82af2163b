"""A sweep of what killed sessions left behind: processes, clusters, temporary directories."""

from __future__ import annotations

from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.system import processes, temporary


def sweep() -> list[str]:
    """Remove what killed runs left behind, and name it."""
    ended = [f"process {orphan.pid}: {orphan.command}" for orphan in processes.sweep()]
    clusters = [thing for name in PROVIDERS for thing in provider(name).sweep()]
    directories = [f"directory {path}" for path in temporary.sweep()]
    return [*ended, *clusters, *directories]
