"""How often this project's reports really alarm without a cause, and how often intervals hold.

The report is the unit throughout, as the rows of one report share its noise. Besides the reports'
own verdicts, each metric, case and row is asked what it *would* have said alone in the report, at
the level that a report has: the smallest p of its k rows against α/k. If the p-values are right,
that happens in at most α of the reports, whatever their correlation; and it shows a bad metric long
before enough whole reports have alarmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model import Note, Record
from loadstone.stats.audit.demotion import Demotion, DemotionState, Reinstatement, Rule, demote
from loadstone.stats.audit.trials import AAComparison, UnusableRecord, scope, sort
from loadstone.stats.common.proportions import Share, clustered, share

AUDIT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """Alarms and intervals that held 0, of a metric (`case` ""), a case (`metric` "") or a row."""

    case: str
    metric: str
    alarms: Share  # of reports
    covered: Share  # of intervals


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The result: rates with intervals, what is demoted, and what could not be used."""

    reports: Share
    covered: Share
    metrics: Sequence[AuditRow] = ()
    cases: Sequence[AuditRow] = ()
    rows: Sequence[AuditRow] = ()  # only those that alarmed
    demotions: Sequence[Demotion] = ()
    returned: Sequence[Reinstatement] = ()
    refused: Sequence[UnusableRecord] = ()
    rule: Rule = field(default_factory=Rule)
    words: str = ""  # the rule, written out
    scope: Mapping[str, str] = field(default_factory=dict)  # what all the records share
    first: str = ""  # when the oldest comparison was started
    last: str = ""  # and the newest
    version: int = AUDIT_VERSION


def line(trials: Sequence[AAComparison], *, case: str = "", metric: str = "") -> AuditRow:
    """Alarms and coverage of a metric, a case or a row."""
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
) -> Audit:
    """Audit judged records, each with the name it is known by.

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
        words=rule.words(),
        scope=next((scope(record) for name, record in records if name in used), {}),
        first=trials[0].started if trials else "",
        last=trials[-1].started if trials else "",
    )


def standing(audit_: Audit | None) -> DemotionState | None:
    """What an audit leaves to the next one."""
    if audit_ is None:
        return None
    return DemotionState(demotions=audit_.demotions, returned=audit_.returned)


def warning(audit_: Audit) -> Note:
    """What the footer of a report says of the audit."""
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
