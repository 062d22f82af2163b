"""Simulated sessions of mixed cases: pairs at once, solo rounds among them, all clocks read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from loadstone.model import (
    Case,
    CasePlan,
    Design,
    Environment,
    Metric,
    MetricSource,
    Objective,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Side,
    Slot,
)
from loadstone.plan.schedule import slots
from tests.stats.helpers import metric

P50 = metric("p50", margin=0.01, title="p50 latency")
CPU = metric("cpu", margin=0.01, group="resource", title="CPU per request")
ALLOCATED = metric("allocated", margin=0.005, unit="By", group="resource", title="allocated bytes")
LEVELS = {"p50": 480e-6, "cpu": 380e-6, "allocated": 9000.0}
NOISE = {"p50": 0.007, "cpu": 0.0106, "allocated": 0.0035}  # of a side of a pair
SOURCES = {
    "p50": MetricSource(quantity="latency.p50"),
    "cpu": MetricSource(quantity="process.cpu_seconds", per="load.requests"),
    "allocated": MetricSource(quantity="allocations.bytes", per="load.requests"),
}
DRIFT = 0.08  # of a round's level


@dataclass(frozen=True, kw_only=True)
class World:
    """What is true of a session: log-ratios, and CPU seconds of a window of 4 s."""

    effects: Mapping[str, float] = field(default_factory=dict)  # by metric, of head
    lane: Mapping[str, float] = field(default_factory=dict)  # of lane 1 beside lane 0
    second: Mapping[str, float] = field(default_factory=dict)  # of what was started second
    mixed: Mapping[str, float] = field(default_factory=dict)  # of pairs beside solo rounds
    cpu: float = 0.4  # s of a component
    upstream: float = 0.1  # s of each
    generator: float = 0.4  # s
    drift: float = DRIFT


def plan(
    cases: Sequence[str] = ("one", "two", "three", "four"),
    *,
    design: Design = Design.MIXED,
    metrics: Sequence[Metric] = (P50, CPU, ALLOCATED),
    objectives: Sequence[Objective] = (),
    solo: float = 0.2,
    policy: Policy | None = None,
    seed: int = 1,
) -> Plan:
    sides = (
        Revision(side=side, asked="1.0", label="1.0", source="package", digest="sha256:aa")
        for side in Side
    )
    return Plan(
        component="demo",
        provider="memory",
        tier="quick",
        base=next(sides),
        head=next(sides),
        cases=[
            CasePlan(
                case=Case(scenario=case),
                metrics=metrics,
                objectives=objectives,
                sources=SOURCES,
                window=4.0,
                warmup=1.0,
                estimate=6.0,
                design=design,
                because="steady traffic" if design is Design.MIXED else "",
                solo=solo if design is Design.MIXED else 0.0,
            )
            for case in cases
        ],
        policy=policy or Policy(looks=(4, 6)),
        seed=seed,
        created="2026-11-26T12:00:00Z",
    )


def runs(planned: Plan, world: World | None = None, *, rounds: int = 6, seed: int = 1) -> list[Run]:
    """The runs of so many rounds, in the order of the plan's own slots."""
    world, random = world or World(), np.random.default_rng([20261126, seed])
    found: list[Run] = []
    for number in range(1, rounds + 1):
        names = [case.case.name for case in planned.cases]
        due = slots(
            names,
            round=number,
            seed=planned.seed,
            first_order=len(found),
            mixed=planned.mixed(number),
        )
        at_once = {name: random.normal(0, world.drift) for name in names}
        first: set[str] = set()
        for slot in due:
            drift = at_once[slot.case]
            if slot.design is Design.SOLO:
                drift = random.normal(0, world.drift)
            found.append(_run(slot, world, drift, random, second=slot.case in first))
            first.add(slot.case)
    return found


def _run(
    slot: Slot, world: World, drift: float, random: np.random.Generator, *, second: bool
) -> Run:
    mixed = slot.design is Design.MIXED
    values = {}
    for name, level in LEVELS.items():
        log = np.log(level) + NOISE[name] * random.standard_normal()
        log += drift if name != "allocated" else 0.0
        log += world.effects.get(name, 0.0) if slot.side is Side.HEAD else 0.0
        if mixed:
            log += world.lane.get(name, 0.0) * slot.lane + world.second.get(name, 0.0) * second
            log += world.mixed.get(name, 0.0)
        values[name] = float(np.exp(log))
    around = float(np.exp(drift + 0.01 * random.standard_normal()))
    return Run(
        case=slot.case,
        side=slot.side,
        round=slot.round,
        order=slot.order,
        started="",
        seconds=6.0,
        design=slot.design,
        lane=slot.lane,
        values=values,
        quantities={
            "window.seconds": 4.0,
            "load.requests": 1000.0,
            "process.cpu_seconds": world.cpu,
            "upstream.cpu_seconds": world.upstream * around,
            "generator.cpu_seconds": world.generator * around,
        },
    )


def record(planned: Plan, measured: Sequence[Run], *, key: str = "here", number: int = 1) -> Record:
    started = f"2026-11-{number:02d}T12:00:00Z"
    return Record(
        plan=planned,
        environment=Environment(
            provider="memory", harness="0.1.0", key=key, facts={"cores": 2, "design": "mixed"}
        ),
        runs=measured,
        started=started,
        finished=started.replace("T12:00", "T12:03"),
    )
