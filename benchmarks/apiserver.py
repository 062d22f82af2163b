"""How fast the in-memory API server is, beside what the machine and the language allow.

    python -m benchmarks.apiserver --objects 5000 --watchers 50

creates Ingress objects over one pool of connections, alone and then watched, checks that every
watcher saw every event once and in order, and prints a Markdown table. Ends with status 1 when a
watcher did not.

The same load runs against a yardstick (`apiserver_echo`) in the same rounds: a figure says more
about the machine and its neighbours than about the server, and the ratio holds from one machine to
the next much better. It is the ceiling of this language, not of all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import uvloop

from benchmarks.apiserver_load import Created, Watched, body, create
from loadstone.cluster.memory import MemoryProvider
from loadstone.system import processes

ROOT = Path(__file__).parents[1]
# What a server of this kind cannot do without: the interpreter, its event loop and its codecs.
BARE = "import asyncio, httptools, msgspec, orjson, uvloop"


@dataclass(frozen=True, kw_only=True)
class Watching:
    """One run with watchers: the creators' side, the watchers', and when everybody was done."""

    created: Created
    watched: Watched
    seconds: float  # from the first request until the last watcher had the last event


@contextmanager
def api_server() -> Iterator[tuple[int, psutil.Process]]:
    """A fresh in-memory API server: its port and its process."""
    with (
        tempfile.TemporaryDirectory() as directory,
        MemoryProvider().provision(workdir=Path(directory)) as cluster,
    ):
        port = urlsplit(cluster.api).port
        assert port is not None
        yield port, psutil.Process(cluster.process.pid)


@contextmanager
def echo_server() -> Iterator[int]:
    with module("apiserver_echo") as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@contextmanager
def module(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A module of this folder, running, with its standard output for the caller."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    process = processes.spawn(command, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        yield process
    finally:
        processes.end(process)
        assert process.stdout is not None
        process.stdout.close()


def starts(count: int) -> tuple[list[float], list[float]]:
    """Seconds to provision, and to start an interpreter that imports the same codecs, by turns."""
    ours, bare = [], []
    for _ in range(count):
        begun = time.perf_counter()
        processes.run([sys.executable, "-c", BARE])
        bare.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        with api_server():
            ours.append(time.perf_counter() - begun)
    return ours, bare


def alone(objects: int, connections: int) -> tuple[Created, float]:
    """Creating without watchers, and the server's memory per object in bytes."""
    with api_server() as (port, process):
        before = process.memory_full_info().uss
        created = uvloop.run(create(port, objects, connections))
        return created, (process.memory_full_info().uss - before) / objects


def yardstick(objects: int, connections: int) -> Created:
    with echo_server() as port:
        return uvloop.run(create(port, objects, connections))


def watched(objects: int, watchers: int, connections: int) -> Watching:
    """Creating while watchers in a process of their own see every event."""
    with (
        api_server() as (port, _),
        module("apiserver_load", str(port), str(objects), str(watchers)) as process,
    ):
        assert process.stdout is not None
        if process.stdout.readline() != b"open\n":
            raise SystemExit("the watchers could not open their watches")
        begun = time.perf_counter()
        created = uvloop.run(create(port, objects, connections))
        said = process.stdout.read()
        if not said:
            raise SystemExit("the watchers did not see every event in time")
        found = Watched(**json.loads(said))
        return Watching(created=created, watched=found, seconds=found.finished - begun)


# --- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One value of one round, beside the yardstick's where that has one."""

    what: str
    unit: str
    ours: float
    bare: float | None = None
    digits: int = 0


def rate(created: Created) -> float:
    return len(created.latencies) / created.seconds


def latency(created: Created, share: float) -> float:
    """Milliseconds that `share` of the requests did not exceed."""
    values = sorted(created.latencies)
    return values[max(0, round(share * len(values)) - 1)] * 1e3


def one_round(options: argparse.Namespace) -> tuple[list[Figure], list[str]]:
    """The figures of one round, the yardstick's and ours next to each other; what was wrong."""
    echo = yardstick(options.objects, options.connections)
    single, memory = alone(options.objects, options.connections)
    many = watched(options.objects, options.watchers, options.connections)
    shares = [("p50", 0.5), ("p99", 0.99)]
    with_watchers = f"with {options.watchers} watchers"
    figures = [Figure(what="creates a second", unit="1/s", ours=rate(single), bare=rate(echo))]
    figures += [_latency(f"{name} of a create", share, single, echo) for name, share in shares]
    figures.append(
        Figure(
            what=f"creates a second {with_watchers}",
            unit="1/s",
            ours=rate(many.created),
            bare=rate(echo),
        )
    )
    figures += [
        _latency(f"{name} of a create {with_watchers}", share, many.created, echo)
        for name, share in shares
    ]
    events, sent = options.objects * options.watchers, many.watched.bytes / 1e6
    figures += [
        Figure(what="events delivered a second", unit="1/s", ours=events / many.seconds),
        Figure(what="megabytes delivered a second", unit="MB/s", ours=sent / many.seconds),
        Figure(
            what="memory for an object (yardstick: its JSON)",
            unit="kB",
            ours=memory / 1e3,
            bare=len(body(0)) / 1e3,
            digits=2,
        ),
    ]
    refused = echo.refused + single.refused + many.created.refused
    wrong = [f"{refused} requests were refused"] if refused else []
    return figures, wrong + many.watched.problems


def _latency(what: str, share: float, ours: Created, bare: Created) -> Figure:
    return Figure(
        what=what, unit="ms", ours=latency(ours, share), bare=latency(bare, share), digits=2
    )


def start_figures(count: int) -> list[Figure]:
    ours, bare = starts(count)
    return [
        Figure(
            what=f"{name} of {count} starts",
            unit="s",
            ours=of(ours),
            bare=of(bare),
            digits=3,
        )
        for name, of in (("median", statistics.median), ("slowest", max))
    ]


def row(rounds: Sequence[Figure]) -> str:
    """A line of the table: the medians of the rounds, and the median of their ratios."""
    first = rounds[0]
    ours = statistics.median(figure.ours for figure in rounds)
    told = f"| {first.what} | {ours:,.{first.digits}f} {first.unit} |"
    pairs = [(figure.ours, figure.bare) for figure in rounds if figure.bare is not None]
    if not pairs:
        return f"{told} | |"
    bare = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
    return f"{told} {bare:,.{first.digits}f} {first.unit} | {ratio:.2f} |"


def table(options: argparse.Namespace) -> tuple[str, list[str]]:
    """The table, and what was wrong."""
    rounds, wrong = [], []
    for _ in range(options.rounds):
        figures, problems = one_round(options)
        rounds.append(figures)
        wrong += problems
    lines = ["| | API server | yardstick | ratio |", "|---|---:|---:|---:|"]
    lines += [row(figures) for figures in zip(*rounds, strict=True)]
    lines += [row([figure]) for figure in start_figures(options.starts)]
    return "\n".join(lines), wrong


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} before"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Benchmark of the in-memory API server.")
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--connections", type=int, default=8, help="in the creators' pool")
    parser.add_argument("--rounds", type=int, default=5, help="the table shows their medians")
    parser.add_argument("--starts", type=int, default=11, help="how often to time the start")
    options = parser.parse_args()
    where = machine()
    text, wrong = table(options)
    seen = f"every one of {options.watchers} watchers saw {options.objects} events in order"
    how = f"{options.objects} objects over {options.connections} connections"
    print(f"{how}, medians of {options.rounds} rounds; {where}.\n")
    print(text)
    print(f"\n{seen if not wrong else 'WRONG: ' + '; '.join(wrong[:10])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
