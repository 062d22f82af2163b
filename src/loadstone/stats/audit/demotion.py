"""What alarms too often in A/A comparisons is reported and not gated, until it behaves.

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
from loadstone.stats.audit.trials import AAComparison, AuditedRow
from loadstone.stats.common.proportions import lower, upper

_STEPS = 2
_SURE = 0.95  # of the bound below which something comes back

Name = tuple[str, str]  # case and metric; "" is every one


@dataclass(frozen=True, kw_only=True)
class Demotion:
    """A metric (`case` ""), a case (`metric` "") or a row that is reported and not gated."""

    metric: str
    case: str
    reason: str
    until: str
    since: str  # when the newest comparison that led to it was started

    def holds(self, case: str, metric: str) -> bool:
        """Whether it speaks of this row."""
        return self.case in ("", case) and self.metric in ("", metric)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When something is demoted, and when it comes back: see `loadstone.stats.audit.demotion`.

    `allowed`: the share of reports that may alarm. `again`: the share below which it comes back,
    above `allowed`, or what is just right would never be shown to be. `error`: the chance that an
    audit demotes anything though nothing exceeds `allowed`. `newest`: comparisons that count.
    """

    allowed: float = 0.05
    again: float = 0.10
    error: float = 0.05
    newest: int = 100

    def words(self) -> str:
        """The rule as a reader sees it."""
        return (
            f"reported and not gated: what surely alarms in more than {100 * self.allowed:g} % of "
            f"the newest {self.newest} A/A reports (chance that an audit demotes anything wrongly: "
            f"{100 * self.error:g} %); gated again: when that is surely below "
            f"{100 * self.again:g} % of those since then"
        )


@dataclass(frozen=True, kw_only=True)
class Reinstatement:
    """What is gated again: of its alarms only those after `since` count."""

    metric: str
    case: str
    since: str

    def forgives(self, trial: AAComparison, row: AuditedRow) -> bool:
        """Whether this row of this comparison does not count."""
        return (
            trial.started <= self.since
            and self.case in ("", row.case)
            and self.metric in ("", row.metric)
        )


@dataclass(frozen=True, kw_only=True)
class DemotionState:
    """What is demoted, and what has come back while its old alarms are still in the window."""

    demotions: Sequence[Demotion] = ()
    returned: Sequence[Reinstatement] = ()


def demote(
    trials: Sequence[AAComparison], rule: Rule, before: DemotionState | None = None
) -> DemotionState:
    """What is demoted now: of `before` what does not behave yet, and what alarms too often.

    `trials`: A/A comparisons, oldest first.
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
    """The plans with every demoted metric reported and not gated, and with a note that says why."""
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
        and not any(each.forgives(trial, row) for each in standing.returned)
    ]
