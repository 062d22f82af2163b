"""The files a user writes: scenarios and components. Data types of the outside format.

These are msgspec structs (not the plain dataclasses of `model`) because they *are* a file format:
the JSON schemas that editors use are generated from them, and a misspelt key is an error. `plan`
reads them; `measure` executes a bound `Workload`. A number may be written as `${axis}`; binding a
case replaces it. Values are in base units; in the file they may carry a suffix (`200ms`, `22kB`,
`5%`): `x-unit` in a schema names the base unit that a text is converted to.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from loadstone.model import Scalar

Bound = Annotated[str, Meta(pattern=r"^\$\{[a-z][a-z0-9_]*\}$", description="An axis, as ${axis}")]
Number = int | float | Bound
Unit = Literal["s", "By", "1", "1/s", "By/s"]
Group = Literal["latency", "throughput", "resource", "business", "correctness"]
ProfileKind = Literal["cpu", "heap", "allocs", "goroutine", "mutex", "block"]

Seconds = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "s"})]
PositiveSeconds = Annotated[float, Meta(gt=0, extra_json_schema={"x-unit": "s"})]
Share = Annotated[float, Meta(ge=0, le=1, extra_json_schema={"x-unit": "1"})]
Bytes = Annotated[int, Meta(ge=0, extra_json_schema={"x-unit": "By"})]
Count = Annotated[int, Meta(ge=1)]
Rate = Annotated[Number, Meta(extra_json_schema={"x-unit": "1/s"})]
Size = Annotated[Number, Meta(extra_json_schema={"x-unit": "By"})]
Margin = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "1"})]
Amount = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "any"})]  # of a metric's unit


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of the file format: unknown keys are errors."""


# --- the workload of a scenario -------------------------------------------------------------------


class Check(Spec, frozen=True, kw_only=True):
    """What is asked of a route, and what a right answer is. Strings are those of a template.

    `path` is the whole path of the request: where it names `${body}`, a load asks for its own body
    size, every other check for the smallest body the upstream serves.
    """

    host: str
    path: str = "/"
    status: Annotated[int, Meta(ge=100, le=599)] = 200
    headers: dict[str, str] = {}  # response headers that must be there, with their values


class Template(Spec, frozen=True, kw_only=True):
    """Kubernetes objects that are made `count` times, and how to tell that they work.

    In every string `${i}` is the number of the copy (from 0), `${version}` counts its changes (from
    1), `${backend}` is the upstream server that serves it (number i modulo `upstream.servers`; the
    name is a DNS label and what the server says in `x-upstream`), `${backend_host}` and
    `${backend_port}` where that listens; `${body}` is a body size. A string that is nothing but
    `${i}`, `${version}`, `${backend_port}` or `${body}` becomes a number.
    """

    objects: Annotated[list[dict[str, Any]], Meta(min_length=1)]
    check: Check | None = None


class Upstream(Spec, frozen=True, kw_only=True):
    """The real web server behind the component under test."""

    servers: Count = 4  # listening ports; each names itself in the header x-upstream
    # By; a body of n bytes is served at every path that ends in /body/n
    bodies: list[Bytes] = msgspec.field(default_factory=lambda: [600, 22000])


class Create(Spec, frozen=True, kw_only=True, tag_field="do", tag="create"):
    """Create `count` copies of a template, `concurrency` requests at a time."""

    template: str
    count: Number
    concurrency: Count = 8


class Await(Spec, frozen=True, kw_only=True, tag_field="do", tag="await"):
    """Wait until *every* copy of the template answers right. Gives `await.seconds`."""

    template: str
    timeout: Seconds = 60.0
    poll: PositiveSeconds = 0.005


class Change(Spec, frozen=True, kw_only=True, tag_field="do", tag="change"):
    """Change one copy at a time, `times` times, each until it answers right by its new version.

    Gives the histogram `propagation` and `change.count`. Polls every `poll` seconds.
    """

    template: str
    times: Number
    pause: Seconds = 0.0
    timeout: Seconds = 10.0
    poll: Annotated[PositiveSeconds, Meta(le=0.005)] = 0.005


class Churn(Spec, frozen=True, kw_only=True, tag_field="do", tag="churn"):
    """Add and remove copies of a template at `rate` operations a second, in the background."""

    template: str
    rate: Rate


class Hold(Spec, frozen=True, kw_only=True, tag_field="do", tag="hold"):
    """Keep `connections` idle connections open in the background."""

    connections: Number
    rate: Rate = 1000  # new connections a second while opening


class Load(Spec, frozen=True, kw_only=True, tag_field="do", tag="load"):
    """Open-loop requests at a fixed `rate`, in the background, over the routes of a template.

    Gives the histogram `latency` (from when each request was due) and `load.*`.
    """

    template: str
    rate: Rate
    connections: Number = 50
    body: Size = 600


Step = Create | Await | Change | Churn | Hold | Load


class Dial(Spec, frozen=True, kw_only=True):
    """A fault or delay of the API server, for requests that match. Absent matches everything."""

    verb: str | None = None
    resource: str | None = None
    agent: str | None = None  # a prefix of the User-Agent
    latency: Seconds = 0.0
    jitter: Seconds = 0.0  # uniform in 0…jitter, added to latency
    error_rate: Share = 0.0
    error_status: Literal[410, 429, 500, 503] = 500  # 429, 500, 503, or 410 for watches
    drop_watch_after: Seconds = 0.0  # 0: never


