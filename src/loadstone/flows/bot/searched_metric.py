"""The metric that a bisection searches by: one rule for the job that measures and for the judge."""

from __future__ import annotations

from loadstone.errors import MeasurementFailed
from loadstone.flows.bot.asked_here import ComponentRequest
from loadstone.flows.prepare import sketch
from loadstone.model import Direction


def searched_metric(each: ComponentRequest) -> str:
    """The metric that was said, or the only one that is good or bad.

    Raises `MeasurementFailed` where nothing says which of several.
    """
    if each.ask.metric:
        return each.ask.metric
    cases = sketch(each.request).plan.cases
    metrics = {
        metric.name
        for case in cases
        for metric in case.metrics
        if metric.direction is not Direction.NONE
    }
    if len(metrics) == 1 and len(cases) == 1:
        return metrics.pop()
    raise MeasurementFailed(
        "a bisection is of one case and one metric, and nothing says which: "
        "/loadstone bisect case=CASE metric=METRIC",
        next_step=f"the metrics are: {', '.join(sorted(metrics))}",
    )
