"""The record of one session: its plan, environment, runs, judgement and profile diffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model.judgement import Judgement
from loadstone.model.plan import Plan, Shard
from loadstone.model.values import Environment, Run


@dataclass(frozen=True, kw_only=True)
class ProfilePath:
    """A way in which a function was called, and by how much it costs more or less there.

    `callers`: the outermost first. Costs are as those of the function's row, its own where that
    changed, else with what it calls; `low` and `high` are the 95 % interval of `delta`.
    """

    callers: Sequence[str]
    base: float
    head: float
    delta: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ProfileRow:
    """One function in a profile diff: what it cost on each side, and whether that changed.

    Shares are of the profile, 0…1. `base`, `head` and all changes are costs in the profile's unit,
    for each unit of work that the diff is `per`; own costs hold what the runtime did on the
    function's behalf, of which `rooms` tells the parts (allocation, system calls, …). `changed` and
    `total_changed`: beyond noise, with all functions of the report held together to one level.
    """

    function: str
    base_self: float
    head_self: float
    base_total: float
    head_total: float
    delta: float  # head − base of the own cost
    low: float | None = None  # 95 % interval of delta over the rounds, when there are enough
    high: float | None = None
    base: float | None = None  # own cost
    head: float | None = None
    changed: bool = False
    p: float | None = None
    detectable: float | None = None  # the smallest change of the own cost that would have been told
    total_delta: float | None = None  # of what it cost with all that it called
    total_low: float | None = None
    total_high: float | None = None
    total_changed: bool = False
    was: str = ""  # its name in the base, where it was renamed or moved
    origin: str = ""  # component, dependency, standard library, runtime; "": not known
    module: str = ""  # of a dependency: its module and what became of it
    caller: str = ""  # the function of the component that it was called from, as far as known
    file: str = ""  # as the compiler named it
    line: int = 0  # the dearest one in the head, 0 where not known
    rooms: Mapping[str, float] = field(default_factory=dict)  # parts of its own cost, 0…1
    reach: str = ""  # of the change to it: touched, file, calls, none; "": not known
    paths: Sequence[ProfilePath] = ()  # in which it changed beyond noise, what changed most first
    commits: Sequence[str] = ()  # that changed it, or what it calls: their first twelve digits


@dataclass(frozen=True, kw_only=True)
class ProfileDiff:
    """Two sides' profiles of one kind compared, function by function, what changed first.

    `per`: the quantity that each run's costs are divided by, "" for costs a run. `thin`: functions
    that were sampled too rarely to be compared; they have no row. `by`: the sample type that was
    compared, where the profiles have not the usual one of their kind. `seen`: of CPU profiles, the
    smallest part of the kernel's CPU time that one saw; costs are scaled to that time. `metric`:
    the metric of the case whose change these functions make up, `times` what its value is
    multiplied by. `growth`: of what a program holds, what came in the window and stayed. `dearest`
    is what a series of baselines keeps of the functions.
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
    per: str = ""
    seen: float | None = None
    metric: str = ""
    times: float = 1.0
    toolchain: str = ""  # go1.22.1 → go1.24.3, where both sides were built by another
    same_code: bool = False  # both sides are known to be built from the same code
    growth: bool = False
    dearest: Mapping[str, float] = field(default_factory=dict)  # of the head: own cost by function


@dataclass(frozen=True, kw_only=True)
class ShardPart:
    """What one shard gave to a record that was merged: its cases, and where they were measured.

    `environment` is None of a shard that is missing, `finished` is "" of one that broke off.
    """

    shard: Shard
    cases: Sequence[str]
    environment: Environment | None = None
    started: str = ""
    finished: str = ""


RECORD_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of one session, a JSON file; `version` counts incompatible changes.

    `shards`: of a record that was merged, what each of them gave.
    """

    plan: Plan
    environment: Environment
    runs: Sequence[Run]
    judgement: Judgement | None = None
    profiles: Sequence[ProfileDiff] = ()
    started: str = ""
    finished: str = ""
    shards: Sequence[ShardPart] = ()
    version: int = RECORD_VERSION
