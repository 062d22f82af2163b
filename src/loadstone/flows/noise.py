"""The noise model beside the baselines: what the judge knows of this suite on this machine.

One small file for each series of baselines (`noise.json` in the folder of its component, scenarios,
tier and environment), learnt anew from the records of the series whenever one is saved. Only runs
that are trusted are saved as baselines, and a record in which something was found teaches nothing.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from loadstone.model import Record, Verdict
from loadstone.stats.across_days.drift import Drift
from loadstone.stats.across_days.drift import learn as learn_drift
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.history import HISTORY_VERSION, History, PastComparison, learn
from loadstone.store import contents, files
from loadstone.store.decode import decode
from loadstone.store.directory import DirectoryStore
from loadstone.store.names import stamp, unstamp
from loadstone.store.protocol import Query
from loadstone.store.records import read

NAME = "noise.json"
_MOST_BYTES = 16_000_000  # 800 rows are under a tenth
_MOST_RECORDS = 40  # noise of long ago says little about today's machine
_NEXT = "delete the file; the next `loadstone baseline save` learns it anew"


def load(record: Record, root: Path) -> History | None:
    """The noise model for this record's series, or None where there is none (or an older one).

    Raises `InvalidFile` for a file that is no noise model.
    """
    path = DirectoryStore(root).series(record) / NAME
    if not path.is_file():
        return None
    data = read(path, most=_MOST_BYTES)
    history = decode(data, History, where=str(path), next_step=_NEXT)
    return history if history.version == HISTORY_VERSION else None


def refresh(record: Record, root: Path) -> History:
    """Learn the noise model of this record's series from its newest records, and keep it."""
    history = learn([_past(each) for each in series(record, root)], record.plan.cases)
    path = DirectoryStore(root).series(record) / NAME
    files.replace(path, msgspec.json.encode(history) + b"\n")
    return history


def before(record: Record, root: Path) -> History | None:
    """What was known when the record was measured: from the records of its series before it.

    So a record that is judged anew, now a baseline itself under whatever name, neither teaches
    itself nor is judged by what came later. None where nothing had been learnt, as for the run
    itself.
    """
    mine = contents.digest(record)
    earlier = series(record, root, until=record.started)
    past = [_past(each) for each in earlier if contents.digest(each) != mine]
    return learn(past, record.plan.cases) if past else None


def drift(record: Record, root: Path) -> Drift:
    """What the records of this record's series say of noise between days."""
    sessions = [each.runs for each in reversed(series(record, root))]
    return learn_drift(sessions, record.plan.cases)


def series(record: Record, root: Path, *, until: str | None = None) -> list[Record]:
    """The newest records of this record's series, the newest first, each session once.

    `until`: only those that were begun before this time (RFC 3339).
    """
    store = DirectoryStore(root)
    folder = store.series(record)
    latest = None if until is None else unstamp(stamp(until))
    keys = [
        entry.key
        for entry in store.list(Query(environment=record.environment.key))
        if latest is None or entry.started < latest
    ]
    mine = [key for key in keys if (store.root / key).parent.parent == folder]
    return contents.once(store.get(key) for key in mine[:_MOST_RECORDS])


def _past(record: Record) -> PastComparison:
    measured = measurements(record.runs, record.plan.cases)
    return PastComparison(measured=measured, verdict=_verdict(record))


def _verdict(record: Record) -> Verdict:
    return record.judgement.verdict if record.judgement else Verdict.INVALID
