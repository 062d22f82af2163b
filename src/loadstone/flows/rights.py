"""The rights that the provider `existing` needs in the cluster that is named."""

from __future__ import annotations

from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.rights import Right
from loadstone.flows.cluster_programs import provider_options
from loadstone.formats.configuration import Config


def rights(config: Config) -> list[Right]:
    """Each with whether we have it: for namespaces, and for what the configured scenarios make."""
    return ExistingProvider(options=provider_options(config)).rights()
