"""A session over the fake proxy: everything real but the component and the cluster."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loadstone import formats
from loadstone.model import (
    Accounting,
    ApiAccess,
    Case,
    CasePlan,
    MetricSource,
    Plan,
    Policy,
    Revision,
    Run,
    Side,
    Slot,
)

PROXY = Path(__file__).with_name("proxy.py")

ROUTE: dict[str, Any] = {
    "objects": [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "r${i}"},
            "spec": {
                "rules": [{"host": "r${i}.test", "http": {"paths": [{"path": "/v${version}"}]}}]
            },
        }
    ],
    "check": {
        "host": "r${i}.test",
        "path": "/v${version}/x",
        "headers": {"x-upstream": "${backend}"},
    },
}


class FakeCluster:
    """A cluster whose API nobody asks: the fake proxy gets its routes pushed."""

    provider = "fake"
    version = "v0"
    api = "http://127.0.0.1:9"
    access = ApiAccess(url=api)
    kubeconfig = Path("/nonexistent")

    def __init__(self) -> None:
        self.asked = 0
        self.dials: list[Sequence[formats.Dial]] = []
        self.resets = 0

    def dial(self, dials: Sequence[formats.Dial]) -> None:
        self.dials.append(dials)

    def accounting(self) -> Accounting:
        self.asked += 7
        return Accounting(requests={"list pods proxy/1": self.asked, "get pods loadstone/1": 99})

    def reset(self) -> None:
        self.resets += 1

    def alive(self) -> bool:
        return True


def proxy(*options: str, timeout: float = 10.0) -> formats.Component:
    """The fake proxy as a component file would describe it."""
    return formats.Component(
        component="proxy",
        about="a fake",
        role="ingress",
        revisions=formats.Revisions(),
        ports=["http", "admin"],
        command=["${executable}", str(PROXY), "${http}", "${admin}", *options],
        traffic="${http}",
        ready=formats.Ready(url="http://${admin}/ready", timeout=timeout),
        push=formats.Push(url="http://${admin}/load", template='{"routes": {{ routes | tojson }}}'),
        metrics="http://${admin}/metrics",
        scrape={"loads": "fake_loads_total", "heap": 'fake_heap{kind="used"}'},
        pprof="http://${admin}/debug/pprof",
        stop_timeout=1.0,
    )


def python(side: Side) -> Revision:
    return Revision(side=side, asked="python", label="python", executable=sys.executable)


def case(measured: Sequence[Mapping[str, Any]], **more: Any) -> CasePlan:
    """A case with one template, `route`, of which 5 copies are there when the window opens."""
    setup = more.pop("setup", None) or [
        {"do": "create", "template": "route", "count": 5},
        {"do": "await", "template": "route", "timeout": 10.0},
    ]
    times = {name: more.pop(name) for name in ("warmup", "window") if name in more}
    return CasePlan(
        case=Case(scenario="fake", axes={"n": 1}),
        metrics=(),
        sources={"cpu": MetricSource(quantity="process.cpu_seconds")},
        workload={
            "templates": {"route": ROUTE, "churned": _churned()},
            "upstream": {"servers": 2, "bodies": [600]},
            "setup": setup,
            "measured": list(measured),
            **more,
        },
        **times,
    )


def plan(*cases: CasePlan) -> Plan:
    return Plan(
        component="proxy",
        provider="fake",
        tier="quick",
        base=python(Side.BASE),
        head=python(Side.HEAD),
        cases=cases,
        policy=Policy(),
        seed=1,
    )


def slot(side: Side = Side.BASE, round: int = 0, order: int = 0) -> Slot:  # noqa: A002
    return Slot(case="fake/n=1", side=side, round=round, order=order)


def codes(run: Run) -> list[str]:
    return [reason.code for reason in run.invalid]


def _churned() -> dict[str, Any]:
    churned: dict[str, Any] = {
        "objects": [
            {
                "kind": "Ingress",
                "spec": {"rules": [{"host": "c${i}.test", "http": {"paths": [{"path": "/"}]}}]},
            }
        ],
        "check": {"host": "c${i}.test", "path": "/", "headers": {"x-upstream": "${backend}"}},
    }
    return churned
