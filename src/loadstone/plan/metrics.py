"""The metrics of a case: which it has, which of them gate, and which its component cannot give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from loadstone.formats import (
    Component,
    Create,
    PairDesign,
    Scenario,
    ScenarioMetric,
    Tier,
    Workload,
    scraped,
)
from loadstone.formats.steps.step import bound
from loadstone.model import Direction, Metric, MetricSource, Note
from loadstone.plan.catalogue import alias, labels, of_all, process, quantile, query


def judged(scenario: Scenario, tier: Tier, workload: Workload) -> tuple[list[Metric], list[Note]]:
    """The metrics of one case, with the reasons for which some do not gate."""
    metrics, notes = [], []
    mixed = design_of(scenario, tier).pairs == "mixed"
    for name, written in scenario.metrics.items():
        metric = bounded(written) if mixed else written
        wanted = metric.gated and metric.better != "none" and name not in tier.reported
        short = too_few(metric.source, workload, tier.window) if wanted else None
        metrics.append(_metric(name, metric, gated=wanted and short is None))
        if short is not None:
            have, needed = short
            notes.append(Note.of("too-few-samples", metric=name, have=have, needed=needed))
        elif wanted and (most := beyond(metric, workload, tier.window)) is not None:
            notes.append(Note.of("minimum", metric=name, minimum=metric.minimum, asked=most))
    return metrics, notes


def design_of(scenario: Scenario, tier: Tier) -> PairDesign:
    """The design of a tier's rounds: its own, or the scenario's."""
    return tier.design or scenario.design


def bounded(metric: ScenarioMetric) -> ScenarioMetric:
    """A metric with the margin and minimum that it has in mixed cases."""
    if metric.mixed is None:
        return metric
    return replace(metric, margin=metric.mixed.margin, minimum=metric.mixed.minimum)


def sources(scenario: Scenario) -> dict[str, MetricSource]:
    """The source of each metric's value."""
    return {
        name: MetricSource(quantity=metric.source, per=metric.per, times=metric.times)
        for name, metric in scenario.metrics.items()
    }


def not_offered(
    sources: Mapping[str, MetricSource], component: Component
) -> dict[str, Mapping[str, str]]:
    """The metrics that need a scrape alias, a query or a process that this component does not have.

    Each with what it lacks, as the data of a note.
    """
    return {
        name: lacking
        for name, source in sources.items()
        for quantity in (source.quantity, source.per)
        if (lacking := _lacking(quantity, component))
    }


def misgrouped(sources: Mapping[str, MetricSource], component: Component) -> tuple[str, str] | None:
    """A quantity that names other label values than its alias is summed by; the right form of it.

    None where all of them do.
    """
    for source in sources.values():
        for name in (source.quantity, source.per):
            wanted, of, whole = alias(name), process(name), of_all(name)
            if wanted is None or not whole.startswith("scrape."):
                continue
            entry = component.scraped(of).get(wanted)
            by = scraped(entry).sum_by if entry is not None else []
            if entry is not None and labels(name) != len(by):
                part = name.rpartition(".")[2]
                middle = "".join(f".<{label}>" for label in by)
                return name, name.removesuffix(whole) + f"scrape.{wanted}{middle}.{part}"
    return None


def _lacking(quantity: str, component: Component) -> Mapping[str, str]:
    wanted, of, asked = alias(quantity), process(quantity), query(quantity)
    if asked and asked not in component.promql:
        return {"query": asked}
    if asked and not component.prometheus:
        return {"unasked": asked}
    if of and of not in component.processes:
        return {"process": of}
    if wanted and wanted not in component.scraped(of):
        return {"alias": wanted, **({"process": of} if of else {})}
    return {}


def taken_from(sources: Mapping[str, MetricSource], quantities: Collection[str]) -> set[str]:
    """The metrics that need one of these quantities, of the whole component or of a process."""
    return {
        name
        for name, source in sources.items()
        if of_all(source.quantity) in quantities or of_all(source.per) in quantities
    }


def samples(workload: Workload, source: str, window: float) -> float:
    """The observations that a percentile of this run rests on; infinite if none are counted."""
    histogram = source.rpartition(".")[0]
    given = [step.observations(histogram, window) for step in workload.measured]
    given += _of_copies(workload, histogram)
    counted = [number for number in given if number is not None]
    return sum(counted) if counted or quantile(source) else float("inf")


def _of_copies(workload: Workload, histogram: str) -> list[float | None]:
    """The observations of measured steps that there is one of for each copy."""
    made: defaultdict[str, float] = defaultdict(float)
    before: defaultdict[str, float] = defaultdict(float)
    given = []
    for part in (workload.before, workload.setup, workload.measured):
        for step in part:
            name = getattr(step, "template", "")
            if part is workload.measured:
                given.append(step.of_copies(histogram, made[name], before[name]))
            if isinstance(step, Create):
                (before if part is workload.before else made)[name] += bound(step.count)
    return given


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
    for step in (*workload.before, *workload.setup, *workload.measured):
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
