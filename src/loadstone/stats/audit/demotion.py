"""Demotion: what surely alarms too often in A/A comparisons is reported and not gated.

The narrowest name is blamed: rows first, then metrics and cases without what was blamed already,
the worst first. Each of the two steps has half of the rule's error, shared by its names, so an
audit in which nothing alarms too often rarely demotes anything. Something comes back when, in the
comparisons since it was demoted, the share of alarms is surely below `again`; its alarms of the
time before do not count any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loadstone.model import CasePlan, Note
from loadstone.model.audit import Demotion, Reinstatement, Rule
from loadstone.stats.audit.aa_comparisons import AAComparison, AuditedRow
from loadstone.stats.common.proportions import lower, upper

_STEPS = 2
_SURE = 0.95  # of the bound below which something comes back

Name = tuple[str, str]  # case and metric; "" is every one


@dataclass(frozen=True, kw_only=True)
class DemotionState:
    """State of demotions: what is demoted, and what has come back with alarms in the window."""

    demotions: Sequence[Demotion] = ()
    returned: Sequence[Reinstatement] = ()


def demote(
    trials: Sequence[AAComparison], rule: Rule, before: DemotionState | None = None
) -> DemotionState:
    """Decide what is demoted: of `before` what does not behave yet, and what alarms too often.

    By one-sided Clopper-Pearson bounds, corrected for the number of names. `trials`: A/A
    comparisons, oldest first.
    """
    before = before or DemotionState()
    behaves = [_behaves(trials, rule, each) for each in before.demotions]
    held = [each for each, well in zip(before.demotions, behaves, strict=True) if not well]
    back = [
        Reinstatement(metric=each.metric, case=each.case, since=each.since)
        for each, well in zip(before.demotions, behaves, strict=True)
        if well
    ]
    start = trials[0].started if trials else ""
    back += [each for each in before.returned if each.since >= start]
    pairs = sorted({(row.case, row.metric) for each in trials for row in each.rows})
    wide = sorted({("", metric) for _, metric in pairs} | {(case, "") for case, _ in pairs})
    for names in (pairs, wide):
        confidence = 1 - rule.error / _STEPS / max(len(names), 1)
        while found := _worst(
            trials, rule, names, DemotionState(demotions=held, returned=back), confidence
        ):
            held.append(found)
    return DemotionState(
        demotions=sorted(held, key=lambda each: (each.metric, each.case)),
        returned=sorted(back, key=lambda each: (each.metric, each.case, each.since)),
    )


def _worst(
    trials: Sequence[AAComparison],
    rule: Rule,
    names: Sequence[Name],
    standing: DemotionState,
    confidence: float,
) -> Demotion | None:
    """The name that surely alarms most of those that surely alarm too often, if there is one."""
    taken = {(each.case, each.metric) for each in standing.demotions}
    counted = {name: _alarms(trials, name, standing) for name in names if name not in taken}
    least = {name: lower(*counts, confidence) for name, counts in counted.items()}
    worst = max(least, key=least.__getitem__, default=None)
    if worst is None or least[worst] <= rule.allowed:
        return None
    alarms, of = counted[worst]
    allowed, again = (f"{100 * level:g} %" for level in (rule.allowed, rule.again))
    since = trials[-1].started
    return Demotion(
        case=worst[0],
        metric=worst[1],
        reason=f"it alarmed in {alarms} of {of} A/A reports, where {allowed} are allowed",
        until=f"surely less than {again} of the A/A reports after {since}",
        since=since,
    )


def apply(demotions: Sequence[Demotion], plans: Sequence[CasePlan]) -> list[CasePlan]:
    """Apply demotions to plans: metrics reported and not gated, with a note that says why."""
    return [_applied(demotions, plan) for plan in plans]


def _applied(demotions: Sequence[Demotion], plan: CasePlan) -> CasePlan:
    metrics, notes = [], list(plan.notes)
    for metric in plan.metrics:
        found = next((d for d in demotions if d.holds(plan.case.name, metric.name)), None)
        if found is not None and metric.gated:
            notes.append(Note.of("demoted", metric=metric.name, why=found.reason))
            metric = replace(metric, gated=False)  # noqa: PLW2901
        metrics.append(metric)
    return replace(plan, metrics=metrics, notes=notes) if len(notes) > len(plan.notes) else plan


def _behaves(trials: Sequence[AAComparison], rule: Rule, demotion: Demotion) -> bool:
    """Whether the comparisons since then show that it alarms rarely enough."""
    since = [each for each in trials if each.started > demotion.since]
    alarms, of = _alarms(since, (demotion.case, demotion.metric), DemotionState())
    return of > 0 and upper(alarms, of, _SURE) < rule.again


def _alarms(trials: Sequence[AAComparison], name: Name, standing: DemotionState) -> tuple[int, int]:
    found = [each.alone(_rows(each, name, standing)) for each in trials]
    return sum(one is True for one in found), sum(one is not None for one in found)


def _rows(trial: AAComparison, name: Name, standing: DemotionState) -> list[AuditedRow]:
    """The rows of a name that nothing narrower is blamed for, and that nothing is forgiven."""
    return [
        row
        for row in trial.rows
        if name[0] in ("", row.case)
        and name[1] in ("", row.metric)
        and not any(each.holds(row.case, row.metric) for each in standing.demotions)
        and not any(
            back.forgives(trial.started, row.case, row.metric) for back in standing.returned
        )
    ]
