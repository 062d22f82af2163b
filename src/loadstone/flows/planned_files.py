"""The files of a request: scenarios and their component, decoded together and bound to cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import msgspec

from loadstone import formats
from loadstone.cluster.provider import CountsPods, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.flows.files import (
    SourceFile,
    component_source,
    preset_source,
    scenario_sources,
    with_manifests,
    with_recordings,
)
from loadstone.flows.request import Request
from loadstone.model import CasePlan, Note


def read_files(request: Request) -> tuple[formats.Component, list[formats.Scenario]]:
    """Decode the files the request names, and give both what the component's presets hold.

    Raises `InvalidFile` with the problems of all of them.
    """
    from loadstone.plan.components import parse_component
    from loadstone.plan.presets import parse_preset, with_metrics, with_series
    from loadstone.plan.scenarios import parse_scenario

    problems: list[Problem] = []
    source = component_source(request.component, request.config)
    component = _decoded(parse_component, source, problems)
    if component is not None:
        component = _decoded(partial(with_manifests, component), source, problems)
    named = _named_presets(source, problems)
    presets = [_decoded(parse_preset, each, problems) for each in named]
    sources = scenario_sources(request.scenarios, request.config)
    scenarios = [_decoded(parse_scenario, each, problems) for each in sources]
    if not problems:
        problems += _misfits(component, source, scenarios, sources, request.place)
    if problems:
        raise InvalidFile(
            problems,
            next_step="mend the lines above; `loadstone schema` writes schemas for your editor",
        )
    if request.config.prometheus:
        component = msgspec.structs.replace(component, prometheus=request.config.prometheus)
    located = [
        with_recordings(scenario, each.name)
        for scenario, each in zip(scenarios, sources, strict=True)
    ]
    return with_series(component, presets), [
        with_metrics(scenario, component, presets) for scenario in located
    ]


def _decoded(parse: Callable[[str, str], Any], source: SourceFile, problems: list[Problem]) -> Any:
    """What a file says; None where it says nothing right, and its problems are added then."""
    try:
        return parse(source.text, source.name)
    except InvalidFile as error:
        problems.extend(error.problems)
        return None


def _misfits(
    component: formats.Component,
    source: SourceFile,
    scenarios: Sequence[formats.Scenario],
    sources: Sequence[SourceFile],
    place: str,
) -> Iterator[Problem]:
    """In what files do not go together that are right by themselves."""
    from loadstone.formats.yaml_text import read
    from loadstone.plan import check_kubernetes, fits, places

    document = read(source.text, source.name)
    yield from check_kubernetes.of_objects(component, document)
    yield from places.of_component(component, document, place)
    for scenario, each in zip(scenarios, sources, strict=True):
        asked = read(each.text, each.name)
        yield from fits.problems(component, scenario, asked)
        yield from places.of_scenario(scenario, asked, place)


def _named_presets(source: SourceFile, problems: list[Problem]) -> list[SourceFile]:
    """The preset files that a component file names; a problem for each that there is not."""
    from loadstone.formats.yaml_text import read
    from loadstone.plan.presets import places

    try:
        named = places(read(source.text, source.name))
    except InvalidFile:  # which has been said of the component
        return []
    found: list[SourceFile] = []
    for name, where in named.items():
        try:
            found.append(preset_source(name))
        except UsageError as error:
            problems.append(Problem(where=where, what=error.message, hint=error.next_step))
    return found


def bind(
    scenarios: Iterable[formats.Scenario], component: formats.Component, request: Request
) -> tuple[list[CasePlan], list[Note]]:
    """The cases of the tier that fit the component and match the request's glob."""
    from loadstone.plan.matrix import cases, fit

    bound = [case for scenario in scenarios for case in cases(scenario, request.tier)]
    chosen = [case for case in bound if fnmatchcase(case.case.name, request.cases)]
    if not chosen:
        names = ", ".join(case.case.name for case in bound)
        raise UsageError(f"no case matches `{request.cases}`", next_step=f"the cases are: {names}")
    return fit(chosen, component, uncounted=uncounted_of(chosen, request))


def uncounted_of(cases: Sequence[CasePlan], request: Request) -> frozenset[str]:
    """The quantities of these cases that nobody counts here, or where the request has them run."""
    from loadstone.measure.probes.counters import uncounted
    from loadstone.plan import places

    return uncounted() | places.uncounted(cases, request.place, audited=_audited(request))


def _audited(request: Request) -> bool:
    """Whether the provider's clusters log what pods ask of their API servers."""
    source = provider(request.provider, options=ProviderOptions(kind=request.config.kind))
    return isinstance(source, CountsPods) and source.counts_pods