class Gate(Spec, frozen=True, kw_only=True):
    """What must be right before a number counts."""

    wrong_answers: Annotated[int, Meta(ge=0)] = 0  # allowed in the window
    achieved: Share = 0.99  # of the asked rate
    restarts: Annotated[int, Meta(ge=0)] = 0
    generator_cpu: Share = 0.8  # of one core


class Workload(Spec, frozen=True, kw_only=True):
    """What is done in one run, in order; a case's workload has no `${axis}` left."""

    templates: dict[str, Template]
    upstream: Upstream = Upstream()
    setup: list[Step] = []  # before anything is measured
    # background steps last warm-up plus window, the others until done
    measured: Annotated[list[Step], Meta(min_length=1)]
    gate: Gate = Gate()
    dials: list[Dial] = []
    profiles: list[ProfileKind] = []  # kinds to take in the window, where the component offers them


# --- scenario files -------------------------------------------------------------------------------


class Axis(Spec, frozen=True, kw_only=True):
    """One dimension of the matrix, at full size."""

    values: Annotated[list[Scalar], Meta(min_length=1)]
    unit: Unit = "1"
    about: str = ""


class Tier(Spec, frozen=True, kw_only=True):
    """How much of the matrix is run, and how long.

    `axes` picks from the full-size values (an absent axis has all of them); `scale` multiplies what
    was picked. `reported` names metrics that this tier shows but does not gate on.
    """

    axes: dict[str, Annotated[list[Scalar], Meta(min_length=1)]] = {}
    scale: dict[str, Annotated[float, Meta(gt=0, le=1)]] = {}
    reported: list[str] = []
    warmup: Seconds
    window: Seconds = 0.0
    looks: list[Count] = msgspec.field(default_factory=lambda: [4, 6, 8, 10, 12])
    budget: Seconds | None = None


class ScenarioMetric(Spec, frozen=True, kw_only=True):
    """A metric and the measured quantity it is taken from.

    `source` is the dotted name of a quantity; with `per`, it is divided by that other quantity and
    multiplied by `times`.
    """

    source: str
    unit: Unit
    better: Literal["lower", "higher", "none"]
    margin: Margin
    minimum: Amount = 0.0
    gated: bool = True
    counted: bool = False
    resolution: Amount = 0.0
    group: Group = "latency"
    title: str = ""
    about: str = ""
    per: str = ""
    times: Annotated[float, Meta(gt=0)] = 1.0


class ScenarioObjective(Spec, frozen=True, kw_only=True):
    """An absolute bound on a metric of this scenario: one of `at_most` and `at_least`."""

    metric: str
    at_most: Amount | None = None
    at_least: Amount | None = None


class Scenario(Spec, frozen=True, kw_only=True):
    """A file of `scenarios/`."""

    scenario: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    role: str  # which components it fits: ingress, …
    axes: dict[str, Axis] = {}
    tiers: dict[str, Tier]
    workload: Workload
    metrics: dict[str, ScenarioMetric]
    objectives: list[ScenarioObjective] = []


# --- component files ------------------------------------------------------------------------------


class PackageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are versions of a Python package that ships the program."""

    name: str
    executable: str  # the script's name in the package


class BuildSource(Spec, frozen=True, kw_only=True):
    """Revisions that are commits: a command run among the files of the revision."""

    repository: str  # a path or URL
    command: list[str]
    executable: str  # path among those files after the build


class ImageSource(Spec, frozen=True, kw_only=True):
    """Revisions that are container images; `${revision}` is replaced."""

    reference: str


class Revisions(Spec, frozen=True, kw_only=True):
    """How a revision becomes something that runs. A revision `path:FILE` always means that file."""

    package: PackageSource | None = None
    build: BuildSource | None = None
    image: ImageSource | None = None


class Ready(Spec, frozen=True, kw_only=True):
    """When a started component counts as ready."""

    url: str
    status: int = 200
    timeout: Seconds = 30.0


class Push(Spec, frozen=True, kw_only=True):
    """How routes reach a component that does not watch Kubernetes: rendered and sent.

    `template` is Jinja2 over `routes` (host, path, backend, backend_host, backend_port) and the
    component's addresses by the names of its ports; it is sent with `method` to `url`, `debounce`
    seconds after a change. There is a route for each path of each rule of the Ingress objects that
    exist now; its `path` is a prefix, its backend that of the template's copy it comes from.
    """

    url: str
    template: str
    method: str = "POST"
    content_type: str = "application/json"
    debounce: Seconds = 0.0


class Component(Spec, frozen=True, kw_only=True):
    """A file of `components/`.

    In strings `${executable}`, `${api}` (URL of the API server), `${kubeconfig}`, `${dir}` (a fresh
    directory) and `${port_name}` as `${http}` (host:port) are replaced.
    """

    component: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    role: str
    revisions: Revisions
    ports: list[str]
    command: list[str]
    traffic: str  # where requests are sent: `${http}`
    ready: Ready
    env: dict[str, str] = {}
    files: dict[str, str] = {}  # name in `${dir}` → content, written before the start
    push: Push | None = None
    metrics: str = ""  # URL of a Prometheus page
    scrape: dict[str, str] = {}  # quantity alias → a series, as `name{label="value"}`
    pprof: str = ""  # URL of the /debug/pprof directory
    version: list[str] = []  # command that prints the program's version
    stop_timeout: Seconds = 5.0
