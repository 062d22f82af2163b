"""Coupling of mixed pairs: latencies of a side that has to wait for what the other side does.

Both sides share the cores. While there is room, that changes nothing: what one side is asked, the
other is asked too. Near the cores, a request waits for the other side's, so a slower head makes the
base slower, and the ratio of the two shrinks towards 1. Such rows are marked and do not gate. CPU
time, memory and counts are not waited for, and gate whatever the load.

The load is what both components, both upstreams and the generator used of the cores in the window,
as far as runs say it; the embedded API server is not in it. Of c = 2 cores with work that comes at
random, a piece of it waits `ρ² / (1 − ρ²)` of its own time (M/M/c: Erlang 1917): a third at half
load, as long as it works itself at `BUSY`, and half of that wait is for the other side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from loadstone.model import CasePlan, Design, Metric, Note, Run, Scalar
from loadstone.model.reasons import Part, part

BUSY = 0.7  # of the cores: above it, latencies of mixed pairs do not gate
_TIMES = (Part.LATENCY, Part.EFFECT)
_OWN = ("process.cpu_seconds", "upstream.cpu_seconds")  # of each side; the generator has both


def cores(facts: Mapping[str, Scalar]) -> float | None:
    """The cores that a session may use, of the facts of its environment; None if not known."""
    known = [facts.get(name) for name in ("cores", "cpu_quota")]
    numbers = [float(one) for one in known if isinstance(one, (int, float)) and one > 0]
    return min(numbers, default=None) if isinstance(known[0], (int, float)) else None


def loads(runs: Iterable[Run], usable: float | None) -> dict[str, float | None]:
    """By case with mixed pairs the share of the cores in use, the median over its pairs.

    None where nobody knows: no number of cores, no window, or no CPU time of a side.
    """
    pairs: dict[tuple[str, int], list[Run]] = {}
    for run in runs:
        if run.design is Design.MIXED:
            pairs.setdefault((run.case, run.round), []).append(run)
    shares: dict[str, list[float]] = {}
    for (case, _), pair in pairs.items():
        share = _share(pair, usable)
        shares.setdefault(case, []).extend([] if share is None else [share])
    return {case: median(known) if known else None for case, known in shares.items()}


def _share(pair: Sequence[Run], usable: float | None) -> float | None:
    each = [run.quantities for run in pair]
    seconds = max((one.get("window.seconds", 0.0) for one in each), default=0.0)
    if not usable or seconds <= 0 or len(pair) < 2 or any(_OWN[0] not in one for one in each):
        return None
    used = sum(one.get(name, 0.0) for one in each for name in _OWN)
    used += max(one.get("generator.cpu_seconds", 0.0) for one in each)
    return used / seconds / usable


def waits(plan: CasePlan, metric: Metric) -> bool:
    """Whether a metric is a time in which the component may wait for a core."""
    source = plan.sources.get(metric.name)
    if source is None:
        return metric.group == "latency"
    return any(part(name, metric) in _TIMES for name in (source.quantity, source.per) if name)


def uncoupled(
    plans: Sequence[CasePlan], runs: Sequence[Run], usable: float | None
) -> list[CasePlan]:
    """The plans with the gate taken from latencies of mixed cases that are not surely uncoupled."""
    found = _coupled(plans, runs, usable)
    return [
        replace(
            plan,
            metrics=[
                replace(metric, gated=False) if (plan.case.name, metric.name) in found else metric
                for metric in plan.metrics
            ],
        )
        for plan in plans
    ]


def warnings(
    plans: Sequence[CasePlan], runs: Sequence[Run], usable: float | None
) -> dict[tuple[str, str], list[Note]]:
    """By case and metric why it does not gate."""
    return {row: [note] for row, note in _coupled(plans, runs, usable).items()}


def _coupled(
    plans: Sequence[CasePlan], runs: Sequence[Run], usable: float | None
) -> dict[tuple[str, str], Note]:
    found = {}
    busy = loads(runs, usable)
    for plan in plans:
        name = plan.case.name
        if plan.design is Design.SOLO or name not in busy:
            continue
        share = busy[name]
        if share is not None and share <= BUSY:
            continue
        data: dict[str, Scalar] = (
            {"limit": BUSY} if share is None else {"load": share, "limit": BUSY}
        )
        for metric in plan.metrics:
            if waits(plan, metric):
                found[name, metric.name] = Note(code="coupled", data=data)
    return found
