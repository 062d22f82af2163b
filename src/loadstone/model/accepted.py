"""Acknowledged changes: what somebody with the right to it has accepted, why, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadstone.model.judgement import Judgement


@dataclass(frozen=True, kw_only=True)
class AcceptedChange:
    """A change that does not fail the gate for a while.

    `component` is its short name, "" for any; `case` a glob over case names, `metric` a metric's
    name. `size`: the relative change that was accepted (0.08: head is 8 % more); `beyond`: how far
    beyond its objective head was, as a share of the bound; None where there was none, and both None
    for any size. `when` and `expires` are RFC 3339 in UTC. `pull_request`: where it was accepted, 0
    for everywhere.
    """

    component: str
    case: str
    metric: str
    reason: str
    who: str
    when: str
    expires: str
    size: float | None = None
    beyond: float | None = None
    pull_request: int = 0


class AcceptanceStatus(StrEnum):
    """Whether an accepted change still holds for what was measured now."""

    HELD = "held"  # it does not fail the gate
    GROWN = "grown"  # surely and relevantly larger than what was accepted: it alarms again
    EXPIRED = "expired"  # it alarms again


@dataclass(frozen=True, kw_only=True)
class AcceptedRow:
    """A regression, or a missed objective, that somebody had accepted; `case` is "" for a suite."""

    case: str
    metric: str
    change: AcceptedChange
    status: AcceptanceStatus
    objective: bool = False


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A judgement as the gate reads it once accepted changes are set aside, and which these were.

    What is shown is the judgement as it was, with a mark at each of `rows`.
    """

    judgement: Judgement
    rows: Sequence[AcceptedRow] = ()
