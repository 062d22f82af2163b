"""The metrics of a case: which it has, which of them gate, and which its component cannot give."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from loadstone.formats import Scenario, ScenarioMetric, Tier, Workload
from loadstone.model import Direction, Metric, MetricSource, Note
from loadstone.plan.catalogue import alias, quantile


def judged(scenario: Scenario, tier: Tier, workload: Workload) -> tuple[list[Metric], list[Note]]:
    """The metrics of one case, with the reasons for which some do not gate."""
    metrics, notes = [], []
    for name, metric in scenario.metrics.items():
        wanted = metric.gated and metric.better != "none" and name not in tier.reported
        short = too_few(metric.source, workload, tier.window) if wanted else None
        metrics.append(_metric(name, metric, gated=wanted and short is None))
        if short is not None:
            have, needed = short
            notes.append(Note.of("too-few-samples", metric=name, have=have, needed=needed))
        elif wanted and (most := beyond(metric, workload, tier.window)) is not None:
            notes.append(Note.of("minimum", metric=name, minimum=metric.minimum, asked=most))
    return metrics, notes


def sources(scenario: Scenario) -> dict[str, MetricSource]:
    """The source of each metric's value."""
    return {
        name: MetricSource(quantity=metric.source, per=metric.per, times=metric.times)
        for name, metric in scenario.metrics.items()
    }


def not_offered(sources: Mapping[str, MetricSource], aliases: Collection[str]) -> dict[str, str]:
    """The metrics that need a scrape alias which is not among `aliases`, each with that alias."""
    return {
        name: wanted
        for name, source in sources.items()
        for wanted in (alias(source.quantity), alias(source.per))
        if wanted and wanted not in aliases
    }


def samples(workload: Workload, source: str, window: float) -> float:
    """The observations that a percentile of this run rests on; infinite if none are counted."""
    histogram = source.partition(".")[0]
    given = [step.observations(histogram, window) for step in workload.measured]
    counted = [number for number in given if number is not None]
    return sum(counted) if counted or quantile(source) else float("inf")


def too_few(source: str, workload: Workload, window: float) -> tuple[float, int] | None:
    """The observations that a percentile rests on, and that it needs, where these are too few.

    A quantile q is taken for a measurement when about ten observations lie beyond it.
    """
    share = quantile(source)
    if share is None:
        return None
    have, need = samples(workload, source, window), round(10 / (1 - share))
    return (have, need) if have < need else None


def beyond(metric: ScenarioMetric, workload: Workload, window: float) -> float | None:
    """All that a metric can come to, where its minimum is more and it can hardly gate.

    That is known beforehand of what the workload asks for, and of nothing that is only measured.
    """
    asked = _asked(workload, window).get(metric.source)
    if asked is None or metric.per or metric.minimum <= asked * metric.times:
        return None
    return asked * metric.times


def _asked(workload: Workload, window: float) -> Mapping[str, float]:
    """The quantities whose largest value the workload says."""
    most: dict[str, float] = {}
    for step in (*workload.setup, *workload.measured):
        for name, value in step.most(window).items():
            most[name] = most.get(name, 0.0) + value
    return most


def _metric(name: str, metric: ScenarioMetric, *, gated: bool) -> Metric:
    return Metric(
        name=name,
        unit=metric.unit,
        direction=Direction(metric.better),
        margin=metric.margin,
        minimum=metric.minimum,
        gated=gated,
        counted=metric.counted,
        resolution=metric.resolution,
        group=metric.group,
        title=metric.title or name.replace("_", " "),
        about=metric.about,
    )
