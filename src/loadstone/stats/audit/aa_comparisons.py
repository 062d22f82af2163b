"""A/A comparisons: the material of an audit, with what each of them said of every row.

The program is the same on both sides, so every finding is a false alarm and every interval should
hold 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loadstone.model import Comparison, Direction, Judgement, Note, Plan, Record, Verdict
from loadstone.model.audit import UnusableRecord
from loadstone.stats.common import spending

_FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


@dataclass(frozen=True, kw_only=True)
class AuditedRow:
    """Row of an A/A comparison."""

    case: str
    metric: str
    # 1 where the estimate was too small to be flagged at any p, None where nothing was judged
    p: float | None
    covered: bool | None  # whether the interval of the change held 0


@dataclass(frozen=True, kw_only=True)
class AAComparison:
    """A/A comparison: one that ran the same program on both sides."""

    name: str
    started: str  # RFC 3339
    alarmed: bool  # it flagged a gated row or a suite row
    rounds: int
    alpha: float
    looks: Sequence[int]
    rows: Sequence[AuditedRow]

    def alone(self, rows: Iterable[AuditedRow]) -> bool | None:
        """Whether these rows would have alarmed alone in the report; None if none was judged."""
        tests = [row.p for row in rows if row.p is not None]
        if not tests:
            return None
        last = self.looks[-1] if self.looks else self.rounds
        now = min(max(self.rounds, 1), last)
        looks = [*(look for look in self.looks if look < now), now]
        level = spending.levels(looks, last, self.alpha, len(tests))[-1] / len(tests)
        return min(tests) <= level


def unlike(plan: Plan) -> Note | None:
    """Reason why a comparison is no A/A comparison; None if it is one."""
    base, head = plan.base, plan.head
    if base.digest and head.digest:
        if base.digest == head.digest:
            return None
        return Note.of(
            "not-aa",
            base=base.label,
            head=head.label,
            base_digest=base.digest[-12:],
            head_digest=head.digest[-12:],
        )
    same = [getattr(base, name) == getattr(head, name) for name in ("source", "label", "commit")]
    if all(same) and (base.label or base.commit):
        return None
    return Note.of("not-aa", base=base.label or "?", head=head.label or "?")


def scope(record: Record) -> dict[str, str]:
    """Scope of a record: what all records of one audit must share."""
    return {
        "component": record.plan.component,
        "provider": record.plan.provider,
        "tier": record.plan.tier,
        "environment": record.environment.key,
        "scenarios": "+".join(sorted({plan.case.scenario for plan in record.plan.cases})),
    }


def sort(
    named: Iterable[tuple[str, Record]], newest: int
) -> tuple[list[AAComparison], list[UnusableRecord]]:
    """Select the newest A/A comparisons that can be used, oldest first; the others with reasons.

    All must be of the same series as the newest one that is an A/A comparison at all; a session
    that is there twice counts once.
    """
    refused: list[UnusableRecord] = []
    usable: list[tuple[str, Record]] = []
    seen: set[tuple[str, str, int]] = set()
    ordered = sorted(named, key=lambda each: (each[1].started, each[0]), reverse=True)
    for name, record in ordered:
        reason = _unusable(record, usable[0][1] if usable else None)
        session = (record.started, record.plan.created, record.plan.seed)
        if reason is None and record.started and session in seen:
            reason = Note.of("twice")
        if reason is None:
            seen.add(session)
            usable.append((name, record))
        else:
            refused.append(UnusableRecord(name=name, reason=reason))
    kept = usable[:newest]
    return [trial(name, record) for name, record in reversed(kept)], refused


def _unusable(record: Record, first: Record | None) -> Note | None:
    reason = unlike(record.plan)
    if reason is not None:
        return reason
    judgement = record.judgement
    if judgement is None or judgement.verdict is Verdict.INVALID:
        return Note.of("invalid")
    if first is not None:
        for key, value in scope(first).items():
            if scope(record)[key] != value:
                return Note.of("series", field=key, value=scope(record)[key])
    return None


def trial(name: str, record: Record) -> AAComparison:
    """Extract what a judged A/A record said."""
    judgement = record.judgement or Judgement(verdict=Verdict.INVALID, comparisons=())
    shown = [*judgement.comparisons, *judgement.suite]
    return AAComparison(
        name=name,
        started=record.started,
        alarmed=any(row.metric.gated and row.verdict in _FLAGGED for row in shown),
        rounds=max((row.n for row in shown), default=0),
        alpha=judgement.policy.alpha,
        looks=tuple(judgement.policy.looks),
        rows=[_row(row) for row in judgement.comparisons],
    )


def _row(row: Comparison) -> AuditedRow:
    judged = row.p is not None and row.metric.direction is not Direction.NONE
    location, least = row.explain.get("location"), row.explain.get("least")
    small = location is not None and least is not None and abs(location) < least
    change = row.change
    return AuditedRow(
        case=row.case,
        metric=row.metric.name,
        p=(1.0 if small else row.p) if judged else None,
        covered=None if change is None else bool(change.low <= 0 <= change.high),
    )
