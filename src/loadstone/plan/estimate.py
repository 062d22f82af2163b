"""Duration estimates of runs, for budgets and for the time left. Rough on purpose."""

from __future__ import annotations

from loadstone.formats import Workload
from loadstone.model import Plan

START_AND_STOP = 2.0  # s: a clean cluster, the component's start, its stop


def estimate(workload: Workload, warmup: float, window: float) -> float:
    """Seconds that one run is expected to take, start and stop included."""
    objects = {name: len(each.objects) for name, each in workload.templates.items()}
    before = sum(step.seconds(objects) for step in workload.setup)
    during = sum(step.seconds(objects) for step in workload.measured)
    return START_AND_STOP + before + max(during, warmup + window)


def duration(plan: Plan, rounds: int) -> float:
    """Seconds of measuring all cases of a plan on both sides, `rounds` times."""
    return 2 * rounds * sum(case.estimate for case in plan.cases)
