"""The context of a session's runs: what it was given, and what it has started for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.measure.host.conditions import Conditions
from loadstone.measure.host.environment import read_file
from loadstone.measure.host.machine import Reader
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.headroom import Headroom, headroom
from loadstone.measure.validity import ProfileProblem
from loadstone.measure.world import World
from loadstone.model import CasePlan, Plan, PrometheusAccess, Revision, Side
from loadstone.model.events import Watch, silent
from loadstone.protocols import Cluster, StartComponent


def first(pieces: Sequence[bytes]) -> bytes:
    """The first piece of a profile, where nobody can join it to the others."""
    return pieces[0]


@dataclass(frozen=True, kw_only=True)
class SessionInputs:
    """The inputs of a session: the plan, the world of its runs, and where files go."""

    plan: Plan
    component: formats.Component
    clusters: Sequence[Cluster]  # one, or where a case is mixed, one for each side
    start: StartComponent  # of a revision of `component`
    generator: Generator
    profile_problem: ProfileProblem
    out: Path  # for what is kept, such as profiles
    workdir: Path  # for what is not
    tools: Mapping[str, Path] = field(default_factory=dict)  # used instead of those on PATH
    prometheus: PrometheusAccess | None = None  # of one that does not answer everybody
    read: Reader = read_file  # tells of the machine
    profile_merged: Callable[[Sequence[bytes]], bytes] = first  # pieces of a CPU profile as one
    try_out: Callable[..., Headroom] = headroom  # of a load, before its first run


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The context that all runs of a session share."""

    inputs: SessionInputs
    worlds: Sequence[World]
    first: Conditions  # as the session began
    events: Watch = silent
    headrooms: dict[formats.Load, Headroom] = field(default_factory=dict)  # as far as tried

    def case(self, name: str) -> CasePlan:
        return next(each for each in self.inputs.plan.cases if each.case.name == name)

    def workload(self, name: str) -> formats.Workload:
        return msgspec.convert(self.case(name).workload, formats.Workload)

    def revision(self, side: Side) -> Revision:
        return self.inputs.plan.base if side is Side.BASE else self.inputs.plan.head

    def headroom(self, workload: formats.Workload) -> Headroom | None:
        """The headroom of a workload's load, tried once per kind of load; None without one."""
        load = next((step for step in workload.measured if isinstance(step, formats.Load)), None)
        server = self.worlds[0].upstream
        if load is None or server is None:
            return None
        if load not in self.headrooms:
            self.headrooms[load] = self.inputs.try_out(
                self.inputs.generator,
                server,
                rate=float(load.rate),
                connections=int(load.connections),
                body=int(load.body),
                processes=int(load.processes),
                # a call goes through as one; what comes over HTTP/2 reaches a server as it likes
                protocol="grpc" if load.protocol == "grpc" else "http1",
                workdir=self.inputs.workdir,
            )
        return self.headrooms[load]
