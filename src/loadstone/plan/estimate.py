"""Duration estimates of runs, for budgets and for the time left. Rough on purpose."""

from __future__ import annotations

from loadstone.formats import Await, Change, Create, Hold, Step, Workload
from loadstone.model import Plan
from loadstone.plan.bind import number

START_AND_STOP = 2.0  # s: a clean cluster, the component's start, its stop
CREATES_PER_SECOND = 500.0  # copies, each of one object
SETTLE = 0.5  # s until the last of many creates is served
CHANGE = 0.15  # s until one change is served


def estimate(workload: Workload, warmup: float, window: float) -> float:
    """Seconds that one run is expected to take, start and stop included."""
    before = sum(_foreground(step, workload) for step in workload.setup)
    during = sum(_foreground(step, workload) for step in workload.measured)
    return START_AND_STOP + before + max(during, warmup + window)


def duration(plan: Plan, rounds: int) -> float:
    """Seconds of measuring all cases of a plan on both sides, `rounds` times."""
    return 2 * rounds * sum(case.estimate for case in plan.cases)


def _foreground(step: Step, workload: Workload) -> float:
    """Seconds that a step holds up the next one."""
    match step:
        case Create():
            objects = len(workload.templates[step.template].objects)
            return number(step.count) * objects / CREATES_PER_SECOND
        case Await():
            return SETTLE
        case Change():
            return number(step.times) * (CHANGE + step.pause)
        case Hold():
            return number(step.connections) / max(number(step.rate), 1.0)
        case _:
            return 0.0
