"""Load generators written in Go, beside ours: built from their modules, run, and what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from loadstone import formats
from loadstone.component.revisions.resolve import resolve
from loadstone.model import Side


@dataclass(frozen=True, kw_only=True)
class GoLoad:
    """What a generator said of a load, and what it used: 1/s, cores, and s."""

    rate: float
    cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class GoGenerator:
    """A generator: its module, its command, and how its result is read."""

    module: str
    version: str
    command: Callable[[str, str, float, int, float, Path], Sequence[str]]
    read: Callable[[str, Path], Mapping[str, float]]

    def program(self) -> str:
        """Its program, built by the source `go` of a component."""
        name = self.module.rpartition("/")[2]
        component = formats.Component(
            component="generator",
            about=name,
            role="none",
            revisions=formats.Revisions(go=formats.GoSource(module=self.module, ldflags="-s -w")),
            ports=[],
            command=[],
            traffic="",
            ready=formats.Ready(url=""),
        )
        cache = user_cache_path("loadstone")
        return resolve(component, self.version, Side.HEAD, cache=cache, progress=print).executable

    def send(self, url: str, rate: float, connections: int, seconds: float) -> GoLoad:
        """One load, and what it cost from the start of the program to its end."""
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "result"
            program = self.program()
            command = self.command(program, url, rate, connections, seconds, out)
            begun = time.monotonic()
            with (Path(directory) / "log").open("wb") as log:
                process = subprocess.Popen(command, stdout=log, stderr=log)
            _, status, used = os.wait4(process.pid, 0)
            took = time.monotonic() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                said = (Path(directory) / "log").read_text(errors="replace")[-1000:]
                raise RuntimeError(f"{command} ended with status {process.returncode}: {said}")
            found = self.read(program, out)
        return GoLoad(cpu=(used.ru_utime + used.ru_stime) / took, **found)


def _fortio(
    program: str, url: str, rate: float, connections: int, seconds: float, out: Path
) -> Sequence[str]:
    return [
        *(program, "load", "-quiet", "-qps", f"{rate:g}", "-c", str(connections)),
        *("-t", f"{seconds:g}s", "-uniform", "-r", "0.0001", "-p", "50,99", "-json", str(out)),
        url,
    ]


def _of_fortio(_program: str, out: Path) -> Mapping[str, float]:
    said: dict[str, Any] = json.loads(out.read_text())
    listed = said["DurationHistogram"]["Percentiles"]
    points = {each["Percentile"]: each["Value"] for each in listed}
    return {"rate": said["ActualQPS"], "p50": points[50], "p99": points[99]}


def _vegeta(
    program: str, url: str, rate: float, connections: int, seconds: float, out: Path
) -> Sequence[str]:
    targets = out.with_name("targets")
    targets.write_text(f"GET {url}\n")
    return [
        *(program, "attack", f"-rate={rate:g}/1s", f"-duration={seconds:g}s"),
        *(f"-connections={connections}", f"-targets={targets}", f"-output={out}"),
    ]


def _of_vegeta(program: str, out: Path) -> Mapping[str, float]:
    command = [program, "report", "-type=json", str(out)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    latencies = said["latencies"]
    return {
        "rate": said["throughput"],
        "p50": latencies["50th"] / 1e9,
        "p99": latencies["99th"] / 1e9,
    }


GO_GENERATORS: Mapping[str, GoGenerator] = {
    "fortio": GoGenerator(
        module="fortio.org/fortio", version="1.66.5", command=_fortio, read=_of_fortio
    ),
    "vegeta": GoGenerator(
        module="github.com/tsenart/vegeta/v12", version="12.13.0", command=_vegeta, read=_of_vegeta
    ),
}
