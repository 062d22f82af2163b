"""Comparable parts of a series: what earlier records measured as the newest one does.

A scenario changes now and then: a case gets another workload, a metric another source. What was
measured otherwise is left out, case by case and metric by metric, and said. Margins and gates are
no matter: those of the newest record hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from loadstone.model import CasePlan, Note, Record, Run
from loadstone.store.comparability import same_in_json

_CASE = ("design", "workload", "window", "warmup", "scale")


def alike(records: Sequence[Record]) -> tuple[list[Record], list[Note]]:
    """The records, the newest last, without what the newest measures otherwise; and those parts."""
    if not records:
        return [], []
    newest = _plans(records[-1])
    kept: list[Record] = []
    left: Counter[Note] = Counter()
    for record in records:
        plans = _plans(record)
        usable = {name: _usable(newest[name], plans[name]) for name in newest.keys() & plans}
        left.update(gone for name in plans for gone in _lost(plans[name], newest, usable))
        runs = [_only(run, usable.get(run.case, frozenset())) for run in record.runs]
        kept.append(replace(record, runs=runs))
    notes = [replace(note, data={**note.data, "records": times}) for note, times in left.items()]
    return kept, notes


def _plans(record: Record) -> dict[str, CasePlan]:
    return {plan.case.name: plan for plan in record.plan.cases}


def _usable(now: CasePlan, then: CasePlan) -> frozenset[str]:
    """The metrics of a case that were measured as they are now."""
    if not all(same_in_json(getattr(now, name), getattr(then, name)) for name in _CASE):
        return frozenset()
    known = {metric.name: metric for metric in then.metrics}
    return frozenset(
        metric.name
        for metric in now.metrics
        if metric.name in known
        and known[metric.name].unit == metric.unit
        and then.sources.get(metric.name) == now.sources.get(metric.name)
    )


def _lost(
    plan: CasePlan, newest: Mapping[str, CasePlan], usable: Mapping[str, frozenset[str]]
) -> Iterator[Note]:
    name = plan.case.name
    if name not in newest:
        yield Note.of("case-gone", case=name)
        return
    now = {metric.name for metric in newest[name].metrics}
    then = {metric.name for metric in plan.metrics}
    if now & then and not usable[name]:
        if newest[name].design is not plan.design:
            yield Note.of("other-design", case=name)
        else:
            yield Note.of("other-workload", case=name)
        return
    for metric in sorted(then - usable[name]):
        code = "other-measure" if metric in now else "metric-gone"
        yield Note.of(code, metric=metric, case=name)


def _only(run: Run, metrics: frozenset[str]) -> Run:
    return replace(
        run, values={name: value for name, value in run.values.items() if name in metrics}
    )
