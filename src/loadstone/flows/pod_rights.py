"""The rights that components in pods take in a cluster, and load that comes from pods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loadstone import formats
from loadstone.cluster.maker_rights import ANY_NAMESPACE
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.rights import Right
from loadstone.component.in_pods.rendering import rendered
from loadstone.formats.configuration import LoadSettings
from loadstone.formats.manifests import Manifest

# What is done where components run as pods, beside the objects that are made.
_OF_PODS: Mapping[str, Sequence[str]] = {
    "events": ("list",),
    "nodes": ("list",),
    "pods": ("get", "list"),
    "pods/log": ("get",),
    "pods/portforward": ("create",),
    "services": ("create", "delete", "get"),
}
_KUBELET = Right(
    verb="get",
    resource="nodes/proxy",
    use="numbers of a pod on a node that is elsewhere and has no agent",
)
_ANY = {"image": "image", "namespace": ANY_NAMESPACE, "revision": "0"}


def with_pods(
    options: ProviderOptions,
    components: Iterable[formats.Component],
    load: LoadSettings,
    tools: Mapping[str, Path],
) -> ProviderOptions:
    """The options with the rights that pods of these components take, and their load.

    Raises what rendering a deployment raises.
    """
    objects = [item for each in components for item in _objects(each, tools)]
    own = [
        Right(verb=verb, resource=resource)
        for resource, verbs in _OF_PODS.items()
        for verb in verbs
    ]
    return replace(
        options,
        objects=[*options.objects, *objects],
        kinds=[*options.kinds, *([("batch/v1", "Job")] if load.pods else ())],
        rights=[*options.rights, _KUBELET, *own],
    )


def _objects(component: formats.Component, tools: Mapping[str, Path]) -> Sequence[Manifest]:
    said = component.kubernetes
    return [] if said is None else rendered(said, {**component.settled({}), **_ANY}, tools)
