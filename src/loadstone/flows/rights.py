"""The rights that a session needs in the cluster that is named."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone import formats
from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.rights import Right
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.files import component_source, with_manifests
from loadstone.flows.pod_rights import with_pods
from loadstone.flows.scenario_rights import with_scenarios, workloads
from loadstone.flows.settings import tool_paths
from loadstone.formats.configuration import Config
from loadstone.model.plan import PODS


def rights(config: Config) -> list[Right]:
    """Each with whether we have it: for namespaces, for what the configured scenarios make and
    watch, and in the place `pods` for what the configured components are deployed as.

    Raises what reading their files raises.
    """
    components = list(_components(config))
    options = with_scenarios(provider_options(config), workloads(config), components)
    if config.place == PODS:
        options = with_pods(options, components, config.load, tool_paths(config))
    return ExistingProvider(options=options).rights()


def _components(config: Config) -> Iterator[formats.Component]:
    from loadstone.plan.components import parse_component

    for each in config.measured():
        source = component_source(each.name, config)
        component = parse_component(source.text, source.name)
        yield with_manifests(component, source.text, source.name)
