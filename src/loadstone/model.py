"""The vocabulary: frozen values that the stages hand to one another. Read this first.

Values are in base units throughout (seconds `s`, bytes `By`, counts `1`, rates `1/s`); scaling for
people happens in `report` alone. A *relative change* is `head / base − 1`; a *log-ratio* is
`ln(head / base)`; the two never share a name. Everything here survives a trip through JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

Scalar = str | int | float | bool


# --- what is compared -----------------------------------------------------------------------------


class Side(StrEnum):
    """The two revisions of a comparison, both measured now."""

    BASE = "base"
    HEAD = "head"


class Direction(StrEnum):
    """Which way a metric is good. `NONE` is shown and never judged good or bad."""

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
class Revision:
    """One side of the comparison, resolved to something that runs.

    `asked` is what the user wrote; `label` names it in files and series (a version or a short
    commit). Of a commit, `ref` is the branch or tag that was taken and `subject` its first line;
    `notes` say what had to be chosen and what its files are without.
    """

    side: Side
    asked: str
    label: str
    source: str = ""  # package, path, image, build
    executable: str = ""  # a path, for providers that run processes
    image: str = ""  # a reference, for providers that run containers
    digest: str = ""  # sha256 of the executable or image
    version: str = ""  # what the program says of itself
    commit: str = ""
    ref: str = ""
    subject: str = ""
    notes: Sequence[Reason] = ()


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit and the first line of its message."""

    hash: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Commits:
    """What lies between the two revisions, as Git knows it.

    `ahead`: commits that head has and base has not, of which `listed` are the newest, the newest
    first; `behind`: commits that base has and head has not.
    """

    ahead: int
    behind: int
    listed: Sequence[Commit] = ()


# --- what was measured ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One value of one metric from one run, in the metric's base unit."""

    case: str
    metric: str
    side: Side
    round: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something of a run does not count: a stable `code`, and words with the figures in them.

    `voids`: the parts of the run that it spoils, as `loadstone.reasons` names them. Empty is all of
    it, which is also what the reasons of older records mean.
    """

    code: str
    text: str
    voids: tuple[str, ...] = ()


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
    or a part of it, does not count; the rest does.
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
    invalid: Sequence[Reason] = ()
    notes: Sequence[Reason] = ()  # worth saying, not worth rejecting

    @property
    def valid(self) -> bool:
        """Whether no reason spoils all of it."""
        return all(reason.voids for reason in self.invalid)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where the measuring happened. Two records compare only if their `key`s are equal.

    `facts`: cores, CPU model, kernel, memory, limits …; `tools`: name → version; `key`: a hash of
    what must be equal (provider, architecture, CPU model, cores, harness version).
    """

    provider: str
    harness: str
    key: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[Reason] = ()


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """What an API server was asked since it started or was last emptied.

    Mappings are by "verb resource user-agent"; verbs are those of RBAC (`get`, `list`, `watch`,
    `create`, …), the resource is a plural with its subresource (`pods/status`) or, outside the
    resource API, a path (`/version`). A user agent may contain spaces. `bytes_in` and `bytes_out`
    count bodies, `injected` the requests and watches that a dial made fail.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)  # delivered to watchers
    received: Mapping[str, int] = field(default_factory=dict)  # By
    sent: Mapping[str, int] = field(default_factory=dict)  # By
    bytes_in: int = 0
    bytes_out: int = 0
    watch_events: int = 0
    injected: int = 0


# --- what is to be measured -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a metric's value comes from: a measured quantity, by its dotted name.

    With `per`, the quantity is divided by that other one; the result is multiplied by `times`
    (CPU seconds per 1,000 requests: `process.cpu_seconds` per `load.requests` times 1000).
    """

    quantity: str
    per: str = ""
    times: float = 1.0

    def value(self, quantities: Mapping[str, float]) -> float | None:
        """The metric's value in its base unit, or None where nothing finite was measured."""
        value = quantities.get(self.quantity)
        divisor = quantities.get(self.per) if self.per else 1.0
        if value is None or not divisor:
            return None
        value = value / divisor * self.times
        return value if isfinite(value) else None


