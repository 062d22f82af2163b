"""Similarities of chosen numbers, one row for each thing that can be said."""

from __future__ import annotations

from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Environment,
    Metric,
    Plan,
    Policy,
    Revision,
    Run,
    Side,
)
from loadstone.model.similar import Similarity
from loadstone.stats.similar import similar

PROVIDERS = ("memory-controllers", "hollow")
METRICS = (
    Metric(name="ready_p50", unit="s", direction=Direction.LOWER, margin=0.1),
    Metric(name="cpu", unit="s", direction=Direction.LOWER, margin=0.05),
    Metric(name="rss_peak", unit="By", direction=Direction.LOWER, margin=0.05),
    Metric(name="requests", unit="1", direction=Direction.LOWER, margin=0.0, counted=True),
    Metric(name="errors", unit="1", direction=Direction.LOWER, margin=0.0, minimum=2.0),
    Metric(name="lost", unit="1", direction=Direction.LOWER, margin=0.0, minimum=2.0),
    Metric(name="never", unit="s", direction=Direction.LOWER, margin=0.1),
)
FIRST = {
    "ready_p50": [0.100, 0.104, 0.098, 0.101],
    "cpu": [2.00, 2.02, 1.99, 2.01],
    "rss_peak": [1.0e8, 1.3e8, 0.9e8, 1.1e8],
    "requests": [120.0] * 4,
    "errors": [0.0, 1.0, 0.0, 0.0],
    "lost": [0.0] * 4,
}
SECOND = {
    "ready_p50": [0.250, 0.262, 0.241, 0.255],
    "cpu": [2.01, 2.03, 2.02, 2.00],
    "rss_peak": [1.1e8, 1.1e8, 1.0e8, 1.0e8],
    "requests": [120.0] * 4,
    "errors": [1.0, 0.0, 0.0, 1.0],
    "lost": [7.0, 8.0, 8.0, 9.0],
}


def similarity(rounds: int = 4) -> Similarity:
    """A case of seven rows: what agrees, what differs, and what nobody knows."""
    case = CasePlan(case=Case(scenario="controller", axes={"objects": 100}), metrics=METRICS)
    plan = Plan(
        component="operator",
        provider=" and ".join(PROVIDERS),
        tier="quick",
        base=Revision(side=Side.BASE, asked="1.2", label="1.2"),
        head=Revision(side=Side.HEAD, asked="1.2", label="1.2"),
        cases=[case],
        policy=Policy(),
        seed=7,
    )
    runs = [
        _run(case.case.name, side, number, {name: given[number] for name, given in values.items()})
        for side, values in ((Side.BASE, FIRST), (Side.HEAD, SECOND))
        for number in range(rounds)
    ]
    return Similarity(
        plan=plan,
        environment=Environment(provider=plan.provider, harness="0.1.0", key="k"),
        providers=PROVIDERS,
        versions=("kwok 0.7.0", "etcd 3.6.16, kube-apiserver 1.34.4"),
        rounds=rounds,
        rows=similar(runs, plan.cases),
        failed=(0, 1),
        started="2026-11-26T12:00:00+00:00",
        finished="2026-11-26T12:05:00+00:00",
    )


def _run(case: str, side: Side, number: int, values: dict[str, float]) -> Run:
    return Run(
        case=case,
        side=side,
        round=number + 1,
        order=number,
        started="2026-11-26T12:00:00+00:00",
        seconds=1.0,
        values=values,
    )
