"""A Docker daemon for tests: the one that answers, or one of our own with its own directories."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

REQUIRED = "LOADSTONE_REQUIRE_DOCKER"  # set where a skipped test would be a failure
_SYS_RESOURCE = 24  # the number of CAP_SYS_RESOURCE
PATIENCE = 60.0  # s until it answers
# Images are kept between sessions; whoever comes second waits.
KEPT = user_cache_path("loadstone") / "docker"


class NoDaemonError(RuntimeError):
    """No daemon can run here, and why."""


class Docker:
    """The docker command at a daemon."""

    def __init__(self, host: str) -> None:
        self.host = host

    def __call__(self, *arguments: str, timeout: float = 900, **more: object) -> str:
        """The output of a docker command. Raises `AssertionError` with its words."""
        done = self.run(*arguments, timeout=timeout, **more)
        assert done.returncode == 0, f"docker {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    def run(
        self, *arguments: str, timeout: float = 900, **more: object
    ) -> subprocess.CompletedProcess[str]:
        """A docker command to its end, whatever that is."""
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            ["docker", *arguments],
            env=self.environment(),
            text=True,
            capture_output=True,
            check=False,
            timeout=timeout,
            **more,
        )

    def environment(self) -> dict[str, str]:
        """The environment of what talks to this daemon; the classic builder is everywhere."""
        return {**os.environ, "DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0"}


@contextmanager
def daemon() -> Iterator[Docker]:
    """A daemon that answers. Raises `NoDaemonError` where none can run."""
    if shutil.which("docker") is None:
        raise NoDaemonError("there is no docker command: make docker")
    there = Docker(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    if _answers(there):
        yield there
        return
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        raise NoDaemonError(
            "no daemon answers, and dockerd cannot be started: make docker, as root"
        )
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("w") as lock, tempfile.TemporaryDirectory(prefix="dockerd-") as own:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _started(Path(own)) as docker:
            yield docker


@contextmanager
def _started(own: Path) -> Iterator[Docker]:
    docker = Docker(f"unix://{own}/docker.sock")
    command = ["dockerd", f"--data-root={KEPT}/data", f"--exec-root={own}/exec"]
    command += [f"--host={docker.host}", f"--pidfile={own}/docker.pid", *_within_bounds()]
    with (own / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(docker):
                if process.poll() is not None or time.monotonic() > deadline:
                    tail = (own / "log").read_text()[-2000:]
                    raise NoDaemonError(f"dockerd does not run here:\n{tail}")
                time.sleep(0.2)
            yield docker
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _within_bounds() -> list[str]:
    """What lets containers be privileged where this machine's bounding set is not whole."""
    said = Path("/proc/self/status").read_text()
    bounds = next(line for line in said.splitlines() if line.startswith("CapBnd:"))
    if int(bounds.split()[1], 16) >> _SYS_RESOURCE & 1:
        return []
    runtime = Path(__file__).with_name("runc-within-bounds")
    return [f"--add-runtime=bounded={runtime}", "--default-runtime=bounded"]


def _answers(docker: Docker) -> bool:
    return docker.run("version", "--format", "{{.Server.Version}}", timeout=20).returncode == 0
