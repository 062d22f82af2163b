"""Semantic checks of a scenario's metrics and objectives, beyond their shape."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.errors import Problem
from loadstone.formats import Scenario, ScenarioMetric
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import catalogue


def problems(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Unknown quantities, quantities that no step gives, wrong units, objectives on nothing."""
    for name, metric in scenario.metrics.items():
        path: Path = ("metrics", name)
        yield from _quantity(metric.source, (*path, "source"), scenario, document)
        if metric.per:
            yield from _quantity(metric.per, (*path, "per"), scenario, document)
        yield from unit_problems(metric, path, document)
    if scenario.workload.work:
        yield from _quantity(scenario.workload.work, ("workload", "work"), scenario, document)
    yield from _objectives(scenario, document)


def _quantity(name: str, path: Path, scenario: Scenario, document: Document) -> Iterator[Problem]:
    where, known = document.where(path), catalogue.known(name)
    if known is None:
        hint = did_you_mean(name, catalogue.names())
        if not hint.startswith("did you mean"):
            hint = "the list is in docs/reference/scenarios.md"
        yield Problem(where=where, what=f"no run measures `{name}`", hint=hint)
    elif known.step and known.step not in _done(scenario):
        what = f"no measured step gives `{name}`"
        yield Problem(where=where, what=what, hint=f"add a step `do: {known.step}`")
    elif name.startswith("request.") and name.rpartition(".")[0] not in _given(scenario):
        what = f"no `request` step gives `{name}`"
        hint = did_you_mean(
            name, [f"{each}.{name.rpartition('.')[2]}" for each in _given(scenario)]
        )
        yield Problem(where=where, what=what, hint=hint)
    stage, workload = catalogue.expectation(name), scenario.workload
    stages = {one for each in workload.templates.values() for one in each.right}
    if stage is not None and stage not in stages and not workload.given:
        what = f"no template expects anything called `{stage}`"
        yield Problem(where=where, what=what, hint=did_you_mean(stage, stages) if stages else "")
    if name.startswith("cold_start.") and not workload.before:
        what = f"`{name}` is of copies that were there before the component started"
        yield Problem(where=where, what=what, hint="create them in `workload.before`")


def _done(scenario: Scenario) -> set[str]:
    """The kinds of steps that are measured, and those of the background that began before."""
    setup = (step for step in scenario.workload.setup if step.background)
    return {step.kind() for step in (*scenario.workload.measured, *setup)}


def _given(scenario: Scenario) -> set[str]:
    """What the quantities of steps begin with that have names of their own."""
    return {step.gives() for step in (*scenario.workload.setup, *scenario.workload.measured)}


def takes_presets(scenario: Scenario) -> bool:
    """Whether it has metrics that its file does not show: those of the component's presets."""
    return scenario.presets or not scenario.metrics


def unit_problems(metric: ScenarioMetric, path: Path, document: Document) -> Iterator[Problem]:
    """Amounts and quantities in another unit than the metric's."""
    known = catalogue.known(metric.source)
    as_measured = known and known.unit and not metric.per and metric.times == 1.0
    if known and as_measured and known.unit != metric.unit:
        what = f"`{metric.source}` is measured in {known.unit}, not in {metric.unit}"
        yield Problem(where=document.where((*path, "unit")), what=what)
    for key in ("minimum", "resolution"):
        yield from _written_in((*path, key), metric.unit, document)


def _written_in(path: Path, unit: str, document: Document) -> Iterator[Problem]:
    written = document.units.get(path, unit)
    if written != unit:
        what = f"this amount is in {written}, and the metric in {unit}"
        yield Problem(where=document.where(path), what=what)


def _objectives(scenario: Scenario, document: Document) -> Iterator[Problem]:
    for index, objective in enumerate(scenario.objectives):
        path: Path = ("objectives", index)
        if (objective.at_most is None) == (objective.at_least is None):
            what = "an objective has one of `at_most` and `at_least`"
            yield Problem(where=document.where(path), what=what)
        if objective.metric in scenario.metrics:
            for key in ("at_most", "at_least"):
                unit = scenario.metrics[objective.metric].unit
                yield from _written_in((*path, key), unit, document)
        elif not takes_presets(scenario):  # otherwise it is looked up when the component is known
            what = f"there is no metric `{objective.metric}`"
            hint = did_you_mean(objective.metric, scenario.metrics)
            yield Problem(where=document.where((*path, "metric")), what=what, hint=hint)
