"""Comparability of a stored baseline: every reason for which it may not gate. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.model import CasePlan, Environment, Note, Record, Scalar

_SHOWN = 5


def differences(record: Record, baseline: Record) -> list[Note]:
    """The differences for which `baseline` must not decide about `record`; empty when it may.

    A baseline that differs may still be shown, as context. Margins and objectives are no such
    reason: those of `record` hold.
    """
    return [
        *_differences(record, baseline),
        *_cases(record, baseline),
        *_runs(baseline),
    ]


def _differences(record: Record, baseline: Record) -> Iterator[Note]:
    now, then = record.plan, baseline.plan
    here, there = record.environment, baseline.environment
    if now.component != then.component:
        yield Note.of("component", now=now.component, then=then.component)
    if now.provider != then.provider:
        yield Note.of("provider", now=now.provider, then=then.provider)
    if now.tier != then.tier:
        yield Note.of("tier", now=now.tier, then=then.tier)
    if here.harness != there.harness:
        yield Note.of("harness", now=here.harness, then=there.harness)
    if here.key != there.key:
        yield Note.of("environment", now=here.key, then=there.key, **_facts(here, there))


def _facts(here: Environment, there: Environment) -> dict[str, Scalar]:
    """The facts that differ, at most five of them."""
    now, then = here.facts, there.facts
    differing = [
        f"{fact} {then.get(fact, '?')} → {now.get(fact, '?')}"
        for fact in sorted(now.keys() | then)
        if now.get(fact) != then.get(fact)
    ]
    return {"facts": ", ".join(differing[:_SHOWN])} if differing else {}


def _cases(record: Record, baseline: Record) -> Iterator[Note]:
    now = {plan.case.name: plan for plan in record.plan.cases}
    then = {plan.case.name: plan for plan in baseline.plan.cases}
    scenarios = [{plan.case.scenario for plan in cases.values()} for cases in (now, then)]
    if scenarios[0] != scenarios[1]:
        here, there = (", ".join(sorted(names)) or "none" for names in scenarios)
        yield Note.of("scenarios", now=here, then=there)
    missing = [name for name in now if name not in then]
    if missing:
        yield Note.of("cases", **_names(missing))
    for name in (name for name in now if name in then):
        if now[name].design is not then[name].design:
            designs = (str(each[name].design) for each in (now, then))
            yield Note.of("design", case=name, **dict(zip(("now", "then"), designs, strict=True)))
        yield from _workload(name, now[name], then[name])
        yield from _metrics(name, now[name], then[name])


def _workload(name: str, now: CasePlan, then: CasePlan) -> Iterator[Note]:
    for field in ("workload", "window", "warmup", "scale", "sources"):
        if not same_in_json(getattr(now, field), getattr(then, field)):
            yield Note.of("workload", case=name, field=field)


def _metrics(name: str, now: CasePlan, then: CasePlan) -> Iterator[Note]:
    known = {metric.name: metric for metric in then.metrics}
    missing = [metric.name for metric in now.metrics if metric.name not in known]
    if missing:
        yield Note.of("metrics", case=name, **_names(missing))
    for metric in now.metrics:
        old = known.get(metric.name, metric)
        of = {"case": name, "metric": metric.name}
        if metric.unit != old.unit:
            yield Note.of("unit", **of, now=metric.unit, then=old.unit)
        if metric.direction != old.direction:
            yield Note.of("direction", **of, now=str(metric.direction), then=str(old.direction))
        if metric.counted != old.counted:
            yield Note.of("counted", **of, now=metric.counted, then=old.counted)


def _runs(baseline: Record) -> Iterator[Note]:
    if not any(run.valid for run in baseline.runs):
        yield Note.of("no-runs")


def _names(names: list[str]) -> dict[str, Scalar]:
    """The first names, and how many more there are."""
    more: dict[str, Scalar] = {"more": len(names) - _SHOWN} if len(names) > _SHOWN else {}
    return {"names": ", ".join(names[:_SHOWN]), **more}


def same_in_json(one: object, other: object) -> bool:
    """Whether JSON does not tell them apart, as it does not a tuple and a list."""
    first, second = (msgspec.json.encode(each, order="deterministic") for each in (one, other))
    return first == second