def values(sources: Mapping[str, Source], quantities: Mapping[str, float]) -> dict[str, float]:
    """A run's values by metric. A metric whose quantities were not measured has no value."""
    found = {metric: source.value(quantities) for metric, source in sources.items()}
    return {metric: value for metric, value in found.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class CasePlan:
    """One case, ready to run: its metrics and objectives, its times, and its bound workload.

    `workload` is the scenario with every `${axis}` replaced: plain data of the shape
    `loadstone.spec.Workload`, kept plain so that a saved plan stays readable when the shape grows.
    """

    case: Case
    metrics: Sequence[Metric]
    objectives: Sequence[Objective] = ()
    warmup: float = 0.0  # s
    window: float = 0.0  # s; 0: as long as the steps take
    estimate: float = 0.0  # s a run is expected to take, start and stop included
    scale: Mapping[str, float] = field(default_factory=dict)  # axis → factor on its full size
    workload: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)  # by metric: see `values`
    role: str = ""  # which components the scenario fits
    notes: Sequence[Reason] = ()  # what was decided for this case, such as a metric not gated


class Goal(StrEnum):
    """What the judge is asked: find changes, or certify that there is none beyond the margin."""

    DETECT = "detect"
    CERTIFY = "certify"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How the judge may spend rounds and errors.

    `alpha`: chance that a report on two equal revisions flags anything. `looks`: rounds per case at
    which it may stop, rising. `power`: of the detectable change. `budget`: seconds of measuring,
    None for no bound. `certain`: an inconclusive gated row fails the run (exit code 4).
    """

    alpha: float = 0.05
    looks: Sequence[int] = (4, 6, 8, 10, 12)
    power: float = 0.8
    goal: Goal = Goal.DETECT
    budget: float | None = None
    certain: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search for a redline may try: sizes of one axis, rising, in its unit.

    Every size is run `least` to `most` times on each of `sides`; neighbours are about a factor of
    1 + `precision` apart. The plan has a case for every size.
    """

    axis: str
    unit: str
    sizes: Sequence[float]
    precision: float
    least: int
    most: int
    sides: Sequence[Side] = tuple(Side)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that is decided before the first run.

    `scenarios`, `asked` (the component), `selected` (a glob over case names) and `config` (the file
    that was named, "" for none) are the words of whoever asked, names or paths, from which
    `component` and `cases` were found.
    """

    component: str
    provider: str
    tier: str
    base: Revision
    head: Revision
    cases: Sequence[CasePlan]
    policy: Policy
    seed: int
    created: str = ""  # RFC 3339, UTC
    scenarios: Sequence[str] = ()
    asked: str = ""
    selected: str = "*"
    config: str = ""
    generator: str = ""  # what sends the load
    search: Search | None = None  # of a search for a redline, which judges no changes
    commits: Commits | None = None  # between base and head, where both are commits and Git knows


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One run that is due: the case, the side, the round and the place in the session."""

    case: str
    side: Side
    round: int
    order: int


# --- what was decided -----------------------------------------------------------------------------


