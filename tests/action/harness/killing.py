"""A measuring container that is killed at any moment, and the post step after it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from loadstone.flows.bot.measure import DIRECTORY
from loadstone.store.rounds import RoundLog
from tests.action.harness.docker_daemon import Docker
from tests.action.harness.hosted import Hosted
from tests.action.harness.measuring_container import SESSION, MeasuringContainer

SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True, kw_only=True)
class Left:
    """The remains of a killed measuring, after the post step."""

    containers: list[str]  # the container itself: what it starts is in it
    processes: list[str]
    directories: list[str]
    runs: int  # that can be read
    told: int  # that the step's log tells of
    announced: bool  # whether the runner knew what to upload
    said: str


class Killing:
    """Measurings of the pull request of a hosted repository, each in a container of its own."""

    def __init__(self, github: Hosted, docker: Docker, image: str, folder: Path) -> None:
        self.github, self.docker, self.image, self.folder = github, docker, image, folder

    def kill(self, number: int, seconds: float, *, begun: bool, client: bool) -> Left:
        """Measure, kill after so many seconds, clean up.

        `begun`: so many after the session has begun, which comes after the building. `client`: the
        docker command is killed, as the runner does it; else what is in the container, as a kernel
        does it that is short of memory.
        """
        name, run = f"loadstone-kill-{number}", 90_000 + number
        built = self.folder / "built"
        container = MeasuringContainer(self.github, self.folder / name, run, built=built)
        text = container.files / "log"
        with text.open("w") as log:
            process = subprocess.Popen(
                ["docker", "run", "--rm", "--name", name, *container.options, self.image],
                env=self.docker.environment(),
                stdout=log,
                stderr=log,
            )
            if begun:
                _wait_for(f"\n{SESSION}", text, process)
            time.sleep(seconds)
            if client:
                process.send_signal(signal.SIGKILL)
            else:
                self.docker.run("kill", "--signal=KILL", name)
            process.wait(timeout=120)
        path = self.docker.host.removeprefix("unix://")
        mount = ("--volume", f"{path}:{SOCKET}")
        cleanup = ("--entrypoint", "loadstone-cleanup.sh", self.image)
        self.docker("run", "--rm", *mount, *container.options, *cleanup)
        return self._left(container, name, run, text.read_text())

    def _left(self, container: MeasuringContainer, name: str, run: int, said: str) -> Left:
        rounds = container.workspace / DIRECTORY / "component-1" / "rounds.jsonl"
        output = container.files / "output"
        return Left(
            containers=self.docker("ps", "--all", "--quiet", f"--filter=name={name}$").split(),
            processes=processes_of(run),
            directories=[each.name for each in container.temporary.iterdir()],
            runs=len(RoundLog(rounds).read()) if rounds.exists() else 0,
            told=len(re.findall(r"^round \d+/", said, flags=re.M)),
            announced=output.exists() and f"loadstone-{run}-1" in output.read_text(),
            said=said,
        )


def _wait_for(words: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)


def processes_of(run: int) -> list[str]:
    """The processes on this machine, in containers too, that belong to a workflow run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("GITHUB_RUN_ID") == str(run):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
