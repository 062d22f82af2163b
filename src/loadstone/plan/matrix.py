"""The matrix: a scenario, a tier and a component become cases that are ready to run."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from loadstone import model
from loadstone.errors import UsageError
from loadstone.formats import Component, Scenario, Tier, Workload
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model import Case, CasePlan, Note, Objective, Scalar
from loadstone.plan.bind import bind
from loadstone.plan.estimate import estimate
from loadstone.plan.given_templates import filled
from loadstone.plan.metrics import (
    design_of,
    judged,
    misgrouped,
    not_offered,
    sources,
    taken_from,
)


def cases(scenario: Scenario, tier: str) -> list[CasePlan]:
    """The cases of one tier, in the order of the axes and their values in the file.

    Raises `UsageError` for a tier that the scenario does not have.
    """
    size = tier_of(scenario, tier)
    return [case_of(scenario, size, axes) for axes in cells(scenario, size)]


def tier_of(scenario: Scenario, name: str) -> Tier:
    """The tier of that name. Raises `UsageError` where there is none."""
    if name not in scenario.tiers:
        hint = did_you_mean(name, scenario.tiers)
        raise UsageError(f"the scenario `{scenario.scenario}` has no tier `{name}`", next_step=hint)
    return scenario.tiers[name]


def fit(
    cases: Sequence[CasePlan], component: Component, *, uncounted: Collection[str] = ()
) -> tuple[list[CasePlan], list[Note]]:
    """The cases without the metrics that this component cannot give, and a note for each of these.

    `uncounted`: quantities that this machine does not count; their metrics go without a note.

    Their workloads have the templates that the component gives. Raises `UsageError` if a scenario
    is for another role than the component's, `InvalidFile` if its file lacks what it has to give.
    """
    for case in cases:
        if case.role != component.role:
            raise UsageError(
                f"the scenario `{case.case.scenario}` is for the role `{case.role}`, and the"
                f" component `{component.component}` has the role `{component.role}`",
                next_step="choose a component or a scenario of the same role",
            )
        _require_secure(case, component)
        _require_taken(case, component)
        if found := misgrouped(case.sources, component):
            name, right = found
            raise UsageError(
                f"`{name}` does not fit how `{component.component}` adds the series up",
                next_step=f"write `{right}`",
            )
    cases = [_with_templates(case, component) for case in cases]
    missing = [not_offered(case.sources, component) for case in cases]
    notes = [
        Note.of("metric-not-offered", metric=metric, component=component.component, **lacking)
        for gone in missing
        for metric, lacking in gone.items()
    ]
    fitted = [
        _without(case, {*gone, *taken_from(case.sources, uncounted)})
        for case, gone in zip(cases, missing, strict=True)
    ]
    reported = [_reporting(case, component.reported) for case in fitted]
    return reported, list(dict.fromkeys(notes))


def _require_secure(case: CasePlan, component: Component) -> None:
    """Raises `UsageError` for load over TLS on a component that does not say where it takes it."""
    steps = (*case.workload.get("setup", ()), *case.workload.get("measured", ()))
    if any(step.get("tls") for step in steps) and component.secure_traffic is None:
        raise UsageError(
            f"`{case.case.name}` sends requests over TLS, and the component"
            f" `{component.component}` has no `secure_traffic`",
            next_step="write its address, as `secure_traffic: {address: ${https}}`",
        )


def _require_taken(case: CasePlan, component: Component) -> None:
    """Raises `UsageError` for load that is of a kind which the component does not take."""
    steps = (*case.workload.get("setup", ()), *case.workload.get("measured", ()))
    for kind in (step.get("protocol", "http1") for step in steps if step.get("do") == "load"):
        if kind in component.refuses:
            raise UsageError(
                f"`{case.case.name}` sends load as `{kind}`, which the component"
                f" `{component.component}` does not take: {component.refuses[kind]}",
                next_step="choose another component or another scenario",
            )


def cells(scenario: Scenario, tier: Tier) -> Iterator[Mapping[str, Scalar]]:
    """The cells of the matrix: axis → value, picked and scaled for the tier."""
    picked = [
        [scaled(value, tier.scale.get(name, 1.0)) for value in tier.axes.get(name, axis.values)]
        for name, axis in scenario.axes.items()
    ]
    for values in itertools.product(*picked):
        yield dict(zip(scenario.axes, values, strict=True))


def scaled(value: Scalar, factor: float) -> Scalar:
    """A full-size value times a factor; what was whole and not 0 stays whole and not 0."""
    if isinstance(value, bool | str) or factor == 1.0:
        return value
    if isinstance(value, int):
        return max(1, round(value * factor)) if value > 0 else value
    return value * factor


def bound(scenario: Scenario, axes: Mapping[str, Scalar]) -> Workload:
    """The workload of one cell. Raises `msgspec.ValidationError` if its values do not fit."""
    return msgspec.convert(bind(msgspec.to_builtins(scenario.workload), axes), Workload)


def case_of(scenario: Scenario, tier: Tier, axes: Mapping[str, Scalar]) -> CasePlan:
    """The case of one cell, which may be in no matrix."""
    workload = bound(scenario, axes)
    metrics, notes = judged(scenario, tier, workload)
    design = design_of(scenario, tier)
    mixed = design.pairs == "mixed"
    return CasePlan(
        case=Case(scenario=scenario.scenario, axes=axes),
        metrics=metrics,
        objectives=[
            Objective(metric=one.metric, at_most=one.at_most, at_least=one.at_least)
            for one in scenario.objectives
        ],
        warmup=tier.warmup,
        window=tier.window,
        estimate=estimate(workload, tier, design.solo if mixed else 1.0),
        scale={name: tier.scale[name] for name in axes if name in tier.scale},
        workload=msgspec.to_builtins(workload),
        sources=sources(scenario),
        role=scenario.role,
        notes=notes,
        design=model.Design(design.pairs),
        because=design.because,
        solo=design.solo if mixed else 0.0,
    )


def _with_templates(case: CasePlan, component: Component) -> CasePlan:
    workload = msgspec.convert(case.workload, Workload)
    filled_in = filled(case.case, workload, component)
    return case if filled_in == workload else replace(case, workload=msgspec.to_builtins(filled_in))


def _reporting(case: CasePlan, reported: Mapping[str, str]) -> CasePlan:
    """The case with these metrics shown and not gated, and a note for each that says why."""
    names = [metric.name for metric in case.metrics if metric.gated and metric.name in reported]
    shown = [Note.of("demoted", metric=name, why=reported[name]) for name in names]
    metrics = [replace(m, gated=False) if m.name in names else m for m in case.metrics]
    return replace(case, metrics=metrics, notes=[*case.notes, *shown]) if names else case


def _without(case: CasePlan, metrics: Collection[str]) -> CasePlan:
    return replace(
        case,
        metrics=[metric for metric in case.metrics if metric.name not in metrics],
        objectives=[one for one in case.objectives if one.metric not in metrics],
        sources={name: source for name, source in case.sources.items() if name not in metrics},
    )
