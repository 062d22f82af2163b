"""Units of work: what the costs of a profile are divided by, and what they make up.

A run that answered more requests spent more, and its functions are no slower for it. What a case's
own metrics divide the same cost by is its unit of work: a request, a reload; or what the scenario
names as its `work`. A state (heap in use, goroutines) is divided by nothing; by how much it grew in
the window is divided like the rest.

CPU profiles are scaled to the kernel's CPU time of the window, so that functions add up to the
metric: some timers are lost everywhere, and a profile is shorter than its window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from loadstone.measure.probes.profile import CPU
from loadstone.model import CasePlan, MetricSource, Run
from loadstone.model.profile_kinds import parted
from loadstone.model.reasons import named
from loadstone.profiles.pprof import Profile

CPU_TIME = "process.cpu_seconds"
# Kinds that count from the start of a program, and the quantity that is the same by other means.
_GROWING: Mapping[str, str] = {"allocs": "allocations.bytes", "block": "", "mutex": ""}


_SAME: Mapping[str, str] = {CPU: CPU_TIME, **_GROWING}


@dataclass(frozen=True, kw_only=True)
class Work:
    """The quantity that costs are divided by ("": a run's), and the metric that they make up.

    `grows`: the profile counts from the start of the program, and only what came in the window is
    the work's. `kernel`: costs are scaled to the kernel's CPU time, the
    quantity `spent`.
    """

    per: str = ""
    metric: str = ""
    times: float = 1.0
    grows: bool = False
    kernel: bool = False
    spent: str = CPU_TIME


def of(plan: CasePlan | None, kind: str) -> Work:
    """The unit of work of a kind of profile in a case: what its scenario names, or its metrics.

    A metric that divides by something else is not made up of these costs. Of one process of several
    the work is that of all of them, and the metric its own, if any.
    """
    found = _of_metrics(plan, kind)
    named_work = str(plan.workload.get("work", "")) if plan else ""
    if not named_work or not (found.grows or found.kernel) or found.per == named_work:
        return found
    return replace(found, per=named_work, metric="", times=1.0)


def of_growth(plan: CasePlan | None) -> Work:
    """The unit of work of what grew in the window, whatever kind of profile tells it."""
    return replace(of(plan, "block"), metric="")


def _of_metrics(plan: CasePlan | None, kind: str) -> Work:
    """The unit of work by what the metrics of a case divide the same cost by."""
    sources = plan.sources if plan else {}
    kind, process = parted(kind)
    if process:
        own = {name: each for name, each in sources.items() if f".{process}." in each.quantity}
        work = _of_metrics(plan, kind)
        name = _dividing(own, named(_SAME.get(kind, ""), process))[0]
        return replace(work, metric=name, spent=named(CPU_TIME, process))
    if kind == CPU:
        name, source = _dividing(sources, CPU_TIME)
        return Work(per=source.per, metric=name, times=source.times, kernel=True)
    if kind in _GROWING:
        name, source = _dividing(sources, _GROWING[kind])
        per = source.per or _dividing(sources, CPU_TIME)[1].per
        return Work(per=per, metric=name if source.per else "", times=source.times, grows=True)
    return Work()


def factor(run: Run, profile: Profile, unit: str, whole: float, work: Work) -> float | None:
    """The factor on each cost of a run's profile; None where its work was not counted.

    `whole`: the costs of all functions of the profile, in its `unit`.
    """
    amount = run.quantities.get(work.per, 0.0) if work.per else 1.0
    if amount <= 0:
        return None
    spent = run.quantities.get(work.spent)
    if work.kernel and unit == "s" and spent and whole > 0:
        return spent / whole / amount
    if not work.kernel or not work.per:
        return 1.0 / amount
    window = run.quantities.get("window.seconds", 0.0)
    covered = profile.duration / window if profile.duration and window > 0 else 1.0
    return 1.0 / amount / min(1.0, covered)


def _dividing(sources: Mapping[str, MetricSource], quantity: str) -> tuple[str, MetricSource]:
    """The metric that is taken from a quantity, rather one that divides it."""
    found: Iterable[tuple[str, MetricSource]] = (
        (name, source) for name, source in sources.items() if source.quantity == quantity
    )
    none = ("", MetricSource(quantity=quantity))
    return min(found, key=lambda each: not each[1].per, default=none)
