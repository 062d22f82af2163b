"""Reasons for which runs do not count: the parts they spoil, and whose doing they are.

A reason names the parts that it spoils (`Note.voids`), and the run keeps the rest: when the
generator was late, latencies say nothing, and memory is as good as ever. Each part is a set of
quantities, so a metric is spoilt with what it is taken from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from loadstone.model.plan import CasePlan, MetricSource
from loadstone.model.values import Metric, Note, Run


class Part(StrEnum):
    """A part of what a run measured, in the words of a report."""

    LATENCY = "latencies"
    RATE = "rates"  # of answers
    EFFECT = "times to take effect"  # of changes, and of all routes at once
    CPU = "CPU time"
    MEMORY = "memory"  # and what is held like it: threads, files, goroutines
    ANSWERS = "counts of answers"
    API = "API requests"
    START = "start-up"
    PROFILES = "profiles"


FAILED_RUNS = "failed_runs"  # the metric that counts the runs which the component failed
TIMES = (Part.LATENCY, Part.RATE, Part.EFFECT)

# By the longest beginning of a quantity's dotted name. What a component's own page tells
# (`scrape.*`) can be anything: there the metric decides.
_QUANTITIES: Mapping[str, Part] = {
    "latency.": Part.LATENCY,
    "load.": Part.ANSWERS,
    "load.achieved_rate": Part.RATE,
    "propagation.": Part.EFFECT,
    "change.": Part.EFFECT,
    "await.": Part.EFFECT,
    "churn.": Part.ANSWERS,
    "hold.": Part.ANSWERS,
    "process.": Part.MEMORY,
    "process.cpu_seconds": Part.CPU,
    "process.start_seconds": Part.START,
    "process.restarts": Part.START,
    "api.": Part.API,
}
_HISTOGRAMS: Mapping[str, Part] = {
    "latency": Part.LATENCY,
    "service": Part.LATENCY,
    "lateness": Part.LATENCY,
    "propagation": Part.EFFECT,
}
_GROUPS: Mapping[str, Part] = {"latency": Part.LATENCY, "throughput": Part.RATE}

# The machine's, the generator's or the upstream's doing, or that of a process of ours. A side that
# is slower to answer, or quicker, meets their bounds more often than the other: such runs say
# nothing of the component.
NOT_THE_COMPONENT = frozenset(
    {
        "environment-changed",
        "failed",
        "generator-bottleneck",
        "stolen-time",
        "upstream-bottleneck",
    }
)
# The component's, unless one of the above could have been the limit.
_UNSURE = frozenset({"hold-short", "rate-short", "requests-dropped"})


def part(quantity: str, metric: Metric | None = None) -> Part | None:
    """The part that a quantity belongs to; None where nobody knows."""
    found = max((name for name in _QUANTITIES if quantity.startswith(name)), key=len, default=None)
    if found is not None:
        return _QUANTITIES[found]
    if metric is None or not quantity.startswith("scrape."):
        return None
    if metric.group in _GROUPS:
        return _GROUPS[metric.group]
    if metric.group == "resource":
        return Part.CPU if metric.unit == "s" else Part.MEMORY
    return Part.ANSWERS


def spoils(reason: Note, source: MetricSource | None, metric: Metric | None = None) -> bool:
    """Whether a reason voids a metric that is taken from `source`.

    What is of no known part, or taken from nothing that is known, is spoilt by all but the loss of
    a profile.
    """
    if not reason.voids:
        return True
    named = (source.quantity, source.per) if source is not None else ("",)
    parts = {part(name, metric) for name in named if name or source is None}
    return any(each in reason.voids for each in parts) or (
        None in parts and set(reason.voids) != {Part.PROFILES}
    )


def kept(values: Mapping[str, float], invalid: Sequence[Note], plan: CasePlan) -> dict[str, float]:
    """The values of a run by metric, without those that a reason voids in part.

    A run that is void as a whole keeps what was seen, for whoever looks for the reason.
    """
    metrics = {metric.name: metric for metric in plan.metrics}
    some = [reason for reason in invalid if reason.voids]
    return {
        name: value
        for name, value in values.items()
        if not any(spoils(each, plan.sources.get(name), metrics.get(name)) for each in some)
    }


def of_metric(reasons: Sequence[Note], plan: CasePlan, metric: Metric) -> list[Note]:
    """Those of a case's reasons that void this metric."""
    return [each for each in reasons if spoils(each, plan.sources.get(metric.name), metric)]


def holds(run: Run, name: str, metric: Metric | None = None) -> bool:
    """Whether a histogram or a series of a run counts. `metric`: what a series is shown as."""
    found = _HISTOGRAMS.get(name) or part(name, metric)
    return all(
        each.voids and (found not in each.voids if found else set(each.voids) == {Part.PROFILES})
        for each in run.invalid
    )


def failed(run: Run) -> bool:
    """Whether the component failed in a run: it, and not the machine or the generator, broke it."""
    codes = {reason.code for reason in run.invalid}
    own = codes - NOT_THE_COMPONENT
    return bool(own - _UNSURE if codes & NOT_THE_COMPONENT else own)


def alike(base: Run, head: Run) -> Note | None:
    """The head's reason for being void as a whole that the base has too."""
    codes = {reason.code for reason in base.invalid if not reason.voids}
    shared = (reason for reason in head.invalid if not reason.voids and reason.code in codes)
    return next(shared, None)


def words(voids: Sequence[str]) -> str:
    """What is spoilt, as a list in words; "" where it is everything."""
    return " and ".join([", ".join(voids[:-1]), voids[-1]] if voids[1:] else voids)
