"""An audit of false alarms: how often A/A reports alarmed, and what is not gated for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model.values import Note

AUDIT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """`hits` of `of`, as a share 0…1 with the interval that covers the true one at `level`.

    Without anything counted (`of` 0) nothing is known: `share` is 0 and the interval is 0…1.
    """

    hits: int
    of: int
    share: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """Alarms and intervals that held 0, of a metric (`case` ""), a case (`metric` "") or a row."""

    case: str
    metric: str
    alarms: Proportion  # of reports
    covered: Proportion  # of intervals


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
    """When something is demoted, and when it comes back (`loadstone.stats.audit.demotion`).

    `allowed`: the share of reports that may alarm. `again`: the share below which it comes back,
    above `allowed`, or what is just right would never be shown to be. `error`: the chance that an
    audit demotes anything though nothing exceeds `allowed`. `newest`: comparisons that count.
    """

    allowed: float = 0.05
    again: float = 0.10
    error: float = 0.05
    newest: int = 100


@dataclass(frozen=True, kw_only=True)
class Reinstatement:
    """What is gated again: of its alarms only those after `since` count."""

    metric: str
    case: str
    since: str

    def forgives(self, started: str, case: str, metric: str) -> bool:
        """Whether this row of a comparison that was started then does not count."""
        return started <= self.since and self.case in ("", case) and self.metric in ("", metric)


@dataclass(frozen=True, kw_only=True)
class UnusableRecord:
    """A record that is no material for an audit, and why."""

    name: str
    reason: Note


@dataclass(frozen=True, kw_only=True)
class LaneBias:
    """A standing A/A of mixed pairs: what lane and start order do to a metric, whatever the side.

    Relative changes with their 95 % intervals: of lane 1 beside lane 0, and of what started second
    beside what started first. Both are corrected for the side and for one another.
    """

    metric: str
    pairs: int
    lane: float
    low: float
    high: float
    second: float
    second_low: float
    second_high: float
    level: float = 0.95

    @property
    def biased(self) -> bool:
        """Whether a lane is surely not like the other."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The result: rates with intervals, what is demoted, and what could not be used."""

    reports: Proportion
    covered: Proportion
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
    lanes: Sequence[LaneBias] = ()  # of all mixed pairs, by metric
    version: int = AUDIT_VERSION
