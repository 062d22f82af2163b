"""The audit of a series' false alarms by A/A comparisons, kept beside its baselines.

One small file for each series of baselines (`audit.json` in the folder of its component, scenarios,
tier and environment), replaced whole by each audit, which reads the last one first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from loadstone.model import Record
from loadstone.model.audit import AUDIT_VERSION, Audit, Rule
from loadstone.report.audit import wording
from loadstone.stats.audit.aa_comparisons import unlike
from loadstone.stats.audit.rates import audit, standing
from loadstone.store.decode import decode
from loadstone.store.migrations import own_words
from loadstone.store.protocol import Query, Store

NAME = "audit.json"
_NEXT = "delete the file; the next `loadstone audit` writes it anew, without earlier demotions"


def load(record: Record, store: Store) -> Audit | None:
    """Load the audit of this record's series; None where there is none, or of another version.

    Raises `InvalidFile` for a file that is no audit.
    """
    series = store.series(record)
    data = store.note(series, NAME)
    if data is None:
        return None
    found = decode(data, Audit, where=f"{series}/{NAME}", next_step=_NEXT, upgrade=own_words)
    return found if found.version == AUDIT_VERSION else None


def save(found: Audit, record: Record, store: Store) -> str:
    """Keep the audit beside the baselines of this record's series."""
    data = msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
    return store.keep_note(store.series(record), NAME, data)


def audited(named: Sequence[tuple[str, Record]], store: Store, rule: Rule | None = None) -> Audit:
    """Audit judged records; what was demoted before in their series stays so until it behaves."""
    newest = series(named)
    before = load(newest, store) if newest else None
    found = audit(named, rule=rule, before=standing(before))
    return replace(found, words=wording.rule(found.rule))


def series(named: Sequence[tuple[str, Record]]) -> Record | None:
    """The newest A/A comparison: its series is the one that is audited."""
    usable = [each for each in named if unlike(each[1].plan) is None]
    return max(usable, key=lambda each: (each[1].started, each[0]))[1] if usable else None


def stored(store: Store) -> list[tuple[str, Record]]:
    """Every A/A comparison among the baselines, under its key."""
    found = [(entry.key, store.get(entry.key)) for entry in store.list(Query())]
    return [each for each in found if unlike(each[1].plan) is None]
