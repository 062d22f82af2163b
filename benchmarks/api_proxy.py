"""What the proxy in front of an API server adds to a request, and how many it passes.

    python -m benchmarks.api_proxy
    python -m benchmarks.api_proxy --kubeconfig FILE    # a server that is there, by TLS

asks for one object again and again, straight and through the proxy, by turns in one run: one
request after the other, at a fixed rate from when each is due, and as many as go. Ends with status
1 where the proxy adds 0.2 ms or more at the median, or does not keep up with the rate.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httptools
import psutil
import uvloop

from benchmarks.apiserver import echo_server, machine
from loadstone.cluster.api_proxy.server_access import ServerAccess
from loadstone.cluster.memory import MemoryProvider
from loadstone.cluster.proxy import ProxiedCluster, proxied
from loadstone.model import ApiAccess
from loadstone.protocols import Cluster
from loadstone.system.kubeconfig import write_kubeconfig

PATH = "/api/v1/namespaces/default"
ADDED = 0.2e-3  # s at the median
PATIENCE = 120.0  # s a measurement may take


@dataclass(frozen=True, kw_only=True)
class GivenServer:
    """An API server that is there already."""

    api: str
    kubeconfig: Path
    version: str = ""
    provider: str = "given"

    @property
    def access(self) -> ApiAccess:
        return ApiAccess(url=self.api)

    def alive(self) -> bool:
        return True


@dataclass
class Seen:
    """What came of requests: seconds each, and in all."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failed: int = 0

    def at(self, share: float) -> float:
        """Milliseconds that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[max(0, round(share * len(ordered)) - 1)] * 1e3

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


class Client(asyncio.Protocol):
    """One connection: a request at a time."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.WriteTransport | None = None
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # TCP's always is one

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the server closed it"))

    def on_message_complete(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(self._parser.get_status_code())

    async def ask(self, request: bytes) -> int:
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


async def connections(access: ServerAccess, count: int) -> list[Client]:
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(count):
        _, client = await loop.create_connection(
            Client,
            access.host,
            access.port,
            ssl=access.ours,
            server_hostname=access.name if access.ours else None,
        )
        made.append(client)
    return made


def request(access: ServerAccess) -> bytes:
    head = f"GET {PATH} HTTP/1.1\r\nUser-Agent: benchmark\r\nAccept: application/json\r\nHost: "
    return head.encode() + access.header + b"\r\n" + access.authorization() + b"\r\n"


async def in_turn(access: ServerAccess, count: int, at_once: int) -> Seen:
    """`count` requests over `at_once` connections, each with the next when it has an answer."""
    seen, sent = Seen(), request(access)
    clients = await connections(access, at_once)
    left = iter(range(count))

    async def go_on(client: Client) -> None:
        for _ in left:
            begun = time.perf_counter()
            status = await client.ask(sent)
            seen.latencies.append(time.perf_counter() - begun)
            seen.failed += status >= 400

    begun = time.perf_counter()
    await asyncio.wait_for(asyncio.gather(*map(go_on, clients)), PATIENCE)
    seen.seconds = time.perf_counter() - begun
    for client in clients:
        client.close()
    return seen


async def at_rate(access: ServerAccess, rate: float, seconds: float, at_once: int) -> Seen:
    """Requests due at a fixed rate; a latency counts from when one was due."""
    seen, sent = Seen(), request(access)
    clients = await connections(access, at_once)
    free, due = deque(clients), deque[float]()
    begun = time.perf_counter()
    tasks: set[asyncio.Task[None]] = set()

    async def one(client: Client, when: float) -> None:
        while True:
            status = await client.ask(sent)
            seen.latencies.append(time.perf_counter() - when)
            seen.failed += status >= 400
            if not due:
                free.append(client)
                return
            when = due.popleft()

    total, made = int(rate * seconds), 0
    while made < total:
        now = time.perf_counter() - begun
        while made < total and made / rate <= now:
            when = begun + made / rate
            made += 1
            if free:
                task = asyncio.ensure_future(one(free.popleft(), when))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            else:
                due.append(when)
        await asyncio.sleep(0.0005)
    await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
    seen.seconds = time.perf_counter() - begun
    for client in clients:
        client.close()
    return seen


@contextmanager
def server(kubeconfig: Path | None, folder: Path) -> Iterator[Cluster]:
    """The server that was given, or an embedded one."""
    if kubeconfig is not None:
        yield GivenServer(api="", kubeconfig=kubeconfig)
        return
    with MemoryProvider().provision(workdir=folder / "memory") as cluster:
        yield cluster


def cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def joined(parts: Sequence[Seen]) -> Seen:
    """Blocks of one kind as one."""
    return Seen(
        latencies=[each for part in parts for each in part.latencies],
        seconds=sum(part.seconds for part in parts),
        failed=sum(part.failed for part in parts),
    )


def measured(
    cluster: Cluster, behind: ProxiedCluster, options: argparse.Namespace
) -> tuple[list[str], list[str]]:
    """Rows of the table, and what was not kept."""
    files = {"straight": cluster.kubeconfig, "proxied": behind.kubeconfig}
    ways = {name: ServerAccess(file) for name, file in files.items()}
    single: dict[str, list[Seen]] = {name: [] for name in ways}
    paced: dict[str, list[Seen]] = {name: [] for name in ways}
    used = 0.0
    for number in range(options.blocks):
        for name in sorted(ways, reverse=bool(number % 2)):
            single[name].append(uvloop.run(in_turn(ways[name], options.requests, 1)))
    for number in range(options.blocks):
        for name in sorted(ways, reverse=bool(number % 2)):
            before = cpu(behind.pid)
            paced[name].append(
                uvloop.run(at_rate(ways[name], options.rate, options.seconds, options.connections))
            )
            used += cpu(behind.pid) - before if name == "proxied" else 0.0
    alone = {name: joined(parts) for name, parts in single.items()}
    busy = {name: joined(parts) for name, parts in paced.items()}
    added = statistics.median(
        ours.at(0.5) - bare.at(0.5)
        for ours, bare in zip(single["proxied"], single["straight"], strict=True)
    )
    loaded = statistics.median(
        ours.at(0.5) - bare.at(0.5)
        for ours, bare in zip(paced["proxied"], paced["straight"], strict=True)
    )
    rows = [
        f"| one after the other, {what} | {alone['straight'].at(share):.3f} ms"
        f" | {alone['proxied'].at(share):.3f} ms |"
        for what, share in (("p50", 0.5), ("p99", 0.99))
    ]
    rows.append(f"| added at the median, by blocks | | {added:.3f} ms |")
    rows += [
        f"| {options.rate:,.0f}/s, {what} | {busy['straight'].at(share):.3f} ms"
        f" | {busy['proxied'].at(share):.3f} ms |"
        for what, share in (("p50", 0.5), ("p99", 0.99))
    ]
    rows.append(f"| added at the median, by blocks | | {loaded:.3f} ms |")
    rows.append(
        f"| answered a second | {busy['straight'].rate:,.0f} | {busy['proxied'].rate:,.0f} |"
    )
    rows.append(f"| the proxy's cores at that rate | | {used / busy['proxied'].seconds:.2f} |")
    wrong = []
    if added >= ADDED * 1e3:
        wrong.append(f"it adds {added:.3f} ms at the median")
    if busy["proxied"].rate < 0.99 * options.rate <= busy["straight"].rate:
        wrong.append(f"it does not keep up with {options.rate:,.0f}/s")
    if failed := sum(seen.failed for seen in (*alone.values(), *busy.values())):
        wrong.append(f"{failed} requests failed")
    return rows, wrong


def most(options: argparse.Namespace, folder: Path) -> list[str]:
    """As many as go, to a server that does nothing: what the proxy itself passes."""
    with echo_server() as port:
        given = GivenServer(api=f"http://127.0.0.1:{port}", kubeconfig=folder / "echo")
        kubeconfig = write_kubeconfig(folder / "echo", given.access, name="echo")
        with proxied(given, workdir=folder / "echoed") as behind:
            found = {}
            for name, path in (("straight", kubeconfig), ("proxied", behind.kubeconfig)):
                access = ServerAccess(path)
                found[name] = uvloop.run(in_turn(access, 10 * options.requests, 16))
    rates = " | ".join(f"{found[name].rate:,.0f}" for name in ("straight", "proxied"))
    return [f"| as many as go, to a server that does nothing, a second | {rates} |"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Benchmark of the proxy of an API server.")
    parser.add_argument("--kubeconfig", type=Path, help="of a server that is there")
    parser.add_argument("--requests", type=int, default=1000, help="in a block, one by one")
    parser.add_argument("--blocks", type=int, default=6, help="of each kind, by turns")
    parser.add_argument("--rate", type=float, default=2000.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=4.0, help="at that rate, a block")
    parser.add_argument("--connections", type=int, default=50)
    options = parser.parse_args()
    where = machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(server(options.kubeconfig, folder))
        behind = stack.enter_context(proxied(cluster, workdir=folder / "proxy"))
        rows, wrong = measured(cluster, behind, options)
        rows += most(options, folder)
    print(f"{options.blocks} blocks of each kind by turns; {where}.\n")
    print("\n".join(["| | straight | through the proxy |", "|---|---:|---:|", *rows]))
    print(f"\n{'WRONG: ' + '; '.join(wrong) if wrong else 'kept'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
