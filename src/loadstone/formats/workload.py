"""The workload of a scenario: templates, steps, dials, and what must be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.dial import Dial
from loadstone.formats.expectation import Expectation
from loadstone.formats.fields import Bytes, Number, ProfileKind, Share, Spec
from loadstone.formats.fill import names_in
from loadstone.formats.steps import Create, Limit, Load, Step
from loadstone.model import Scalar

# What stands for the server of the upstream behind a copy of a template.
BACKEND = frozenset({"backend", "backend_host", "backend_port"})


class Check(Spec, frozen=True, kw_only=True):
    """A check of a route: the request, and what a right answer is. Strings are a template's.

    `path` is the whole path of the request: where it names `${body}`, a load asks for its own body
    size, every other check for the smallest body the upstream serves.
    """

    host: str
    path: str = "/"
    status: Annotated[int, Meta(ge=100, le=599)] = 200
    headers: dict[str, str] = {}  # response headers that must be there, with their values


Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class Template(Spec, frozen=True, kw_only=True):
    """Kubernetes objects that are made `count` times, and how to tell that they work.

    A copy is right when its route answers right (`check`) and all expectations of `right`, by the
    name of what they stand for, hold at the same moment.

    In every string `${i}` is the number of the copy (from 0), `${version}` counts its changes (from
    1), `${scale}` is what `scale` makes of it, before that `create` (1), `${backend}` the upstream
    server that serves it (number i modulo `upstream.servers`; the name is a DNS label and what the
    server says in `x-upstream`), `${backend_host}` and `${backend_port}` where that listens;
    `${body}` is a body size. A string that is nothing but `${i}`, `${version}`, `${scale}`,
    `${backend_port}` or `${body}` becomes a number.

    A component's own template may have sizes beside these: `${name}` for each of `defaults`, which
    is the scenario's axis of that name, or where it has none, the value here.
    """

    objects: Annotated[list[dict[str, Any]], Meta(min_length=1)]
    check: Check | None = None
    right: dict[Name, Expectation] = {}
    defaults: dict[Name, Scalar] = {}


class Upstream(Spec, frozen=True, kw_only=True):
    """The real web server behind the component under test.

    There is none where no template names a backend and no load is sent.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"servers": Limit(1, whole=True)}

    servers: Number = 4  # listening ports; each names itself in the header x-upstream
    # By; a body of n bytes is served at every path that ends in /body/n
    bodies: list[Bytes] = msgspec.field(default_factory=lambda: [600, 22000])


class ClusterNeeds(Spec, frozen=True, kw_only=True):
    """The needs of a workload: what its cluster has to have beside an API server.

    `nodes` are Ready before the component starts, with room for 110 pods each, and send heartbeats;
    with nodes, and with `controllers`, Deployments make pods, Services get endpoints, pods run.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"nodes": Limit(0, whole=True)}

    nodes: Number = 0
    controllers: bool = False


class CorrectnessGate(Spec, frozen=True, kw_only=True):
    """The gate of a run: what must be right before a number counts."""

    wrong_answers: Annotated[int, Meta(ge=0)] = 0  # allowed in the window
    achieved: Share = 0.99  # of the asked rate
    restarts: Annotated[int, Meta(ge=0)] = 0
    generator_cpu: Share = 0.8  # of one core


class Workload(Spec, frozen=True, kw_only=True):
    """The workload of a run: its steps in order; a case's workload has no `${axis}` left."""

    templates: dict[str, Template] = {}
    settings: dict[Name, Scalar] = {}  # of the component, in place of the values of its file
    given: list[Name] = []  # templates that the component's file has, such as `object`
    upstream: Upstream = Upstream()
    cluster: ClusterNeeds = ClusterNeeds()
    before: list[Step] = []  # before the component starts, such as objects that it will find
    setup: list[Step] = []  # before anything is measured
    # background steps last warm-up plus window, the others until done
    measured: Annotated[list[Step], Meta(min_length=1)]
    gate: CorrectnessGate = CorrectnessGate()
    dials: list[Dial] = []
    profiles: list[ProfileKind] = []  # kinds to take in the window, where the component offers them
    # rounds in which they are taken: of those that alternate one with, one without
    profiled: Literal["all", "alternate"] = "all"
    work: str = ""  # the quantity that profiles' costs are divided by; else that of the metrics

    def asks_component(self, step: Step) -> bool:
        """Whether a step of it sends requests to the component itself, which needs `traffic`."""
        template = self.templates.get(getattr(step, "template", ""))
        checked = template is not None and template.check is not None
        return step.sends or (checked and not isinstance(step, Create))

    @property
    def loads(self) -> list[Load]:
        """Its steps that send load."""
        return [step for step in (*self.setup, *self.measured) if isinstance(step, Load)]

    @property
    def calls(self) -> bool:
        """Whether its load is calls of gRPC, which the web server has to answer."""
        return any(load.protocol == "grpc" for load in self.loads)

    def needs_upstream(self) -> bool:
        """Whether there has to be a web server behind the component."""
        named = set(names_in(msgspec.to_builtins(self.templates)))
        return bool(self.loads) or bool(named & BACKEND)
