"""Calibration of a project: its rate of false alarms, and the coverage of its intervals.

The report is the unit throughout, as the rows of one report share its noise. Besides the reports'
own verdicts, each metric, case and row is asked what it *would* have said alone in the report, at
the level that a report has: the smallest p of its k rows against α/k. If the p-values are right,
that happens in at most α of the reports, whatever their correlation; and it shows a bad metric long
before enough whole reports have alarmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loadstone.model import Note, Record, Run
from loadstone.model.audit import Audit, AuditRow, Rule
from loadstone.stats.audit.aa_comparisons import AAComparison, scope, sort
from loadstone.stats.audit.demotion import DemotionState, demote
from loadstone.stats.common.proportions import clustered, share
from loadstone.stats.designs.lane_bias import lane_biases


def line(trials: Sequence[AAComparison], *, case: str = "", metric: str = "") -> AuditRow:
    """Rates of a metric, a case or a row; "" is every one."""
    mine = [
        [row for row in each.rows if case in ("", row.case) and metric in ("", row.metric)]
        for each in trials
    ]
    alarms = [each.alone(rows) for each, rows in zip(trials, mine, strict=True)]
    held = [[row.covered for row in rows if row.covered is not None] for rows in mine]
    return AuditRow(
        case=case,
        metric=metric,
        alarms=share(sum(alarm is True for alarm in alarms), sum(a is not None for a in alarms)),
        covered=clustered([sum(each) for each in held], [len(each) for each in held]),
    )


def audit(
    named: Iterable[tuple[str, Record]],
    *,
    rule: Rule | None = None,
    before: DemotionState | None = None,
    others: Iterable[tuple[str, Record]] = (),
) -> Audit:
    """Audit judged records, each with the name it is known by.

    `others`: records that compare two programs, whose lanes are audited as well.
    `before`: what the last audit demoted; it stays so until it behaves. The same records in any
    order give the same audit.
    """
    rule = rule or Rule()
    records = list(named)
    trials, refused = sort(records, rule.newest)
    metrics = list(dict.fromkeys(row.metric for each in trials for row in each.rows))
    cases = list(dict.fromkeys(row.case for each in trials for row in each.rows))
    pairs = dict.fromkeys((row.case, row.metric) for each in trials for row in each.rows)
    rows = [line(trials, case=case, metric=metric) for case, metric in pairs]
    everything = line(trials)
    now = demote(trials, rule, before)
    used = {each.name for each in trials}
    return Audit(
        reports=share(sum(each.alarmed for each in trials), len(trials)),
        covered=everything.covered,
        metrics=[line(trials, metric=metric) for metric in sorted(metrics)],
        cases=[line(trials, case=case) for case in sorted(cases)],
        rows=sorted((each for each in rows if each.alarms.hits), key=lambda x: (x.case, x.metric)),
        demotions=now.demotions,
        returned=now.returned,
        refused=sorted(refused, key=lambda each: each.name),
        rule=rule,
        scope=next((scope(record) for name, record in records if name in used), {}),
        first=trials[0].started if trials else "",
        last=trials[-1].started if trials else "",
        lanes=lane_biases(_sessions([*records, *others])),
    )


def _sessions(records: Iterable[tuple[str, Record]]) -> list[Sequence[Run]]:
    """The runs of each session once: whatever was compared, its lanes are an A/A."""
    sessions = {record.started or name: record.runs for name, record in records}
    return [sessions[start] for start in sorted(sessions)]


def standing(audit_: Audit | None) -> DemotionState | None:
    """State that an audit leaves to the next one."""
    if audit_ is None:
        return None
    return DemotionState(demotions=audit_.demotions, returned=audit_.returned)


def warning(audit_: Audit) -> Note:
    """Warning with the audit's rates, for the footer of a report."""
    return Note(
        code="audited",
        data={
            "alarms": audit_.reports.hits,
            "reports": audit_.reports.of,
            "low": audit_.reports.low,
            "high": audit_.reports.high,
            "covered": audit_.covered.share,
            "demoted": len(audit_.demotions),
            "last": audit_.last,
        },
    )
