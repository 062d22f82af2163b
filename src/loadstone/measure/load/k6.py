"""The generator k6; its limits are in docs/reference/load-generators.md."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil

from loadstone.errors import MeasurementFailed, UsageError
from loadstone.measure.load import k6_samples
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.load_request import lane_order, shuffled
from loadstone.system import processes
from loadstone.system.tools import Tool

STARTING = 60.0  # s for k6 to make its virtual users, on a busy machine
DRAIN = 1.0  # s that the load goes on after the window, so that its last requests are answered
SCRIPT = Path(__file__).with_name("k6_script.js")
QUIET = ("--no-usage-report", "--no-summary", "--no-thresholds", "--no-color", "--quiet")


class K6:
    """k6's constant-arrival-rate executor, one virtual user for each connection of a lane."""

    name = "k6"

    def __init__(self, tool: Tool) -> None:
        self._tool = tool

    def version(self) -> str:
        return self._tool.version

    def start(self, plan: LoadPlan, workdir: Path) -> RunningK6:
        """Raises `UsageError` for what k6 does not do."""
        require_known(plan)
        return RunningK6(self._tool, plan, workdir)


class RunningK6:
    """A k6 that sends until it is told to end."""

    def __init__(self, tool: Tool, plan: LoadPlan, workdir: Path) -> None:
        self._plan = plan
        self._dir = Path(tempfile.mkdtemp(prefix="k6-", dir=workdir))
        self._opened = 0.0
        self._cpu = 0.0
        shutil.copy(SCRIPT, self._dir / SCRIPT.name)
        (self._dir / "plan.json").write_bytes(script_plan(plan))
        self._process = processes.spawn(
            command(tool.path, self._dir),
            log=self._dir / "k6.log",
            env={
                "K6_NO_USAGE_REPORT": "true",
                "K6_CSV_TIME_FORMAT": "unix_nano",
                # over TLS it takes HTTP/2 wherever that is offered
                **({"GODEBUG": "http2client=0"} if plan.protocol == "http1" else {}),
            },
        )
        self._wait_until_ready()
        self._started = time.time()  # and not monotonic: what k6 writes is in Unix time

    @property
    def pids(self) -> Sequence[int]:
        return [self._process.pid]

    def open_window(self) -> None:
        self._cpu = self._cpu_seconds()
        self._opened = time.time()

    def finish(self) -> Sequence[LoadResult]:
        if not self._opened:
            time.sleep(max(self._started + self._plan.warmup - time.time(), 0))
            self.open_window()
        if self._plan.window > 0:
            time.sleep(max(self._opened + self._plan.window - time.time(), 0))
            closed = self._opened + self._plan.window
        else:
            closed = time.time()
        cpu = self._cpu_seconds() - self._cpu
        time.sleep(min(DRAIN, self._plan.timeout))
        self.stop()
        return self._results(k6_samples.K6Window(opened=self._opened, closed=closed), cpu)

    def stop(self) -> None:
        processes.end(self._process, patience=30.0)  # it writes its samples out first

    def _results(self, window: k6_samples.K6Window, cpu: float) -> Sequence[LoadResult]:
        with (self._dir / "samples.csv").open(errors="replace") as samples:
            seen = k6_samples.read_samples(samples)
        if not seen.iterations:
            raise self._broken("sent nothing")
        with (self._dir / "console.log").open(errors="replace") as console:
            faults = k6_samples.read_faults(console)
        (self._dir / "samples.csv").unlink()  # some kilobytes for each request
        return k6_samples.results(
            samples=seen,
            faults=faults,
            rate=self._plan.rate,
            order=lane_order(len(self._plan.lanes), self._plan.seed),
            window=window,
            cpu=cpu,
            cores=os.cpu_count() or 1,
        )

    def _wait_until_ready(self) -> None:
        console = self._dir / "console.log"
        deadline = time.monotonic() + STARTING
        while not (console.exists() and "ready" in console.read_text(errors="replace")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise self._broken("did not start")
            time.sleep(0.01)

    def _cpu_seconds(self) -> float:
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error as error:
            raise self._broken("ended early") from error
        return float(times.user + times.system)

    def _broken(self, what: str) -> MeasurementFailed:
        self.stop()
        said = (self._dir / "k6.log").read_text(errors="replace")[-2000:]
        return MeasurementFailed(
            f"k6 {what}\n{said}".rstrip(),
            next_step="use the built-in generator, `openloop`, or another version of k6",
        )


def require_known(plan: LoadPlan) -> None:
    """Raise `UsageError` for what k6 does not do."""
    if plan.arrivals.law != "constant":
        raise UsageError(
            f"k6 sends at a constant rate, and the load's arrivals are `{plan.arrivals.law}`",
            next_step="use --generator openloop, or take `arrivals` out of the scenario",
        )
    wanted = {
        "calls of gRPC": plan.protocol == "grpc",
        "HTTP/2 without TLS": plan.protocol == "http2" and not plan.tls,
        "certificates held to a `ca`": any(each.ca for each in plan.tls),
        "connections that come and go at a rate": plan.reconnect_rate > 0,
    }
    lacking = [what for what, wants in wanted.items() if wants]
    if lacking:
        raise UsageError(
            f"k6 does not send load with {' and '.join(lacking)}",
            next_step="use the built-in generator: --generator openloop",
        )


def command(k6: Path, workdir: Path) -> Sequence[str]:
    """The command line: no report home, no server of its own, a row for each sample."""
    return [
        str(k6), "run", *QUIET,
        "--address", "",
        "--log-format", "raw",
        "--console-output", str(workdir / "console.log"),
        "--out", f"csv={workdir / 'samples.csv'}",
        str(workdir / SCRIPT.name),
    ]  # fmt: skip


def script_plan(plan: LoadPlan) -> bytes:
    """The plan that the script reads: JSON, with the targets in the order they are asked in."""
    scheme = "https" if plan.tls else "http"
    targets = [
        {
            "host": each.target.host,
            "path": each.target.path,
            "status": each.status,
            "length": each.length,
            "headers": [[name.lower(), value] for name, value in each.target.headers.items()],
        }
        for each in shuffled(plan.targets, plan.seed)
    ]
    return msgspec.json.encode(
        {
            "addresses": [f"{scheme}://{address}" for address in plan.lanes],
            "reuse": plan.keepalive,
            "order": lane_order(len(plan.lanes), plan.seed),
            "per_1000_seconds": max(round(plan.rate * len(plan.lanes) * 1000), 1),
            "connections": plan.connections * len(plan.lanes),
            "timeout_ms": round(plan.timeout * 1000),
            "targets": targets,
        }
    )
