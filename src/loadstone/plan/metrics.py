"""The metrics of a case: which it has, which of them gate, and which its component cannot give."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from loadstone.formats import Scenario, ScenarioMetric, Tier, Workload
from loadstone.model import Direction, Metric, MetricSource, Reason
from loadstone.plan.catalogue import alias, quantile


def judged(scenario: Scenario, tier: Tier, workload: Workload) -> tuple[list[Metric], list[Reason]]:
    """The metrics of one case, with the reasons for which some do not gate."""
    metrics, notes = [], []
    for name, metric in scenario.metrics.items():
        wanted = metric.gated and metric.better != "none" and name not in tier.reported
        thin = too_few(metric.source, workload, tier.window) if wanted else ""
        metrics.append(_metric(name, metric, gated=wanted and not thin))
        if thin:
            text = f"{name} is shown, not gated: {thin}"
            notes.append(Reason(code="too-few-samples", text=text))
        elif wanted and (out_of_reach := beyond(metric, workload, tier.window)):
            notes.append(Reason(code="minimum", text=f"{name} can hardly gate: {out_of_reach}"))
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


def too_few(source: str, workload: Workload, window: float) -> str:
    """The reason for which a percentile rests on too few observations, or "".

    A quantile q is taken for a measurement when about ten observations lie beyond it.
    """
    share = quantile(source)
    if share is None:
        return ""
    have, need = samples(workload, source, window), round(10 / (1 - share))
    return f"{have:.0f} observations a run, {need} needed" if have < need else ""


def beyond(metric: ScenarioMetric, workload: Workload, window: float) -> str:
    """The reason for which a metric can hardly gate, or "": its minimum is out of reach.

    That is known beforehand of what the workload asks for, and of nothing that is only measured.
    """
    asked = _asked(workload, window).get(metric.source)
    if asked is None or metric.per or metric.minimum <= asked * metric.times:
        return ""
    most = f"{asked * metric.times:g}"
    return f"its minimum of {metric.minimum:g} is more than the {most} that is asked for"


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
