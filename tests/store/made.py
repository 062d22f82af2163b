"""Small plans, runs and records for the tests of the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Environment,
    Metric,
    Note,
    Plan,
    Policy,
    Record,
    Revision,
    Run,
    Side,
)

LATENCY = Metric(name="latency_p99", unit="s", direction=Direction.LOWER, margin=0.05)


def plan(**changes: Any) -> Plan:
    return replace(
        Plan(
            component="proxy",
            provider="memory",
            tier="quick",
            base=Revision(side=Side.BASE, asked="1.0", label="1.0", digest="b" * 64),
            head=Revision(side=Side.HEAD, asked="1.1", label="1.1", digest="c" * 64),
            cases=[
                CasePlan(
                    case=Case(scenario="latency", axes={"rate": 100}),
                    metrics=[LATENCY],
                    window=2.0,
                    workload={"measured": [{"do": "load", "rate": 100}]},
                )
            ],
            policy=Policy(looks=[2, 4]),
            seed=7,
            created="2026-11-22T05:00:00Z",
        ),
        **changes,
    )


def run(number: int = 0, **changes: Any) -> Run:
    side = (Side.BASE, Side.HEAD)[number % 2]
    return replace(
        Run(
            case="latency/rate=100",
            side=side,
            round=number // 2,
            order=number,
            started="2026-11-22T05:00:00Z",
            seconds=2.5,
            values={"latency_p99": 0.0125 + number / 1000},
            quantities={"latency.p99": 0.0125, "load.requests": 200.0},
            histograms={"latency": "HISTFAAAAA=="},
            series={"process.rss": [[0.0, 1e6], [1.0, 1.5e6]]},
            requests={"GET ingresses proxy/1.0": 3},
            notes=[Note.of("other-load", cores=0.12)],
        ),
        **changes,
    )


def environment(**changes: Any) -> Environment:
    return replace(
        Environment(
            provider="memory",
            harness="0.1.0",
            key="a1b2c3d4e5f6",
            facts={"cores": 2, "cpu": "a model", "smt": False},
            tools={"k6": "1.1.0"},
        ),
        **changes,
    )


def record(**changes: Any) -> Record:
    return replace(
        Record(
            plan=plan(),
            environment=environment(),
            runs=[run(number) for number in range(4)],
            started="2026-11-22T05:00:00Z",
            finished="2026-11-22T05:01:00Z",
        ),
        **changes,
    )


def same(one: object, other: object) -> bool:
    """Whether two values are the same on disk: JSON does not tell a tuple from a list."""
    return msgspec.json.encode(one) == msgspec.json.encode(other)
