"""A process of the component under test: started and stopped alike on both sides."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import urllib3

from loadstone import formats
from loadstone.component.own_network import OwnNetwork
from loadstone.errors import ComponentFailed
from loadstone.formats.fill import fill_text
from loadstone.model import ApiAccess
from loadstone.model.padding import Padding
from loadstone.protocols import ContainerUsage
from loadstone.system import processes
from loadstone.system.https_pool import connections

_LOG = "component.log"  # of a process that is alone


@dataclass(frozen=True, kw_only=True)
class ComponentProcess:
    """A process of a component that runs on this machine: its addresses, and how it is doing."""

    name: str  # in the component file, "" where it is alone
    process: subprocess.Popen[bytes]
    command: str  # to be pasted into a shell
    log: Path
    names: Mapping[str, str | int]  # the `${…}` of the component file
    start_seconds: float = 0.0  # until its first right answer on the ready URL

    @property
    def pid(self) -> int:
        return self.process.pid

    def exited(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.process.poll()

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""
        return fill_text(text, self.names)

    def tail(self, lines: int = 20) -> str:
        """The end of its output."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def usage(self) -> ContainerUsage | None:
        """None: whoever wants to know looks at the process itself."""
        return None


@dataclass(frozen=True, kw_only=True)
class ProcessLaunch:
    """A process that is to be started: what its file says, and what it is told."""

    component: str
    name: str
    process: formats.Process
    names: Mapping[str, str | int]
    directory: Path
    padding: Padding
    access: ApiAccess
    network: OwnNetwork | None = None

    @property
    def title(self) -> str:
        """What it is called in an error."""
        return f"{self.component}: {self.name}" if self.name else self.component


def launch(given: ProcessLaunch) -> ComponentProcess:
    """Start the process. Raises `ComponentFailed` for one that cannot be started."""
    process, names = given.process, given.names
    command = [fill_text(part, names) for part in process.command]
    env = {name: fill_text(value, names) for name, value in process.env.items()}
    shown = processes.pretty([*(f"{name}={value}" for name, value in env.items()), *command])
    log = given.directory / (f"{given.name}.log" if given.name else _LOG)
    try:
        padded = {**given.padding.variables(), **env}
        entered = given.network.entering(command) if given.network else command
        started = processes.spawn(entered, log=log, cwd=given.directory, env=padded, scrubbed=True)
    except OSError as error:
        raise ComponentFailed(
            f"{given.title} cannot be started: {error}", next_step=f"try `{shown}`"
        ) from error
    return ComponentProcess(name=given.name, process=started, command=shown, log=log, names=names)


def ready(given: ProcessLaunch, stack: ExitStack) -> ComponentProcess:
    """The process, ready; `stack` ends it. Raises `ComponentFailed`."""
    begun = time.monotonic()
    running = launch(given)
    stack.callback(processes.end, running.process, patience=given.process.stop_timeout)
    wait_until_ready(given, running)
    return replace(running, start_seconds=time.monotonic() - begun)


def wait_until_ready(given: ProcessLaunch, running: ComponentProcess) -> None:
    """Return when the process is ready. Raises `ComponentFailed` when it ends, or is not in time.

    The error has the end of its log and the command that shows it.
    """
    wanted, begun = given.process.ready, time.monotonic()
    url, last = running.fill(wanted.url), "no answer"
    with connections(given.access, retries=False, timeout=1.0) as pool:
        while time.monotonic() - begun < wanted.timeout:
            status = running.exited()
            if status is not None:
                raise _failed(given, running, f"ended with status {status} before it was ready")
            with suppress(urllib3.exceptions.HTTPError):
                answer = pool.request("GET", url, redirect=False).status
                if answer == wanted.status:
                    return
                last = f"{answer} instead of {wanted.status}"
            time.sleep(0.01)
    seconds = f"{wanted.timeout:g} s"
    raise _failed(given, running, f"was not ready within {seconds} ({url}: {last})")


def _failed(given: ProcessLaunch, running: ComponentProcess, what: str) -> ComponentFailed:
    printed = running.tail() or "(it printed nothing)"
    return ComponentFailed(
        f"{given.title} {what}\n{printed}",
        next_step=f"see for yourself: `{running.command}`",
    )
