"""Comparability of a stored baseline: every reason for which it may not gate. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.model import CasePlan, Reason, Record


def hindrances(record: Record, baseline: Record) -> list[Reason]:
    """The hindrances for which `baseline` must not decide about `record`; empty when it may.

    A baseline with hindrances may still be shown, as context. Margins and objectives are no
    hindrance: those of `record` hold.
    """
    return [
        *_differences(record, baseline),
        *_cases(record, baseline),
        *_runs(baseline),
    ]


def _differences(record: Record, baseline: Record) -> Iterator[Reason]:
    pairs = {
        "component": (record.plan.component, baseline.plan.component),
        "provider": (record.plan.provider, baseline.plan.provider),
        "tier": (record.plan.tier, baseline.plan.tier),
        "harness": (record.environment.harness, baseline.environment.harness),
        "environment": (record.environment.key, baseline.environment.key),
    }
    for name, (now, then) in pairs.items():
        if now != then:
            text = f"another {name}: now {now}, in the baseline {then}"
            yield Reason(code=name, text=text + _facts(record, baseline, name))


def _facts(record: Record, baseline: Record, name: str) -> str:
    """Of another environment: the facts that differ, at most five of them."""
    if name != "environment":
        return ""
    now, then = record.environment.facts, baseline.environment.facts
    differing = [
        f"{fact} {then.get(fact, '?')} → {now.get(fact, '?')}"
        for fact in sorted(now.keys() | then)
        if now.get(fact) != then.get(fact)
    ]
    return f" ({', '.join(differing[:5])})" if differing else ""


def _cases(record: Record, baseline: Record) -> Iterator[Reason]:
    now = {plan.case.name: plan for plan in record.plan.cases}
    then = {plan.case.name: plan for plan in baseline.plan.cases}
    scenarios = [{plan.case.scenario for plan in cases.values()} for cases in (now, then)]
    if scenarios[0] != scenarios[1]:
        text = " instead of ".join(", ".join(sorted(names)) or "none" for names in scenarios)
        yield Reason(code="scenarios", text=f"other scenarios: {text}")
    missing = [name for name in now if name not in then]
    if missing:
        text = f"not in the baseline: {_list(missing)}"
        yield Reason(code="cases", text=text)
    for name in (name for name in now if name in then):
        yield from _workload(name, now[name], then[name])
        yield from _metrics(name, now[name], then[name])


def _workload(name: str, now: CasePlan, then: CasePlan) -> Iterator[Reason]:
    for field in ("workload", "window", "warmup", "scale", "sources"):
        if _json(getattr(now, field)) != _json(getattr(then, field)):
            yield Reason(code="workload", text=f"{name}: another {field}")


def _metrics(name: str, now: CasePlan, then: CasePlan) -> Iterator[Reason]:
    known = {metric.name: metric for metric in then.metrics}
    missing = [metric.name for metric in now.metrics if metric.name not in known]
    if missing:
        yield Reason(code="metrics", text=f"{name}: not in the baseline: {_list(missing)}")
    for metric in now.metrics:
        old = known.get(metric.name, metric)
        for field in ("unit", "direction", "counted"):
            if getattr(metric, field) != getattr(old, field):
                text = f"{name}: {metric.name} has another {field}: "
                text += f"now {getattr(metric, field)}, in the baseline {getattr(old, field)}"
                yield Reason(code=field, text=text)


def _runs(baseline: Record) -> Iterator[Reason]:
    if not any(run.valid for run in baseline.runs):
        yield Reason(code="no-runs", text="the baseline has no valid run")


def _list(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _json(value: object) -> bytes:
    """One form for what JSON does not tell apart, such as a tuple and a list."""
    return msgspec.json.encode(value, order="deterministic")
