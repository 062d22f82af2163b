"""The audit of a series' false alarms by A/A comparisons, kept beside its baselines.

One small file for each series of baselines (`audit.json` in the folder of its component, scenarios,
tier and environment), replaced whole by each audit, which goes on from the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from loadstone.model import Design, Record
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
    return _decoded(store.note(series, NAME), series)


def audited(named: Sequence[tuple[str, Record]], store: Store, rule: Rule | None = None) -> Audit:
    """Audit judged records; what was demoted before in their series stays so until it behaves."""
    newest = series(named)
    lanes = beside(newest, store) if newest else []
    return _audit(named, load(newest, store) if newest else None, rule, lanes)


def keep(
    named: Sequence[tuple[str, Record]], record: Record, store: Store, rule: Rule | None = None
) -> tuple[Audit, str]:
    """Audit judged records and keep that beside the baselines of this record's series.

    Where somebody else keeps an audit meanwhile, it is made anew, after that one. Returns the
    audit and its place.
    """
    name, lanes = store.series(record), beside(record, store)
    made: list[Audit] = []

    def after(before: bytes | None) -> bytes:
        made.append(_audit(named, _decoded(before, name), rule, lanes))
        return encode(made[-1])

    place = store.update_note(name, NAME, after)
    return made[-1], place


def encode(found: Audit) -> bytes:
    """The file of an audit."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _audit(
    named: Sequence[tuple[str, Record]],
    before: Audit | None,
    rule: Rule | None,
    lanes: Sequence[tuple[str, Record]],
) -> Audit:
    found = audit(named, rule=rule, before=standing(before), others=lanes)
    return replace(found, words=wording.rule(found.rule))


def _decoded(data: bytes | None, series: str) -> Audit | None:
    if data is None:
        return None
    found = decode(data, Audit, where=f"{series}/{NAME}", next_step=_NEXT, upgrade=own_words)
    return found if found.version == AUDIT_VERSION else None


def series(named: Sequence[tuple[str, Record]]) -> Record | None:
    """The newest A/A comparison: its series is the one that is audited."""
    usable = [each for each in named if unlike(each[1].plan) is None]
    return max(usable, key=lambda each: (each[1].started, each[0]))[1] if usable else None


def beside(newest: Record, store: Store) -> list[tuple[str, Record]]:
    """Every record of the environment of the newest, for its lanes; none where nothing is mixed."""
    if not any(case.design is Design.MIXED for case in newest.plan.cases):
        return []
    keys = [entry.key for entry in store.list(Query(environment=newest.environment.key))]
    store.expect(keys)
    return [(key, store.get(key)) for key in keys]


def stored(store: Store) -> list[tuple[str, Record]]:
    """Every A/A comparison among the baselines, under its key."""
    keys = [entry.key for entry in store.list(Query())]
    store.expect(keys)
    found = [(key, store.get(key)) for key in keys]
    return [each for each in found if unlike(each[1].plan) is None]
