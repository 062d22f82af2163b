"""A made-up component with a known redline, measured through the seam of the real one.

A queue: the latency rises as the load comes near the capacity, and beyond it requests fail. The
generator has a limit of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf
from typing import Any

from loadstone.flows.redline import of
from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Environment,
    Metric,
    Note,
    Objective,
    Plan,
    Policy,
    Record,
    RedlineRecord,
    Revision,
    Run,
    Search,
    Side,
    Slot,
)
from loadstone.stats.redline.size_grid import ladder

P99 = Metric(
    name="latency_p99",
    unit="s",
    direction=Direction.LOWER,
    margin=0.1,
    title="p99 latency",
)
BOUND = 0.03
SATURATED = Note(
    code="generator-bottleneck",
    data={
        "text": "without the component the generator reached 1.2 times the rate (1.5 times wanted)"
    },
)


@dataclass(frozen=True, kw_only=True)
class System:
    """`redline` is where the latency is at its bound in the mean of logs: 2/3 of the capacity."""

    redline: float
    noise: float = 0.1
    generator: float = inf  # the largest rate it can send

    def run(self, slot: Slot, rate: float, seed: int) -> Run:
        capacity = 1.5 * self.redline
        values, invalid = {}, []
        if rate > self.generator:
            invalid = [SATURATED]
        elif rate >= capacity:
            words = (
                f"{rate - capacity:.0f} of {rate:.0f} requests were answered wrongly or not at all"
            )
            invalid = [Note(code="wrong-answers", data={"text": words})]
        else:
            random_ = random.Random(f"{seed}/{slot.side}/{slot.round}")
            noise = exp(random_.gauss(0, self.noise))
            values = {"latency_p99": 0.01 / (1 - rate / capacity) * noise}
        return Run(
            case=slot.case,
            side=slot.side,
            round=slot.round,
            order=slot.order,
            started="2026-11-20T10:00:00+00:00",
            seconds=7.0,
            values=values,
            invalid=invalid,
        )


def plan(
    *,
    low: float = 125,
    high: float = 8000,
    precision: float = 0.1,
    alone: bool = False,
    budget: float | None = None,
    repeats: tuple[int, int] = (3, 10),
    seed: int = 0,
) -> Plan:
    sizes = ladder(low, high, precision)
    objectives = [Objective(metric="latency_p99", at_most=BOUND)]
    return Plan(
        component="traefik",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="" if alone else "3.7.10", label="3.7.10"),
        head=Revision(side=Side.HEAD, asked="3.7.15", label="3.7.15", digest="0123456789abcdef"),
        cases=[
            CasePlan(
                case=Case(scenario="ingress-latency", axes={"held": 100, "rate": int(size)}),
                metrics=[P99],
                objectives=objectives,
                warmup=1.0,
                window=4.0,
                estimate=7.0,
            )
            for size in sizes
        ],
        policy=Policy(budget=budget),
        seed=seed,
        scenarios=["ingress-latency"],
        asked="traefik",
        generator="openloop",
        search=Search(
            axis="rate",
            unit="1/s",
            sizes=sizes,
            precision=precision,
            least=repeats[0],
            most=repeats[1],
            sides=(Side.HEAD,) if alone else tuple(Side),
        ),
    )


def measured(
    plan: Plan,
    systems: Mapping[Side, System],
    *,
    done: Sequence[Run] = (),
    next_slots: Callable[[Sequence[Run]], Sequence[Slot]] | None = None,
    on_run: Callable[[Run], Any] = lambda _run: None,
) -> list[Run]:
    """All runs of a search: the loop of `measure.session`, without a component."""
    steer = next_slots or BisectionSchedule(plan)
    rates = {each.case.name: float(each.case.axes["rate"]) for each in plan.cases}
    runs = list(done)
    while due := steer(runs):
        for slot in due:
            run = systems[slot.side].run(slot, rates[slot.case], plan.seed)
            runs.append(run)
            on_run(run)
        assert len(runs) < 1000
    return runs


def searched(
    base: System | None, head: System, *, plan_of: Callable[..., Plan] = plan, **options: Any
) -> RedlineRecord:
    """What a search over made-up components stored."""
    chosen = plan_of(alone=base is None, **options)
    systems = {Side.HEAD: head} | ({Side.BASE: base} if base else {})
    return stored(chosen, measured(chosen, systems))


def stored(plan: Plan, runs: Sequence[Run]) -> RedlineRecord:
    """What is stored of these runs."""
    environment = Environment(
        provider="memory", harness="0.1.0", key="8d6b9759be5e", facts={"cores": 2}
    )
    return of(
        Record(
            plan=plan,
            environment=environment,
            runs=runs,
            started="2026-11-20T10:00:00+00:00",
            finished="2026-11-20T10:09:30+00:00",
        )
    )
