"""The record of one session: its plan, environment, runs, judgement and profile diffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model.judgement import Judgement
from loadstone.model.plan import Plan
from loadstone.model.values import Environment, Run


@dataclass(frozen=True, kw_only=True)
class ProfileRow:
    """One function in a profile diff: self and total share of each side, 0…1 of its profile."""

    function: str
    base_self: float
    head_self: float
    base_total: float
    head_total: float
    delta: float  # head − base of `self`, in the profile's unit per run
    low: float | None = None  # interval of delta over the runs, when there are enough
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProfileDiff:
    """Two sides' profiles of one kind compared, function by function, largest |delta| first.

    `thin`: functions that were sampled too rarely to be compared; they have no row. `by`: the
    sample type that was compared, where the profiles have not the usual one of their kind.
    """

    case: str
    kind: str  # cpu, heap, …
    unit: str  # s, By, 1
    rows: Sequence[ProfileRow] = ()
    base_total: float = 0.0
    head_total: float = 0.0
    runs: int = 0
    thin: int = 0
    by: str = ""


RECORD_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of one session, a JSON file; `version` counts incompatible changes."""

    plan: Plan
    environment: Environment
    runs: Sequence[Run]
    judgement: Judgement | None = None
    profiles: Sequence[ProfileDiff] = ()
    started: str = ""
    finished: str = ""
    version: int = RECORD_VERSION
