"""The file of what a job measured: skips and failures as data, beside the sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from loadstone.model import Note, Record
from loadstone.store.untrusted.entry_names import MEASURED


@dataclass(frozen=True, kw_only=True)
class ComponentOutcome:
    """The outcome of a component: a record, or why there is none.

    `minutes`: of measuring; `budget`: seconds that it might have taken; `failed`: why it broke.
    """

    label: str
    folder: str
    minutes: float = 0.0
    budget: float | None = None
    record: Record | None = None
    skip: Note | None = None
    failed: str = ""


@dataclass(frozen=True, kw_only=True)
class JobOutcome:
    """The outcome of a job; `cancelled`: it was stopped before its end."""

    number: int = 0
    base: str = ""
    components: Sequence[ComponentOutcome] = field(default_factory=tuple)
    cancelled: bool = False

    @property
    def minutes(self) -> float:
        return sum(each.minutes for each in self.components)


def write(outcome: JobOutcome, folder: Path) -> None:
    """Write what the delivering job reads as claims."""
    said = {
        "number": outcome.number,
        "base": outcome.base,
        "components": {each.folder: _plain(each) for each in outcome.components},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MEASURED).write_bytes(msgspec.json.format(msgspec.json.encode(said)) + b"\n")


def _plain(each: ComponentOutcome) -> Mapping[str, Any]:
    plain: dict[str, Any] = {"minutes": round(each.minutes, 3)}
    if each.budget:
        plain["budget"] = each.budget
    if each.skip is not None:
        plain["skip"] = {"code": each.skip.code, "data": dict(each.skip.data)}
    if each.failed:
        plain["failed"] = each.failed[:300]
    return plain