class Verdict(StrEnum):
    """What is said of one case and metric, of a suite row, or of a whole report."""

    REGRESSION = "regression"
    IMPROVEMENT = "improvement"
    UNCHANGED = "unchanged"  # no change beyond the margin, with confidence
    INCONCLUSIVE = "inconclusive"  # more rounds could settle it
    INVALID = "invalid"  # no trustworthy number


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One side's sample of one metric: per-run values, base unit, in the order of rounds."""

    n: int
    center: float
    low: float  # smallest
    high: float  # largest


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A relative change (−0.37: head is 37 % less) with the interval that covers it at `level`."""

    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Warn:
    """Something a reader of a row should know, as data; `report` finds the words.

    Codes and their data are listed in `docs/reference/warnings.md`.
    """

    code: str
    data: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Base against head for one case and metric.

    `case` is "" in a suite row, which speaks of one metric over all its cases. `detectable`: the
    smallest relative change that this sample would have shown with the policy's power. `p`: as
    used, after every correction but the report-wide one; `threshold`: what p was held against.
    """

    case: str
    metric: Metric
    verdict: Verdict
    n: int = 0  # pairs judged
    base: Summary | None = None
    head: Summary | None = None
    change: Interval | None = None
    difference: float | None = None  # head − base of the centers, in the unit
    detectable: float | None = None
    p: float | None = None
    threshold: float | None = None
    method: str = ""  # paired-t, moderated, exact, conditional, …
    warnings: Sequence[Warn] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)  # what `loadstone explain` shows


@dataclass(frozen=True, kw_only=True)
class ObjectiveResult:
    """An absolute bound held against one side: met, missed, or not decided by these rounds."""

    case: str
    metric: Metric
    objective: Objective
    side: Side
    verdict: str  # met, missed, inconclusive, invalid
    value: float | None = None
    low: float | None = None  # interval of the value, in the unit
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean over rounds, in its own unit (an exponent, By/s), with the interval that covers it."""

    n: int  # rounds
    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Line:
    """Whether a cost is a straight line in size.

    `r2`: share of the variance of the sizes' means that a line explains. `bend`: by how much the
    middle lies below the line between the ends, as a share of the rise; positive where cost rises
    faster and faster. `straight` is None where the rounds do not decide.
    """

    r2: float
    bend: Estimate | None = None
    straight: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One metric over the sizes of one axis: cost grows like size to the power of an exponent.

    `cases` of one `scenario`, by rising `sizes` of `axis`; what else they have is `fixed`. `base`,
    `head`: exponents; `difference`: head − base of them; `largest`: the change at the largest size.
    A regression rose and costs more at the largest size. `follows`: one of the cases was flagged
    for this metric, and the shape says what kind of change that is. A shape itself never gates.
    """

    scenario: str
    axis: str
    fixed: Mapping[str, Scalar] = field(default_factory=dict)
    sizes: Sequence[float]
    cases: Sequence[str]
    metric: Metric
    verdict: Verdict
    base: Estimate | None = None
    head: Estimate | None = None
    difference: Estimate | None = None
    largest: Interval | None = None
    base_line: Line | None = None
    head_line: Line | None = None
    follows: bool = False
    p: float | None = None
    threshold: float | None = None
    warnings: Sequence[Warn] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """One series of one case over the time of a run: slopes in the metric's unit (per second).

    `series` is a name in `Run.series`. `difference`: head − base of the slopes. `growing`: by side,
    whether the slope is surely above 0 and at least the metric's minimum; None if not known.
    `row`: the slope is a metric of the scenario too, and its row, not this, gates and decides.
    """

    case: str
    series: str
    metric: Metric
    verdict: Verdict
    base: Estimate | None = None
    head: Estimate | None = None
    difference: Estimate | None = None
    growing: Mapping[str, bool | None] = field(default_factory=dict)
    row: bool = False
    p: float | None = None
    threshold: float | None = None
    warnings: Sequence[Warn] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Need:
    """What would settle what is inconclusive: so many more rounds of these cases."""

    cases: Sequence[str]
    rounds: int
    seconds: float


