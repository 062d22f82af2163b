"""Preset files, read and checked, and what a component and a scenario get of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from loadstone.errors import Problem, UsageError
from loadstone.formats import Component, Preset, ProcessFields, Scenario, ScenarioMetric, Scraped
from loadstone.formats.decode import decode
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import catalogue, check_promql, check_scrape
from loadstone.plan.check_metrics import unit_problems


def parse_preset(text: str, filename: str) -> Preset:
    """The preset of a YAML text, in base units. Raises `InvalidFile` with all its problems."""
    return decode(text, filename, Preset, checks=_checks)


def _checks(preset: Preset, document: Document) -> Iterator[Problem]:
    yield from check_scrape.problems(preset.scrape, document)
    yield from check_promql.of_queries(preset.promql, check_promql.IN_PRESETS, document)
    for name, metric in preset.metrics.items():
        for key, quantity in (("source", metric.source), ("per", metric.per)):
            if not quantity:
                continue
            where, known = document.where(("metrics", name, key)), catalogue.known(quantity)
            alias, query = catalogue.alias(quantity), catalogue.query(quantity)
            if known is None:
                hint = did_you_mean(quantity, catalogue.names())
                yield Problem(where=where, what=f"no run measures `{quantity}`", hint=hint)
            elif alias is not None and alias not in preset.scrape:
                hint = did_you_mean(alias, preset.scrape)
                yield Problem(where=where, what=f"there is no alias `{alias}`", hint=hint)
            elif query is not None and query not in preset.promql:
                hint = did_you_mean(query, preset.promql)
                yield Problem(where=where, what=f"there is no query `{query}`", hint=hint)
        yield from unit_problems(metric, ("metrics", name), document)


def places(document: Document) -> dict[str, str]:
    """Places where a component file names each preset first, whatever else is wrong in it.

    In the order of `Component.all_presets`.
    """
    data = document.data if isinstance(document.data, dict) else {}
    own = data.get("processes")
    below = own.items() if isinstance(own, dict) else ()
    owners: list[tuple[Path, Any]] = [((), data)]
    owners += [(("processes", name), each) for name, each in below]
    found: dict[str, str] = {}
    for path, one in owners:
        named = one.get("presets") if isinstance(one, dict) else None
        for index, name in enumerate(named if isinstance(named, list) else ()):
            if isinstance(name, str):
                found.setdefault(name, document.where((*path, "presets", index)))
    return found


def with_series(component: Component, presets: Sequence[Preset]) -> Component:
    """The component with series and queries of its presets, where it has none of that alias.

    `presets`: those of `component.all_presets()`, in that order. Raises `UsageError` where two
    presets of one process mean two things by one alias.
    """
    component = replace(component, promql=_queries(component, presets))
    if not component.processes:
        return replace(component, scrape=_series(component, component.component, presets))
    known = dict(zip(component.all_presets(), presets, strict=True))
    processes = {
        name: replace(one, scrape=_series(one, f"{component.component}: {name}", own))
        for name, one in component.processes.items()
        for own in [[known[each] for each in one.presets]]
    }
    return replace(component, processes=processes)


def _queries(component: Component, presets: Sequence[Preset]) -> dict[str, str]:
    queries: dict[str, str] = {}
    for preset in presets:
        for alias, query in preset.promql.items():
            if queries.setdefault(alias, query) != query and alias not in component.promql:
                raise UsageError(
                    f"presets of `{component.component}` mean different queries by `{alias}`",
                    next_step=f"say in `promql` which one `{alias}` is",
                )
    return {**queries, **component.promql}


def _series(one: ProcessFields, title: str, presets: Sequence[Preset]) -> dict[str, Scraped]:
    series: dict[str, Scraped] = {}
    for preset in presets:
        for alias, entry in preset.scrape.items():
            if series.setdefault(alias, entry) != entry and alias not in one.scrape:
                raise UsageError(
                    f"presets of `{title}` mean different series by `{alias}`",
                    next_step=f"say in `scrape` which one `{alias}` is",
                )
    return {**series, **one.scrape}


def with_metrics(scenario: Scenario, component: Component, presets: Sequence[Preset]) -> Scenario:
    """The scenario with the metrics of the component's presets, where it takes them.

    Raises `UsageError` where it has none then, or speaks of metrics that nothing gives.
    """
    if scenario.metrics and not scenario.presets:
        return scenario
    found: dict[str, ScenarioMetric] = {}
    for preset in presets:
        found |= preset.metrics
    found |= scenario.metrics
    if not found:
        raise UsageError(
            f"the scenario `{scenario.scenario}` has no metrics, and the component"
            f" `{component.component}` names no presets",
            next_step="add `metrics` to the scenario, or `presets` to the component",
        )
    _known_metrics(scenario, component, found)
    return replace(scenario, metrics=found)


def _known_metrics(
    scenario: Scenario, component: Component, metrics: Mapping[str, ScenarioMetric]
) -> None:
    named = [one.metric for one in scenario.objectives]
    named += [name for tier in scenario.tiers.values() for name in tier.reported]
    for name in named:
        if name not in metrics:
            raise UsageError(
                f"the scenario `{scenario.scenario}` speaks of the metric `{name}`, which it has"
                f" not, and neither have the presets of `{component.component}`",
                next_step=did_you_mean(name, metrics),
            )
