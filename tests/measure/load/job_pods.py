"""Programs of load pods as processes of this machine, and a generator that is led to them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import TypeVar

from loadstone.measure.load.job import LISTENING
from loadstone.measure.load.pod_link import LoadPod
from loadstone.measure.load.pods_generator import PodsGenerator
from loadstone.measure.upstream import free_ports
from loadstone.system import processes as started

T = TypeVar("T")
MODULE = "loadstone.measure.load.job"


@dataclass
class JobPrograms:
    """Programs that wait for tasks, while the context of `start` lasts."""

    running: list[Popen[bytes]] = field(default_factory=list)
    ended: list[int | None] = field(default_factory=list)  # exit status of each that was stopped

    @contextmanager
    def start(
        self, count: int, processes: int, workdir: Path, what: str
    ) -> Iterator[Sequence[LoadPod]]:
        del processes, what
        pods = []
        begun: list[Popen[bytes]] = []
        try:
            for number, port in enumerate(free_ports(count)):
                folder = workdir / f"pod-{number}"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / LISTENING).unlink(missing_ok=True)
                command = [sys.executable, "-I", "-m", MODULE]
                command += ["--port", str(port), "--says", str(folder)]
                begun.append(started.spawn(command, log=folder / "log"))
                pods.append(LoadPod(name=f"load-{number}", node="n", address=f"127.0.0.1:{port}"))
            self.running = begun
            wait_for([workdir / f"pod-{number}" / LISTENING for number in range(count)])
            yield pods
        finally:
            for each in begun:
                self.ended.append(_patient(each))
                started.end(each)


def wait_for(files: Sequence[Path], within: float = 30.0) -> None:
    """Return when all are there. Raises `TimeoutError`."""
    deadline = time.monotonic() + within
    while not all(file.exists() for file in files):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def within(seconds: float, attempt: Callable[[], T]) -> T:
    """What an attempt gives, once nothing refuses it any more."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def in_programs(pods: int, name: str = "openloop") -> tuple[PodsGenerator, JobPrograms]:
    """A generator whose pods are processes of this machine."""
    programs = JobPrograms()
    return PodsGenerator(pods, programs.start, {}, name=name), programs


def _patient(process: Popen[bytes]) -> int | None:
    """The status of one that ends by itself, as it does when its connection has ended."""
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process.poll()
