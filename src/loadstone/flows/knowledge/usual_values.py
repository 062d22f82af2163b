"""Usual values: how large each metric of a plan was in the newest baselines of its component.

Nothing is known of a case before it has run, but of most plans something like it has run before.
What is found here is a hint for whoever plans, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from statistics import median

from loadstone.errors import LoadstoneError
from loadstone.model import Note, Plan, Record
from loadstone.report.common.units import exact, quantity
from loadstone.store.protocol import Query, Store

_NEWEST = 5  # records that are looked at

Usual = Mapping[tuple[str, str], float]  # by case and metric


def usual(plan: Plan, store: Store) -> Usual:
    """Look up the values of the newest baselines of the plan's component and provider.

    A record that cannot be read is passed over: whoever uses it is told.
    """
    found: dict[tuple[str, str], float] = {}
    for entry in islice(store.list(Query(component=plan.component)), _NEWEST):
        try:
            record = store.get(entry.key)
        except LoadstoneError:
            continue
        if record.environment.provider == plan.provider:
            found = {**_values(record), **found}
    return found


def _values(record: Record) -> Usual:
    seen: dict[tuple[str, str], list[float]] = {}
    for run in (run for run in record.runs if run.valid):
        for metric, value in run.values.items():
            seen.setdefault((run.case, metric), []).append(abs(value))
    return {key: median(values) for key, values in seen.items()}


def above_usual(plan: Plan, known: Usual) -> list[Note]:
    """The gated metrics whose minimum is more than all there is, so that no fall can gate."""
    found: dict[str, list[str]] = {}
    for each in plan.cases:
        for metric in each.metrics:
            size = known.get((each.case.name, metric.name))
            if metric.gated and size is not None and 0 < size < metric.minimum:
                least = exact(metric.unit, metric.minimum)
                value = quantity(metric.unit, size)
                found.setdefault(metric.name, []).append(
                    f"{each.case.name}: {value}, minimum {least}"
                )
    return [
        Note.of("minimum", metric=metric, cases="; ".join(cases)) for metric, cases in found.items()
    ]
