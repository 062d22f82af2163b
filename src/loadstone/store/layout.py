"""The layout of a store: the name of a record, which tells all that a list of records says. Pure.

    <component>/<scenarios>/<tier>/<environment key>/<label>@<digest>/
        <started>-<contents>.<commit>.json

`contents` is the beginning of the record's digest, so two names are equal where two records are.
`commit` is that of the head, whole; it is left out where the head is of none. Names of before have
neither, and a number where two records began in the same second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loadstone.model import Record, Revision
from loadstone.store import contents
from loadstone.store.names import is_safe, slug, stamp, unstamp
from loadstone.store.protocol import BaselineEntry, Query

_NAME = re.compile(
    r"(?P<stamp>\d{8}T\d{6}Z)(-(?P<contents>[0-9a-f]{16}))?(-(?P<number>\d{1,6}))?"
    r"(\.(?P<commit>[0-9a-f]{40}([0-9a-f]{24})?))?\.json"
)
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_DEPTH = 6  # parts of a record's name


def folder(record: Record) -> str:
    """The folder of all records of the same series and revision."""
    return f"{series(record)}/{_revision(record.plan.head)}"


def series(record: Record) -> str:
    """The folder of all records of the same component, scenarios, tier and environment."""
    plan = record.plan
    names = sorted({case.case.scenario for case in plan.cases})
    return "/".join(
        (slug(plan.component), _scenarios(names), slug(plan.tier), slug(record.environment.key))
    )


def name(record: Record, *, number: int = 1) -> str:
    """The name of a record; a number above 1 is for one whose place holds something broken."""
    commit = record.plan.head.commit
    parts = [stamp(record.started), contents.digest(record)[:16]]
    parts += [str(number)] if number > 1 else []
    mark = f".{commit}" if COMMIT.fullmatch(commit) else ""
    return f"{folder(record)}/{'-'.join(parts)}{mark}.json"


def entry(where: str, size: int | None) -> BaselineEntry | None:
    """The entry of a record by its name; None for a name that is no record's."""
    parts = where.split("/")
    found = _NAME.fullmatch(parts[-1])
    if len(parts) != _DEPTH or not found or not is_safe(where):
        return None
    component, scenarios, tier, environment, revision, _ = parts
    return BaselineEntry(
        key=where,
        component=component,
        scenarios=scenarios,
        tier=tier,
        environment=environment,
        revision=revision,
        started=unstamp(found["stamp"]),
        size=size,
        commit=found["commit"] or "",
    )


def may_be(where: str, record: Record) -> bool:
    """Whether a name of this record's folder may be of its session: of its digest, or of none."""
    found = _NAME.fullmatch(where.rpartition("/")[2])
    if not found:
        return False
    return found["contents"] in (None, contents.digest(record)[:16])


def age(entry_: BaselineEntry) -> tuple[str, int, str]:
    """A key for sorting by age, the oldest first."""
    found = _NAME.fullmatch(entry_.key.rpartition("/")[2])
    assert found  # noqa: S101  (entries are made of such names)
    return found["stamp"], int(found["number"] or 1), entry_.key


def prefix(query: Query) -> str:
    """A beginning that the names of all records have that match a query."""
    parts = []
    for part in (
        query.component and slug(query.component),
        query.scenarios and _scenarios(query.scenarios),
        query.tier and slug(query.tier),
        query.environment and slug(query.environment),
    ):
        if not part:
            break
        parts.append(f"{part}/")
    return "".join(parts)


def matches(found: BaselineEntry, query: Query) -> bool:
    """Whether an entry is one that a query asks for."""
    label, _, digest = found.revision.partition("@")
    asked = query.revision
    return (
        (not query.component or found.component == slug(query.component))
        and (not query.scenarios or found.scenarios == _scenarios(query.scenarios))
        and (not query.tier or found.tier == slug(query.tier))
        and (not query.environment or found.environment == slug(query.environment))
        and (
            not asked
            or asked == found.revision
            or slug(asked) == label
            or (len(asked) >= 7 and digest.startswith(asked.rpartition(":")[2][:12]))
            or (len(asked) >= 7 and found.commit.startswith(asked))
        )
    )


def _scenarios(names: Sequence[str]) -> str:
    return slug("+".join(sorted(names)))


def _revision(revision: Revision) -> str:
    digest = revision.digest.rpartition(":")[2]
    return slug(revision.label) + (f"@{slug(digest[:12])}" if digest else "")
