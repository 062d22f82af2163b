"""What the load generators cost and how late they send, straight at the upstream.

    python benchmarks/generators.py [--seconds 5] [--rounds 3]

Each line is the median over the rounds; the generators take turns, so that what else the machine
does meets all of them alike. Latency, service and lateness are p50 / p99 in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.table import GENERATORS, generator
from loadstone.measure.upstream import RunningUpstream, upstream

RATES = (500, 2000, 5000)
CONNECTIONS = 100
BODY = 600  # By


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    results: defaultdict[tuple[int, str], list[LoadResult]] = defaultdict(list)
    turns = [(rate, name) for _ in range(asked.rounds) for rate in RATES for name in GENERATORS]
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        with upstream(servers=1, bodies=[BODY], workdir=place) as server:
            for rate, name in turns:
                results[rate, name].append(send(name, server, rate, asked.seconds, place))
    print("| rate | generator | achieved | dropped | CPU, cores | latency | service | lateness |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for (rate, name), found_ in results.items():
        print(line(rate, name, found_))


def send(name: str, server: RunningUpstream, rate: int, seconds: float, place: Path) -> LoadResult:
    """One load, straight at the upstream."""
    plan = LoadPlan(
        target=f"{server.host}:{server.ports[0]}",
        targets=[Target(host="a.example", path=f"/body/{BODY}", headers={"x-upstream": "s0"})],
        rate=rate,
        connections=CONNECTIONS,
        warmup=1.0,
        window=seconds,
    )
    return generator(name).start(plan, place).finish()


def line(rate: int, name: str, results: list[LoadResult]) -> str:
    """A row of the table."""
    achieved = statistics.median(each.achieved_rate for each in results)
    dropped = statistics.median(each.dropped for each in results)
    cpu = statistics.median(each.cpu_share for each in results)
    spread = [
        points([getattr(each, kind) for each in results])
        for kind in ("latency", "service", "lateness")
    ]
    return (
        f"| {rate} | {name} | {achieved:.0f} | {dropped:.0f} | {cpu:.2f} | {' | '.join(spread)} |"
    )


def points(encoded: list[str]) -> str:
    """p50 / p99 in ms, medians over rounds."""
    found = [summary(each) for each in encoded]
    p50, p99 = (statistics.median(each.get(name, 0.0) for each in found) for name in ("p50", "p99"))
    return f"{p50 * 1e3:.2f} / {p99 * 1e3:.2f}"


if __name__ == "__main__":
    main()
