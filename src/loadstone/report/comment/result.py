"""The result that a comment is about: a record, and what is said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Percentile, Record
from loadstone.model.accepted import AcceptedRow


@dataclass(frozen=True, kw_only=True)
class RunnerMinutes:
    """What a result cost, in minutes of a runner; `spent` of `cap` for the whole pull request."""

    minutes: float
    spent: float | None = None
    cap: float | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A record as a comment tells it.

    `latencies`: its percentiles (`stats.comparison.latencies`); `accepted`: the rows that somebody
    accepted, as the gate read them; `first`: no earlier record is known that it could be held
    against; `report`: URL of the whole report, "" for none, by whoever calls: it becomes a link, so
    nothing of an artifact or a pull request may be in it.
    """

    record: Record
    latencies: Sequence[Percentile] = ()
    accepted: Sequence[AcceptedRow] = ()
    cost: RunnerMinutes | None = None
    first: bool = False
    report: str = ""
