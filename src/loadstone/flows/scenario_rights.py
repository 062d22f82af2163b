"""The rights that scenarios take in a cluster: for what they make there, watch and ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from loadstone import formats
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.session_rights import KindUse
from loadstone.errors import LoadstoneError
from loadstone.flows.files import scenario_sources
from loadstone.formats.configuration import Config
from loadstone.formats.configuration.setting_types import several
from loadstone.formats.deployment import DEFINITION
from loadstone.formats.manifests import Manifest

_DEFINITIONS = ("apiextensions.k8s.io/v1", DEFINITION)
_WATCHED = ("list", "watch")


def with_scenarios(
    options: ProviderOptions,
    workloads: Iterable[formats.Workload],
    components: Sequence[formats.Component] = (),
) -> ProviderOptions:
    """The options with the rights that these workloads take, and the objects of the components."""
    from loadstone.plan.check_workload import each_step

    objects = [item for component in components for item in component.objects]
    defined = any(_brings_definitions(each) for each in components)
    uses = [_watch(*_DEFINITIONS)] if defined or _defines(objects) else []
    for workload in workloads:
        templates = _templates(workload, components)
        objects += [item for template in templates.values() for item in template.objects]
        uses += [use for template in templates.values() for use in _watched(template)]
        uses += [use for _, step in each_step(workload) for use in _of_step(step, templates)]
    return replace(
        options,
        objects=[*options.objects, *objects],
        kinds=[*options.kinds, *([_DEFINITIONS] if defined else ())],
        uses=[*options.uses, *uses],
    )


def workloads(config: Config) -> list[formats.Workload]:
    """The workloads of the configured scenarios.

    Of files that are wrong there are none: who measures with them says so.
    """
    from loadstone.plan.scenarios import parse_scenario

    try:
        return [
            parse_scenario(source.text, source.name).workload
            for source in scenario_sources(several(config.scenario or []), config)
        ]
    except LoadstoneError:
        return []


def _templates(
    workload: formats.Workload, components: Iterable[formats.Component]
) -> Mapping[str, formats.Template]:
    """Its own, and those of the components that it asks for."""
    theirs = {
        name: template
        for component in components
        for name, template in component.templates.items()
        if name in workload.given
    }
    return {**theirs, **workload.templates}


def _brings_definitions(component: formats.Component) -> bool:
    ways = component.revisions
    return any(each is not None and each.definitions is not None for each in (ways.build, ways.go))


def _defines(objects: Iterable[Manifest]) -> bool:
    return any(item.get("kind") == DEFINITION for item in objects)


def _watch(version: str, kind: str) -> KindUse:
    return KindUse(version=version, kind=kind, verbs=_WATCHED)


def _watched(template: formats.Template) -> Iterator[KindUse]:
    """What is watched to know when a copy is right."""
    for each in template.right.values():
        if each.kind:
            yield _watch(each.api_version, each.kind)
        elif not each.dial:
            yield _of_first(template, _WATCHED)


def _of_first(template: formats.Template, verbs: Sequence[str]) -> KindUse:
    first = template.objects[0]
    return KindUse(version=str(first["apiVersion"]), kind=str(first["kind"]), verbs=verbs)


def _of_step(step: formats.Step, templates: Mapping[str, formats.Template]) -> Iterator[KindUse]:
    if isinstance(step, formats.Watchers) and step.template in templates:
        yield _of_first(templates[step.template], _WATCHED)
    if isinstance(step, formats.ApiRequests):
        asked = KindUse(version=step.api_version, kind=step.of_kind, verbs=("list",))
        yield asked
        if step.verb != "list":
            yield replace(asked, verbs=(step.verb,), part=step.subresource)
