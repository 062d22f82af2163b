"""The verdict on one component of a release: against the one before it, and the best of the last.

The comparison with the release before is the gate: both were measured side by side. The one with
the best of the last N rests on a record of another day, which is wider. It can fail a release where
the two may be compared at all, but what it leaves open makes nobody wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.bot.ask import Ask
from loadstone.bot.best_release import best
from loadstone.bot.commit_status import gate
from loadstone.flows.judge import against
from loadstone.model import Conclusion, Note, Record
from loadstone.model.accepted import AcceptedChange
from loadstone.report.comment import ReleaseComparison, Result
from loadstone.stats.comparison.latencies import percentiles
from loadstone.stats.comparison.set_aside import set_aside
from loadstone.store.comparability import differences
from loadstone.store.protocol import Query, Store


@dataclass(frozen=True, kw_only=True)
class ReleaseVerdict:
    """The verdict on a component: what is gated by, and the comparison that the notes show.

    `reason`: why there is none. `by_best`: it fails by the best of the last releases alone.
    """

    component: str
    conclusion: Conclusion
    comparison: ReleaseComparison | None = None
    reason: Note | None = None
    by_best: bool = False

    @property
    def record(self) -> Record | None:
        """What was measured."""
        return self.comparison.against_previous.record if self.comparison else None


def missing(component: str, reason: Note) -> ReleaseVerdict:
    """The verdict on a component of which nothing is known: never a pass."""
    return ReleaseVerdict(component=component, conclusion=Conclusion.INVALID, reason=reason)


def verdict(
    record: Record,
    ask: Ask,
    *,
    tag: str,
    commits: Mapping[str, str],
    store: Store,
    accepted: Sequence[AcceptedChange],
    now: str,
) -> ReleaseVerdict:
    """Judge a component of a release. `commits`: of earlier tags, the newest first."""
    previous = record.plan.base.asked
    first, concluded = _gated(record, ask.label, accepted, now, certain=ask.certain)
    found = _best_of(record, commits, store)
    if found is None:
        said = ReleaseComparison(tag=tag, previous=previous, against_previous=first)
        return ReleaseVerdict(component=ask.label, conclusion=concluded, comparison=said)
    other, earlier, among = found
    second, of_best = _gated(
        against(record, earlier, gate=False, baselines=store),
        ask.label,
        accepted,
        now,
        certain=False,
    )
    fails = of_best is Conclusion.FAIL and not differences(record, earlier)
    by_best = fails and concluded is not Conclusion.FAIL
    return ReleaseVerdict(
        component=ask.label,
        conclusion=Conclusion.FAIL if fails else concluded,
        by_best=by_best,
        comparison=ReleaseComparison(
            tag=tag,
            previous=previous,
            against_previous=first,
            best=other,
            against_best=second,
            of_last=among,
        ),
    )


def _gated(
    record: Record, component: str, accepted: Sequence[AcceptedChange], now: str, *, certain: bool
) -> tuple[Result, Conclusion]:
    assert record.judgement is not None  # noqa: S101  (only judged ones come here)
    found = set_aside(record.judgement, accepted, component=component, now=now)
    rows = record.judgement.comparisons
    latencies = percentiles(record.plan.cases, record.runs, rows)
    result = Result(record=record, latencies=latencies, accepted=found.rows)
    return result, gate(found, certain=certain)


def _best_of(
    record: Record, commits: Mapping[str, str], store: Store
) -> tuple[str, Record, int] | None:
    """The best of the releases that have a record of this series, and how many have one.

    Where the one before is the best, there is nothing more to say than what was measured.
    """
    series = store.series(record)
    known = store.list(Query(environment=record.environment.key))
    newest: dict[str, str] = {}
    for entry in known:
        if entry.series == series and entry.commit:
            newest.setdefault(entry.commit, entry.key)
    keys = {tag: newest[sha] for tag, sha in commits.items() if sha in newest}
    store.expect([*keys.values()])
    records = {tag: store.get(key) for tag, key in keys.items()}
    tag = best(records)
    if tag in ("", record.plan.base.asked):
        return None
    return tag, records[tag], len(records)
