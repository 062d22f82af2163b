"""Headroom: the rate that generator and upstream reach without the component between them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from loadstone.measure.load.generator import Generator, LoadPlan, LoadResult, Target
from loadstone.measure.upstream import RunningUpstream

FACTOR = 4  # times the rate of the case: well above what `bottleneck` asks of either (2, 1.5)
SECONDS = 1.0
WARMUP = 0.3  # s; connections are open by then
TIMEOUT = 2.0  # s; what is not answered by then was too much


@dataclass(frozen=True, kw_only=True)
class Headroom:
    """The generator straight at the upstream, at a multiple of the rate that is to be measured."""

    rate: float  # 1/s that is to be measured
    asked: float  # 1/s that was tried
    achieved: float  # right answers a second
    generator_cpu: float  # share of the cores that it can use
    upstream_cpu: float  # share of one core

    @property
    def share(self) -> float:
        """The rate that was achieved, as a multiple of the rate that is to be measured."""
        return self.achieved / self.rate

    @property
    def upstream(self) -> float:
        """The rate at which the upstream would use its core whole, as a multiple of `rate`.

        Extrapolated from its CPU use, since the generator often is the slower of the two.
        """
        return self.share / max(self.upstream_cpu, 0.01)


def headroom(
    generator: Generator,
    server: RunningUpstream,
    *,
    rate: float,
    connections: int,
    body: int,
    workdir: Path,
    factor: float = FACTOR,
    seconds: float = SECONDS,
    processes: int = 1,
    protocol: str = "http1",
) -> Headroom:
    """Send `factor` times `rate` straight to the upstream for `seconds`, and look at both.

    Takes some two seconds, more where the factor is too much. To be called while nothing else
    works. Raises `MeasurementFailed` when the generator broke.
    """
    plan = LoadPlan(
        lanes=[f"{server.host}:{server.ports[0]}"],
        targets=_targets(body),
        rate=rate * factor,
        connections=connections,
        warmup=WARMUP,
        window=seconds,
        timeout=TIMEOUT,
        queue=int(rate * factor),
        processes=processes,
        protocol=protocol,
    )
    load = generator.start(plan, workdir)
    try:
        time.sleep(WARMUP)
        load.open_window()
        before = _cpu(server)
        time.sleep(seconds)
        used = _cpu(server) - before
        (result,) = load.finish()
    finally:
        load.stop()
    return of(result, rate=rate, upstream_cpu=used / seconds)


def of(result: LoadResult, *, rate: float, upstream_cpu: float) -> Headroom:
    """The headroom that a result straight from the upstream shows. Pure."""
    right = 1.0 if not result.wrong else result.answers / (result.answers + result.wrong)
    return Headroom(
        rate=rate,
        asked=result.asked_rate,
        achieved=result.achieved_rate * right,
        generator_cpu=result.cpu_share / result.cores,
        upstream_cpu=min(upstream_cpu, 1.0),
    )


def quantities(found: Headroom) -> dict[str, float]:
    """`upstream.headroom` and `generator.headroom`, multiples of the rate that is measured."""
    return {"upstream.headroom": found.upstream, "generator.headroom": found.share}


def _cpu(server: RunningUpstream) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


def _targets(body: int) -> Sequence[Target]:
    return [Target(host="headroom.example", path=f"/body/{body}", headers={"x-upstream": "s0"})]
