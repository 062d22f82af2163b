"""Reasons for which runs do not count: the parts they spoil, and whose doing they are.

A reason names the parts that it spoils (`Note.voids`), and the run keeps the rest: when the
generator was late, latencies say nothing, and memory is as good as ever. Each part is a set of
quantities, so a metric is spoilt with what it is taken from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from loadstone.model.plan import CasePlan, MetricSource
from loadstone.model.values import Metric, Note, Run, Side


class Part(StrEnum):
    """A part of what a run measured, in the words of a report."""

    LATENCY = "latencies"
    RATE = "rates"  # of answers
    EFFECT = "times to take effect"  # of changes, and of all routes at once
    CPU = "CPU time"
    WORK = "counts of work"  # what it took: allocations, instructions, system calls
    MEMORY = "memory"  # and what is held like it: threads, files, goroutines
    ANSWERS = "counts of answers"
    API = "API requests"
    START = "start-up"
    PROFILES = "profiles"


NOT_READY = "not-ready"
FAILED_RUNS = "failed_runs"  # the metric that counts the runs which the component failed
# Reasons that a scenario or component that cannot work has in every run, as has a name that
# resolves nowhere. Where both sides have one before any run counts, another round has it too.
SAME_EVERY_TIME = frozenset(
    {
        *("api-errors", "change-not-visible", "no-secure-traffic", "not-counted", "not-gone"),
        *("not-quiet", "not-ready", "not-right", "nothing-to-change", "nothing-to-delete"),
        *("nothing-to-load", "nothing-to-request", "nothing-to-watch", "push-refused"),
        "wrong-answers",
    }
)
TIMES = (Part.LATENCY, Part.RATE, Part.EFFECT)

# By the longest beginning of a quantity's dotted name. What a component's own page or a Prometheus
# tells (`scrape.*`, `promql.*`) can be anything: there the metric decides.
_QUANTITIES: Mapping[str, Part] = {
    "latency.": Part.LATENCY,
    "load.": Part.ANSWERS,
    "load.achieved_rate": Part.RATE,
    "propagation.": Part.EFFECT,
    "change.": Part.EFFECT,
    "await.": Part.EFFECT,
    "create.": Part.EFFECT,
    "reconcile.": Part.EFFECT,
    "cold_start.": Part.EFFECT,
    "delete.": Part.EFFECT,
    "scale.": Part.EFFECT,
    "upgrade.": Part.EFFECT,
    "restart.": Part.EFFECT,
    "settle.": Part.EFFECT,
    "idle.": Part.API,
    "churn.": Part.ANSWERS,
    "hold.": Part.ANSWERS,
    "delivery.": Part.LATENCY,
    "replay.": Part.LATENCY,
    "replay.count": Part.ANSWERS,
    "replay.errors": Part.ANSWERS,
    "write.": Part.LATENCY,
    "fault.": Part.ANSWERS,
    "watch.": Part.ANSWERS,
    "watch.rate": Part.RATE,
    "process.": Part.MEMORY,
    "process.cpu_seconds": Part.CPU,
    "process.lifetime_cpu_seconds": Part.CPU,
    "process.cycles": Part.CPU,
    "process.context_switches": Part.CPU,
    "process.instructions": Part.WORK,
    "process.syscalls": Part.WORK,
    "allocations.": Part.WORK,
    "upstream.cpu_seconds": Part.CPU,
    "generator.cpu_seconds": Part.CPU,
    "process.start_seconds": Part.START,
    "process.restarts": Part.START,
    "api.": Part.API,
}
_OF_ONE = re.compile(r"^process\.[^.]+\.(?:(?=(?:scrape|allocations|profile)\.)|(?=[^.]+$))")
_HISTOGRAMS: Mapping[str, Part] = {
    "latency": Part.LATENCY,
    "service": Part.LATENCY,
    "lateness": Part.LATENCY,
    "propagation": Part.EFFECT,
    "delivery": Part.LATENCY,
    "replay": Part.LATENCY,
    "write": Part.LATENCY,
}
# Of `request.<name>.*`, by the last part; every other one, and the histogram, is a latency.
_REQUESTS: Mapping[str, Part] = {
    "count": Part.ANSWERS,
    "errors": Part.ANSWERS,
    "dropped": Part.ANSWERS,
    "generator_cpu": Part.ANSWERS,
    "asked_rate": Part.ANSWERS,
    "rate": Part.RATE,
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
        "partner",
        "stolen-time",
        "upstream-bottleneck",
    }
)
# The component's, unless one of the above could have been the limit.
_UNSURE = frozenset({"hold-short", "rate-short", "requests-dropped"})


def part(quantity: str, metric: Metric | None = None) -> Part | None:
    """The part that a quantity belongs to, of all processes or one; None where nobody knows."""
    quantity = whole(quantity)
    if quantity.startswith("request."):
        return _REQUESTS.get(quantity.rpartition(".")[2], Part.LATENCY)
    found = max((name for name in _QUANTITIES if quantity.startswith(name)), key=len, default=None)
    if found is not None:
        return _QUANTITIES[found]
    if metric is None or not quantity.startswith(("scrape.", "promql.")):
        return None
    if metric.group in _GROUPS:
        return _GROUPS[metric.group]
    if metric.group == "resource":
        return Part.CPU if metric.unit == "s" else Part.MEMORY
    return Part.ANSWERS


def whole(quantity: str) -> str:
    """The quantity of all processes that one of a single process is a part of."""
    match = _OF_ONE.match(quantity)
    if match is None:
        return quantity
    rest = quantity[match.end() :]
    return rest if "." in rest else f"process.{rest}"


def named(quantity: str, process: str) -> str:
    """The name that a quantity has for one process, and for the only one ("") as it is."""
    return f"process.{process}.{quantity.removeprefix('process.')}" if process else quantity


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
    found = _HISTOGRAMS.get(name) or part(f"{name}.", metric) or part(name, metric)
    return all(
        each.voids and (found not in each.voids if found else set(each.voids) == {Part.PROFILES})
        for each in run.invalid
    )


def failed(run: Run) -> bool:
    """Whether the component failed in a run: it, and not the machine or the generator, broke it."""
    codes = {reason.code for reason in run.invalid}
    own = codes - NOT_THE_COMPONENT
    return bool(own - _UNSURE if codes & NOT_THE_COMPONENT else own)


def of_partners(reasons: Sequence[Sequence[Note]]) -> list[list[Note]]:
    """What each side of a run takes over from the other: a pair that lost one side has none.

    `reasons`: those of each side; of one side alone, there is nothing to take over. A reason that
    both have, and the loss of profiles, which are not compared in pairs, is left out.
    """
    taken = []
    for side, own in enumerate(reasons):
        known = {(each.code, each.voids) for each in own}
        others = [one for place, each in enumerate(reasons) if place != side for one in each]
        taken.append(
            [
                Note.of("partner", each.voids, reason=each.code)
                for each in others
                if (each.code, each.voids) not in known and set(each.voids) != {Part.PROFILES}
            ]
        )
    return taken


def alike(base: Run, head: Run) -> Note | None:
    """The head's reason for being void as a whole that the base has too."""
    codes = {reason.code for reason in base.invalid if not reason.voids}
    shared = (reason for reason in head.invalid if not reason.voids and reason.code in codes)
    return next(shared, None)


def hopeless(runs: Sequence[Run]) -> Note | None:
    """The head's reason for which no other run of these would count either.

    `runs`: of one case or of several. None where one of them counts, or the sides do not both have
    a reason that is the same every time.
    """
    if any(run.valid for run in runs):
        return None
    why: dict[Side, dict[str, Note]] = {side: {} for side in Side}
    for run in runs:
        for reason in run.invalid:
            if reason.code in SAME_EVERY_TIME and not reason.voids:
                why[run.side][reason.code] = reason
    return next((why[Side.HEAD][code] for code in why[Side.BASE] if code in why[Side.HEAD]), None)


def words(voids: Sequence[str]) -> str:
    """What is spoilt, as a list in words; "" where it is everything."""
    return " and ".join([", ".join(voids[:-1]), voids[-1]] if voids[1:] else voids)
