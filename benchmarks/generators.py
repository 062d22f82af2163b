"""What the load generators cost and how late they send, straight at the upstream.

    python -m benchmarks.generators [--seconds 5] [--rounds 3] [--rates 500 2000] [--only k6]

Each line is the median over the rounds; the generators take turns, so that what else the machine
does meets all of them alike. Latency, service and lateness are p50 / p99 in milliseconds. fortio
and vegeta are built from their modules, which needs Go, and say neither service nor lateness; their
CPU is that of the whole process, with its start.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.go_generators import GO_GENERATORS, GoLoad
from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.table import GENERATORS, generator
from loadstone.measure.upstream import RunningUpstream, upstream

RATES = (500, 2000, 5000)
CONNECTIONS = 100
BODY = 600  # By
NAMES = (*GENERATORS, *GO_GENERATORS)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one load cost: 1/s, requests, cores, and (p50, p99) in s."""

    achieved: float
    dropped: float
    cpu: float
    points: tuple[tuple[float, float], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rates", type=int, nargs="+", default=RATES)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    asked = parser.parse_args()
    for name in set(asked.only) & set(GO_GENERATORS):
        GO_GENERATORS[name].program()
    results: defaultdict[tuple[int, str], list[Cost]] = defaultdict(list)
    turns = [
        (rate, name) for _ in range(asked.rounds) for rate in asked.rates for name in asked.only
    ]
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        with upstream(servers=1, bodies=[BODY], workdir=place) as server:
            for rate, name in turns:
                results[rate, name].append(send(name, server, rate, asked.seconds, place))
    print(
        "| rate | generator | achieved | dropped | CPU, cores | CPU, µs a request"
        " | latency | service | lateness |"
    )
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for (rate, name), found_ in results.items():
        print(line(rate, name, found_))


def send(name: str, server: RunningUpstream, rate: int, seconds: float, place: Path) -> Cost:
    """One load, straight at the upstream."""
    if name in GO_GENERATORS:
        url = f"http://{server.host}:{server.ports[0]}/body/{BODY}"
        return of_go(GO_GENERATORS[name].send(url, rate, CONNECTIONS, seconds))
    plan = LoadPlan(
        lanes=[f"{server.host}:{server.ports[0]}"],
        targets=[Target(host="a.example", path=f"/body/{BODY}", headers={"x-upstream": "s0"})],
        rate=rate,
        connections=CONNECTIONS,
        warmup=1.0,
        window=seconds,
    )
    return of_ours(generator(name).start(plan, place).finish()[0])


def of_go(found: GoLoad) -> Cost:
    return Cost(achieved=found.rate, dropped=0, cpu=found.cpu, points=((found.p50, found.p99),))


def of_ours(found: LoadResult) -> Cost:
    points = [summary(each) for each in (found.latency, found.service, found.lateness)]
    return Cost(
        achieved=found.achieved_rate,
        dropped=found.dropped,
        cpu=found.cpu_share,
        points=tuple((each.get("p50", 0.0), each.get("p99", 0.0)) for each in points),
    )


def line(rate: int, name: str, costs: list[Cost]) -> str:
    """A row of the table: medians over rounds."""
    achieved, dropped, cpu = (
        statistics.median(getattr(each, kind) for each in costs)
        for kind in ("achieved", "dropped", "cpu")
    )
    shown = [f"{achieved:.0f}", f"{dropped:.0f}", f"{cpu:.2f}", f"{cpu / achieved * 1e6:.0f}"]
    for place in range(3):
        found = [each.points[place] for each in costs if len(each.points) > place]
        both = [f"{statistics.median(each) * 1e3:.2f}" for each in zip(*found, strict=True)]
        shown.append(" / ".join(both) or "–")
    return f"| {rate} | {name} | {' | '.join(shown)} |"


if __name__ == "__main__":
    main()