MORE = "more"  # why a look went on: somebody asked for rounds that were not planned


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the data: how many rounds were in, what was open, and what was decided."""

    rounds: int
    alpha: float  # spent up to here
    open: Sequence[str]  # cases that go on
    found: int  # flagged rows
    why: str = ""


class Conclusion(StrEnum):
    """What follows from a judgement. Exit codes, test reports and words all come from this."""

    PASS = "pass"  # noqa: S105  (not a password)
    FAIL = "fail"  # a regression, or an objective that the head misses
    INVALID = "invalid"  # something that decides has no trustworthy number
    UNSURE = "unsure"  # inconclusive, where the policy demands an answer


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The whole comparison: a verdict for the report, its rows, and what it cost."""

    verdict: Verdict
    comparisons: Sequence[Comparison]
    suite: Sequence[Comparison] = ()
    objectives: Sequence[ObjectiveResult] = ()
    shapes: Sequence[Shape] = ()  # cost over sizes
    growth: Sequence[Growth] = ()  # in the time of a run
    alpha: float = 0.05
    spent: float = 0.0
    looks: Sequence[Look] = ()
    needs: Sequence[Need] = ()
    warnings: Sequence[Warn] = ()
    policy: Policy = field(default_factory=Policy)

    @property
    def conclusion(self) -> Conclusion:
        """What follows from it."""
        held = (one for one in self.objectives if one.side is Side.HEAD)
        missed = any(one.verdict == "missed" for one in held)
        if self.verdict is Verdict.INVALID:
            return Conclusion.INVALID
        if missed or self.verdict is Verdict.REGRESSION:
            return Conclusion.FAIL
        if self.verdict is Verdict.INCONCLUSIVE and self.policy.certain:
            return Conclusion.UNSURE
        return Conclusion.PASS


# --- redlines: the largest size that still meets the objectives -----------------------------------


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One run of a search, and what it says of its size.

    `outcome`: `value`; `failed` (the component's doing, and so a miss); `generator`, `upstream` or
    `invalid` (not the component's doing: it says nothing). `excess`: ln of the worst objective's
    value to its bound, within ±10 (0 is just met); None where it says nothing.
    """

    round: int
    outcome: str
    excess: float | None = None
    metric: str = ""  # the worst objective's
    values: Mapping[str, float] = field(default_factory=dict)  # of the objectives' metrics
    reason: str = ""  # why there is no value


@dataclass(frozen=True, kw_only=True)
class Step:
    """One size on one side: `said` is met, missed, undecided or open.

    `why` it is undecided: `scatter` about the bound, or what too many of its runs came to instead.
    """

    size: float
    case: str
    said: str
    why: str
    trials: Sequence[Trial]


@dataclass(frozen=True, kw_only=True)
class Bracket:
    """Where one side's redline is: at `met` or above, and below `missed`; None where not found.

    `why` it is not narrower: "" (it is as narrow as asked), `from` or `to` (it lies beyond that end
    of the sizes), `budget`, or what left the size above `met` undecided. `about`: where a line
    through the runs near the bound crosses it, None where there is no such line.
    """

    side: Side
    met: float | None
    missed: float | None
    why: str
    steps: Sequence[Step]
    about: float | None = None


@dataclass(frozen=True, kw_only=True)
class Redlines:
    """The redlines of the sides that were searched, and of head against base.

    `change`, `low`, `high`: the relative change with its bounds at 1 − `alpha`, None where it has
    none; `method`: from the `brackets`, or from `lines` through the runs near the bound. With
    chance 1 − `alpha` no step of any side is decided wrongly. `verdict`: None with one side.
    """

    brackets: Sequence[Bracket]
    alpha: float
    verdict: Verdict | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""


REDLINE_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class RedlineRecord:
    """What a search for a redline stored beside its runs: `redline.json`.

    The plan has the cases that were tried; `seconds` is the time that the runs took.
    """

    plan: Plan
    environment: Environment
    redlines: Redlines
    seconds: float
    started: str = ""
    finished: str = ""
    version: int = REDLINE_VERSION


# --- what is kept ---------------------------------------------------------------------------------


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


RECORD_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one run of the bot stored. One JSON file; `version` counts incompatible changes."""

    plan: Plan
    environment: Environment
    runs: Sequence[Run]
    judgement: Judgement | None = None
    profiles: Sequence[ProfileDiff] = ()
    started: str = ""
    finished: str = ""
    version: int = RECORD_VERSION
