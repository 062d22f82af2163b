"""Duration estimates of runs, for budgets and for the time left. Rough on purpose."""

from __future__ import annotations

from collections import defaultdict

from loadstone.formats import Tier, Workload
from loadstone.model import Plan

START_AND_STOP = 2.0  # s: a clean cluster, the component's start, its stop
PAIR_UP_AND_DOWN = 3.0  # s: the same for both sides of a mixed pair, of which a part is shared


def estimate(workload: Workload, tier: Tier, solo: float = 1.0) -> float:
    """Seconds that one run is expected to take, start and stop included.

    `solo`: the share of rounds that are solo. The two runs of a mixed pair take their time once.
    """
    objects: defaultdict[str, int] = defaultdict(
        lambda: 1
    )  # of a template that its component has, one object
    objects |= {name: len(each.objects) for name, each in workload.templates.items()}
    before = sum(step.seconds(objects) for step in (*workload.before, *workload.setup))
    during = sum(step.seconds(objects) for step in workload.measured)
    work = max(before + max(during, tier.warmup + tier.window), tier.takes)
    return solo * (START_AND_STOP + work) + (1 - solo) * (PAIR_UP_AND_DOWN + work) / 2


def duration(plan: Plan, rounds: int) -> float:
    """Seconds of measuring all cases of a plan on both sides, `rounds` times."""
    return 2 * rounds * sum(case.estimate for case in plan.cases)
