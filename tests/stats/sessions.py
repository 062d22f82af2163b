"""Simulated sessions as records: noise of the machine and of the runs, and a change if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from loadstone.model import (
    Case,
    CasePlan,
    Environment,
    Metric,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Side,
)
from tests.stats.helpers import metric

T = TypeVar("T")

METRICS = (metric("p50", margin=0.05), metric("p99", margin=0.15), metric("cpu", margin=0.05))
CASES = ("one", "two", "three", "four")


def known(value: T | None) -> T:
    """The value, which there must be."""
    assert value is not None
    return value


def revision(side: Side, label: str = "1.0", digest: str = "sha256:aa") -> Revision:
    return Revision(side=side, asked=label, label=label, source="package", digest=digest)


def plans(cases: Sequence[str] = CASES, metrics: Sequence[Metric] = METRICS) -> list[CasePlan]:
    return [CasePlan(case=Case(scenario=case), metrics=metrics) for case in cases]


def session(
    number: int,
    *,
    cases: Sequence[str] = CASES,
    metrics: Sequence[Metric] = METRICS,
    rounds: int = 6,
    noise: float = 0.03,
    machine: float = 0.05,
    change: Mapping[tuple[str, str], float] | None = None,
    digests: tuple[str, str] = ("sha256:aa", "sha256:aa"),
) -> Record:
    """One session, not judged. `change`: (case, metric) → log-ratio of head; "" is every one."""
    rng = np.random.default_rng([20261122, number])
    today = rng.normal(0, machine)
    effects = change or {}
    runs: list[Run] = []
    for round_ in range(1, rounds + 1):
        for case in cases:
            drift = rng.normal(0, 0.03)
            for side in Side:
                values = {}
                for each in metrics:
                    log = today + drift + noise * float(rng.standard_t(4))
                    if side is Side.HEAD:
                        for name in ((case, each.name), ("", each.name), (case, "")):
                            log += effects.get(name, 0.0)
                    values[each.name] = float(np.exp(log))
                runs.append(
                    Run(
                        case=case,
                        side=side,
                        round=round_,
                        order=len(runs),
                        started="",
                        seconds=1.0,
                        values=values,
                    )
                )
    day, hour = divmod(number, 24)
    started = f"2026-10-{day % 28 + 1:02d}T{hour:02d}:00:00Z"
    return Record(
        plan=Plan(
            component="demo",
            provider="memory",
            tier="quick",
            base=revision(Side.BASE, digest=digests[0]),
            head=revision(Side.HEAD, digest=digests[1]),
            cases=plans(cases, metrics),
            policy=Policy(looks=(rounds,)),
            seed=number,
            created=started,
        ),
        environment=Environment(provider="memory", harness="0.1.0", key="here"),
        runs=runs,
        started=started,
    )
