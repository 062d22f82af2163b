"""A sweep of what killed sessions left behind: processes, clusters, temporary directories."""

from __future__ import annotations

from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.errors import UsageError
from loadstone.flows.cluster_programs import provider_options
from loadstone.formats.configuration import Config
from loadstone.system import processes, temporary


def sweep(config: Config | None = None) -> list[str]:
    """Remove what killed runs left behind, and name it."""
    options = provider_options(config or Config(), make=False)
    ended = [f"process {orphan.pid}: {orphan.command}" for orphan in processes.sweep()]
    directories = [f"directory {path}" for path in temporary.sweep()]
    # Last, since what is elsewhere may not answer: that keeps nothing of this machine.
    clusters = [thing for name in PROVIDERS for thing in provider(name, options=options).sweep()]
    return [*ended, *directories, *clusters]


def sweep_eks(config: Config) -> list[str]:
    """Remove what is over in AWS, and name it. Raises `UsageError` where no region is named."""
    if config.eks is None:
        raise UsageError(
            "the configuration has no section `eks`, and so no region to look in",
            next_step="name the file that has one: --config FILE",
        )
    return provider("eks", options=provider_options(config, make=False)).sweep()
