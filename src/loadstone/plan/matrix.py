"""The matrix: a scenario and a tier become cases that are ready to run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from loadstone.errors import UsageError
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Metric,
    Objective,
    Reason,
    Scalar,
    Source,
)
from loadstone.plan.bind import bind, number
from loadstone.plan.estimate import estimate
from loadstone.plan.quantities import quantile
from loadstone.plan.shape import did_you_mean
from loadstone.spec import Change, Load, Scenario, ScenarioMetric, Tier, Workload


def cases(scenario: Scenario, tier: str) -> list[CasePlan]:
    """The cases of one tier, in the order of the axes and their values in the file.

    Raises `UsageError` for a tier that the scenario does not have.
    """
    if tier not in scenario.tiers:
        hint = did_you_mean(tier, scenario.tiers)
        raise UsageError(f"the scenario `{scenario.scenario}` has no tier `{tier}`", next_step=hint)
    size = scenario.tiers[tier]
    return [_case(scenario, size, axes) for axes in cells(scenario, size)]


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


def samples(workload: Workload, source: str, window: float) -> float:
    """How many observations a percentile of this run rests on; infinite if none are counted."""
    if source.startswith("latency."):
        return sum(number(s.rate) for s in workload.measured if isinstance(s, Load)) * window
    if source.startswith("propagation."):
        return sum(number(s.times) for s in workload.measured if isinstance(s, Change))
    return float("inf")


def _case(scenario: Scenario, tier: Tier, axes: Mapping[str, Scalar]) -> CasePlan:
    workload = bound(scenario, axes)
    judged = [
        _metric(name, metric, name in tier.reported, _thin(metric, workload, tier))
        for name, metric in scenario.metrics.items()
    ]
    return CasePlan(
        case=Case(scenario=scenario.scenario, axes=axes),
        metrics=[metric for metric, _ in judged],
        objectives=[
            Objective(metric=one.metric, at_most=one.at_most, at_least=one.at_least)
            for one in scenario.objectives
        ],
        warmup=tier.warmup,
        window=tier.window,
        estimate=estimate(workload, tier.warmup, tier.window),
        scale={name: tier.scale.get(name, 1.0) for name in axes if name in tier.scale},
        workload=msgspec.to_builtins(workload),
        sources={
            name: Source(quantity=metric.source, per=metric.per, times=metric.times)
            for name, metric in scenario.metrics.items()
        },
        role=scenario.role,
        notes=[note for _, notes in judged for note in notes],
    )


def _thin(metric: ScenarioMetric, workload: Workload, tier: Tier) -> str:
    """Why a percentile rests on too few observations, or "".

    A quantile q is taken for a measurement when about ten observations lie beyond it.
    """
    share = quantile(metric.source)
    if share is None:
        return ""
    have, need = samples(workload, metric.source, tier.window), round(10 / (1 - share))
    return f"{have:.0f} observations a run, {need} needed" if have < need else ""


def _metric(
    name: str, metric: ScenarioMetric, reported: bool, thin: str
) -> tuple[Metric, Sequence[Reason]]:
    direction = Direction(metric.better)
    wanted = metric.gated and not reported and direction is not Direction.NONE
    judged = Metric(
        name=name,
        unit=metric.unit,
        direction=direction,
        margin=metric.margin,
        minimum=metric.minimum,
        gated=wanted and not thin,
        counted=metric.counted,
        resolution=metric.resolution,
        group=metric.group,
        title=metric.title or name.replace("_", " "),
        about=metric.about,
    )
    if not (wanted and thin):
        return judged, ()
    return judged, [Reason(code="too-few-samples", text=f"{name} is shown, not gated: {thin}")]
