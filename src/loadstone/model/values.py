"""Values that are compared and measured: metrics, cases, revisions, runs, environments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Scalar = str | int | float | bool


class Side(StrEnum):
    """The two revisions of a comparison, both measured now."""

    BASE = "base"
    HEAD = "head"


class Design(StrEnum):
    """How the two sides of a round are measured.

    `SOLO`: one after the other, each alone with the machine. `MIXED`: both at once, and what one is
    asked the other is asked at the same moment, in random order, so that the drift of the machine
    is the same for both.
    """

    SOLO = "solo"
    MIXED = "mixed"


class Direction(StrEnum):
    """The direction in which a metric is good. `NONE` is shown and never judged good or bad."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A named quantity of a run.

    A change matters when it exceeds `margin` (relative, 0.05 = 5 %) *and* `minimum` (absolute, in
    `unit`). `gated` metrics decide the verdict; the others are reported. `counted` metrics are
    whole numbers of events (API calls, errors), judged exactly, not as noisy measurements.
    `resolution` is the smallest step the instrument can show, in `unit` (0: not known to matter).
    """

    name: str
    unit: str
    direction: Direction
    margin: float
    minimum: float = 0.0
    gated: bool = True
    counted: bool = False
    resolution: float = 0.0
    group: str = "latency"  # latency, throughput, resource, business, correctness
    title: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """An absolute bound on one metric, in the metric's unit: `at_most` or `at_least`, not both."""

    metric: str
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One cell of a scenario's matrix."""

    scenario: str
    axes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The case as it is printed: `ingress-latency/connections=100,rate=1000`."""
        cell = ",".join(f"{axis}={value}" for axis, value in self.axes.items())
        return f"{self.scenario}/{cell}" if cell else self.scenario


@dataclass(frozen=True, kw_only=True)
class GoBuild:
    """The modules that a Go program was built from, as its binary tells.

    `module` is its own, `toolchain` the release of Go, `modules` path → version of the others, and
    `replaced` the paths in whose place another module was built, with that one. `commit`: of its
    repository, where nothing in that was changed.
    """

    module: str
    version: str = ""
    toolchain: str = ""
    commit: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One side of the comparison, resolved to something that runs.

    `asked` is what the user wrote; `label` names it in files and series (a version or a short
    commit). Of a commit, `ref` is the branch or tag that was taken and `subject` its first line;
    `notes` say what had to be chosen and what its files are without. `others`: of a component of
    several processes, the programs of those that do not run this one, by process. `definitions`: a
    file of the definitions of kinds that it brings.
    """

    side: Side
    asked: str
    label: str
    source: str = ""  # package, path, build, download, go, image, archive (of an image)
    origin: str = ""  # of what others published: a URL and its checksum, a module and its version
    executable: str = ""  # a path, for providers that run processes
    image: str = ""  # a reference, for providers that run containers
    digest: str = ""  # sha256 of the executable or image
    version: str = ""  # what the program says of itself
    commit: str = ""
    ref: str = ""
    subject: str = ""
    notes: Sequence[Note] = ()
    go: GoBuild | None = None  # of a Go program, where its binary is at hand
    definitions: str = ""  # a path
    others: Mapping[str, Revision] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One value of one metric from one run, in the metric's base unit."""

    case: str
    metric: str
    side: Side
    round: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something to be said of a run, a row or a report, as data; `report` has the sentences.

    A reason for which something does not count is one, and so is a warning beside numbers.
    `code` is stable; codes and their `data` are listed in `docs/reference/warnings.md`. What an
    older release said in its own words has them as `data["text"]`, and is shown in these. `voids`:
    the parts of the run that a reason spoils, as `model.reasons` names them. Empty is all of it,
    which is also what the reasons of older records mean.
    """

    code: str
    data: Mapping[str, Scalar] = field(default_factory=dict)
    voids: tuple[str, ...] = ()

    def __hash__(self) -> int:  # so that each is said once
        return hash((self.code, frozenset(self.data.items()), self.voids))

    @classmethod
    def of(cls, code: str, voids: tuple[str, ...] = (), /, **data: Scalar) -> Note:
        """A note with these data, as short as it is written where things are measured."""
        return cls(code=code, data=data, voids=voids)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution of one case on one side, on a freshly started component.

    A line of rounds.jsonl. `values`: metric → value in base unit, of what no reason spoils.
    `quantities`: everything measured, by its dotted name (`latency.p99`, `process.rss_peak`, …),
    including what no metric asks for and what does not count. `histograms`: name → base64 HDR
    histogram of microseconds.
    `series`: name → [seconds since the window opened, value].
    `requests`: API requests by "verb resource user-agent". `probe_cost`: CPU seconds of our own
    probes, by probe. `profiles`: kind → path relative to the output directory. `invalid`: why it,
    or a part of it, does not count; the rest does. `design`: how it was measured, and in a mixed
    pair `lane` is which of the two worlds (API server, upstream, lane of the generator) it had.
    """

    case: str
    side: Side
    round: int
    order: int  # 0 is the first run of the session
    started: str  # RFC 3339, UTC
    seconds: float
    values: Mapping[str, float] = field(default_factory=dict)
    quantities: Mapping[str, float] = field(default_factory=dict)
    histograms: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    probe_cost: Mapping[str, float] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    invalid: Sequence[Note] = ()
    notes: Sequence[Note] = ()  # worth saying, not worth rejecting
    design: Design = Design.SOLO
    lane: int = 0  # 0 or 1

    @property
    def valid(self) -> bool:
        """Whether no reason spoils all of it."""
        return all(reason.voids for reason in self.invalid)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The machine and tools of a session. Two records compare only if their `key`s are equal.

    `facts`: cores, CPU model, kernel, memory, limits …; `tools`: name → version; `key`: a hash of
    what must be equal (provider, architecture, CPU model, cores, harness version).
    """

    provider: str
    harness: str
    key: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[Note] = ()


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """The requests that an API server got since it started or was last emptied.

    Mappings are by "verb resource user-agent"; verbs are those of RBAC (`get`, `list`, `watch`,
    `create`, …), the resource is a plural with its subresource (`pods/status`) or, outside the
    resource API, a path (`/version`). A user agent may contain spaces. `bytes_in` and `bytes_out`
    count bodies, `injected` the requests and watches that a dial made fail. `requests_only`:
    nothing else is known, rather than 0, as of an audit log.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)  # delivered to watchers
    received: Mapping[str, int] = field(default_factory=dict)  # By
    sent: Mapping[str, int] = field(default_factory=dict)  # By
    bytes_in: int = 0
    bytes_out: int = 0
    watch_events: int = 0
    injected: int = 0
    undelivered: int = 0  # events that have happened and that a watcher has not been sent
    requests_only: bool = False
