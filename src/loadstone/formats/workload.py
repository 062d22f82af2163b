"""The workload of a scenario: templates, steps, dials, and what must be right."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.fields import Bytes, Count, ProfileKind, Seconds, Share, Spec
from loadstone.formats.steps import Step


class Check(Spec, frozen=True, kw_only=True):
    """A check of a route: the request, and what a right answer is. Strings are a template's.

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


class CorrectnessGate(Spec, frozen=True, kw_only=True):
    """The gate of a run: what must be right before a number counts."""

    wrong_answers: Annotated[int, Meta(ge=0)] = 0  # allowed in the window
    achieved: Share = 0.99  # of the asked rate
    restarts: Annotated[int, Meta(ge=0)] = 0
    generator_cpu: Share = 0.8  # of one core


class Workload(Spec, frozen=True, kw_only=True):
    """The workload of a run: its steps in order; a case's workload has no `${axis}` left."""

    templates: dict[str, Template]
    upstream: Upstream = Upstream()
    setup: list[Step] = []  # before anything is measured
    # background steps last warm-up plus window, the others until done
    measured: Annotated[list[Step], Meta(min_length=1)]
    gate: CorrectnessGate = CorrectnessGate()
    dials: list[Dial] = []
    profiles: list[ProfileKind] = []  # kinds to take in the window, where the component offers them
