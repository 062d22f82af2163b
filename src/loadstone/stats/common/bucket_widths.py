"""Resolution of quantiles that a component's own histograms tell: the width of their buckets.

It is known only once something was observed, so it is taken from the runs and not from a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from loadstone.model import CasePlan, Metric, Run


def with_bucket_widths(plans: Sequence[CasePlan], runs: Sequence[Run]) -> list[CasePlan]:
    """The plans with the resolution of each metric that runs know a bucket's width of.

    The median over the runs; a coarser one that the scenario says stays.
    """
    return [
        replace(plan, metrics=[_resolved(metric, plan, runs) for metric in plan.metrics])
        for plan in plans
    ]


def _resolved(metric: Metric, plan: CasePlan, runs: Sequence[Run]) -> Metric:
    source = plan.sources.get(metric.name)
    if source is None or source.per:
        return metric
    name = f"{source.quantity}.resolution"
    widths = [
        run.quantities[name] * source.times
        for run in runs
        if run.case == plan.case.name and name in run.quantities
    ]
    return replace(metric, resolution=max(metric.resolution, median(widths))) if widths else metric
