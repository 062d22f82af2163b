"""The noise model of a series, kept beside its baselines, which the judge starts from.

One small file for each series of baselines (`noise.json` in the folder of its component, scenarios,
tier and environment), learnt anew from the records of the series whenever one is saved. Only runs
that are trusted are saved as baselines, and a record in which something was found teaches nothing.

A record is judged anew as it was judged: with the noise of those records of its series that were
begun before it. The file is no help then, since the record itself has taught it by now.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from loadstone.model import CasePlan, Record, Verdict
from loadstone.stats.across_days.between_sessions import Drift
from loadstone.stats.across_days.between_sessions import learn as learn_drift
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.history import HISTORY_VERSION, History
from loadstone.stats.comparison.learning import PastComparison, learn
from loadstone.store import contents
from loadstone.store.decode import decode
from loadstone.store.names import stamp, unstamp
from loadstone.store.protocol import Query, Store

NAME = "noise.json"
_MOST_RECORDS = 40  # noise of long ago says little about today's machine
_NEXT = "delete the file; the next `loadstone baseline save` learns it anew"


def load(record: Record, store: Store) -> History | None:
    """Load the noise model of this record's series; None where there is none, or an older one.

    Raises `InvalidFile` for a file that is no noise model.
    """
    series = store.series(record)
    data = store.note(series, NAME)
    if data is None:
        return None
    history = decode(data, History, where=f"{series}/{NAME}", next_step=_NEXT)
    return history if history.version == HISTORY_VERSION else None


def refresh(record: Record, store: Store) -> History:
    """Learn the noise model of this record's series from its newest records, and keep it.

    Where somebody else keeps one meanwhile, it is learnt again, with that one's record.
    """

    learnt: list[History] = []

    def anew(_: bytes | None) -> bytes:
        plans = record.plan.cases
        past = [_past(each, plans) for each in series(record, store)]
        learnt.append(learn(past, plans))
        return msgspec.json.encode(learnt[-1]) + b"\n"

    store.update_note(store.series(record), NAME, anew)
    return learnt[-1]


def before(record: Record, store: Store) -> History | None:
    """Learn the noise model as it was when the record was measured, from the records before it.

    So a record that is judged anew, now a baseline itself under whatever name, neither teaches
    itself nor is judged by what came later. None where nothing had been learnt, as for the run
    itself.
    """
    mine = contents.digest(record)
    earlier = series(record, store, until=record.started)
    past = [
        _past(each, record.plan.cases)
        for each in earlier
        if contents.digest(each) != mine and not contents.begins(each, record)
    ]
    return learn(past, record.plan.cases) if past else None


def drift(record: Record, store: Store) -> Drift:
    """Learn the noise between days from the records of this record's series."""
    sessions = [each.runs for each in reversed(series(record, store))]
    return learn_drift(sessions, record.plan.cases)


def series(record: Record, store: Store, *, until: str | None = None) -> list[Record]:
    """The newest records of this record's series, the newest first, each session once.

    `until`: only those that were begun before this time (RFC 3339).
    """
    mine = store.series(record)
    latest = None if until is None else unstamp(stamp(until))
    keys = [
        entry.key
        for entry in store.list(Query(environment=record.environment.key))
        if entry.series == mine and (latest is None or entry.started < latest)
    ]
    newest = keys[:_MOST_RECORDS]
    store.expect(newest)
    return contents.once(store.get(key) for key in newest)


def _past(record: Record, plans: Sequence[CasePlan]) -> PastComparison:
    """What a record has to teach of these plans, of the design that each case has there."""
    measured = measurements(record.runs, plans)
    return PastComparison(measured=measured, verdict=_verdict(record))


def _verdict(record: Record) -> Verdict:
    return record.judgement.verdict if record.judgement else Verdict.INVALID
