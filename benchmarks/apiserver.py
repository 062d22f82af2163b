"""How fast the in-memory API server is, beside what the machine and the language allow.

    python -m benchmarks.apiserver --objects 5000 --watchers 50

creates Ingress objects over one pool of connections, alone and then watched, checks that every
watcher saw every event once and in order, and prints a Markdown table. Ends with status 1 when a
watcher did not.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import uvloop

from benchmarks.apiserver_load import Created, Watched, body, create
from loadstone import shell
from loadstone.cluster.memory.provider import MemoryProvider

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
    process = shell.spawn(command, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        yield process
    finally:
        shell.end(process)
        assert process.stdout is not None
        process.stdout.close()


def starts(count: int) -> tuple[list[float], list[float]]:
    """Seconds to provision, and to start an interpreter that imports the same codecs, by turns."""
    ours, bare = [], []
    for _ in range(count):
        begun = time.perf_counter()
        shell.run([sys.executable, "-c", BARE])
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


def rate(created: Created) -> float:
    return len(created.latencies) / created.seconds


def latency(created: Created, share: float) -> float:
    """Milliseconds that `share` of the requests did not exceed."""
    values = sorted(created.latencies)
    return values[max(0, round(share * len(values)) - 1)] * 1e3


def row(what: str, ours: float, bare: float | None, unit: str, digits: int = 0) -> str:
    told = f"{ours:,.{digits}f} {unit}"
    if bare is None:
        return f"| {what} | {told} | | |"
    return f"| {what} | {told} | {bare:,.{digits}f} {unit} | {ours / bare:.2f} |"


def table(options: argparse.Namespace) -> tuple[str, list[str]]:
    """The table, and what was wrong."""
    ours, bare = starts(options.starts)
    echo = yardstick(options.objects, options.connections)
    single, memory = alone(options.objects, options.connections)
    many = watched(options.objects, options.watchers, options.connections)
    events = options.objects * options.watchers / many.seconds
    lines = ["| | API server | yardstick | ratio |", "|---|---:|---:|---:|"]
    lines.append(row("creates a second", rate(single), rate(echo), "1/s"))
    lines.append(row("p50 of a create", latency(single, 0.5), latency(echo, 0.5), "ms", 2))
    lines.append(row("p99 of a create", latency(single, 0.99), latency(echo, 0.99), "ms", 2))
    slow = latency(many.created, 0.99)
    with_watchers = f"with {options.watchers} watchers"
    lines += [
        row(f"creates a second {with_watchers}", rate(many.created), rate(echo), "1/s"),
        row(f"p99 of a create {with_watchers}", slow, latency(echo, 0.99), "ms", 2),
        row(f"events a second to {options.watchers} watchers", events, None, "1/s"),
        row("bytes a second to them", many.watched.bytes / many.seconds / 1e6, None, "MB/s", 1),
        row("memory for an object", memory / 1e3, len(body(0)) / 1e3, "kB", 2),
        row("start, median", statistics.median(ours), statistics.median(bare), "s", 3),
        row("start, slowest", max(ours), max(bare), "s", 3),
    ]
    refused = echo.refused + single.refused + many.created.refused
    wrong = [f"{refused} requests were refused"] if refused else []
    return "\n".join(lines), wrong + many.watched.problems


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Benchmark of the in-memory API server.")
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--connections", type=int, default=8, help="in the creators' pool")
    parser.add_argument("--starts", type=int, default=7, help="how often to time the start")
    options = parser.parse_args()
    text, wrong = table(options)
    seen = f"every one of {options.watchers} watchers saw {options.objects} events in order"
    print(f"{options.objects} objects over {options.connections} connections; {machine()}.\n")
    print(text)
    print(f"\n{seen if not wrong else 'WRONG: ' + '; '.join(wrong[:10])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
