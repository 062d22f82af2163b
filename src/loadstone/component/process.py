"""The process of the component under test: started and stopped alike on both sides."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import urllib3

from loadstone import formats
from loadstone.component.page_cache import settle
from loadstone.errors import ComponentFailed, UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import Revision
from loadstone.model.padding import NONE, Padding
from loadstone.protocols import Cluster
from loadstone.system import processes

_ATTEMPTS = 3  # a free port may be taken between finding and using it
_PORT_TAKEN = ("address already in use", "eaddrinuse")
_LOG = "component.log"


@dataclass(frozen=True, kw_only=True)
class ComponentProcess:
    """A component that runs as a process of this machine: its addresses, and how it is doing."""

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


@contextmanager
def start(
    component: formats.Component,
    revision: Revision,
    cluster: Cluster,
    *,
    workdir: Path,
    padding: Padding = NONE,
) -> Iterator[ComponentProcess]:
    """Start a component on free ports of this machine, in the empty directory `workdir`.

    `padding`: by how much its environment and arguments are longer in this run.

    Raises `ComponentFailed` when it ends early or is not ready in time, with the end of its log and
    the command that shows it; `UsageError` for a revision that is no program.
    """
    if not revision.executable:
        raise UsageError(
            f"{revision.asked} is a container image; this provider runs programs",
            next_step="name a version, a path or a commit, or another --provider",
        )
    running = _launch_ready(component, revision, cluster, workdir, padding)
    try:
        yield running
    finally:
        processes.end(running.process, patience=component.stop_timeout)


def _launch_ready(
    component: formats.Component,
    revision: Revision,
    cluster: Cluster,
    workdir: Path,
    padding: Padding,
) -> ComponentProcess:
    with suppress(OSError):  # a program that cannot be read says so when it is started
        settle(Path(revision.executable))
    for attempt in range(_ATTEMPTS):
        directory = workdir / padding.directory(f"component-{attempt}")
        directory.mkdir(parents=True)
        begun = time.monotonic()
        names = _names(component, revision, cluster, directory)
        running = _launch(component, names, directory, padding)
        try:
            _wait_until_ready(component, running, begun)
        except ComponentFailed:
            processes.end(running.process, patience=component.stop_timeout)
            if attempt + 1 < _ATTEMPTS and _port_was_taken(running):
                continue
            raise
        except BaseException:
            processes.end(running.process, patience=component.stop_timeout)
            raise
        return replace(running, start_seconds=time.monotonic() - begun)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _names(
    component: formats.Component, revision: Revision, cluster: Cluster, directory: Path
) -> dict[str, str | int]:
    return {
        "executable": str(Path(revision.executable).absolute()),
        "api": cluster.api,
        "kubeconfig": str(cluster.kubeconfig),
        "dir": str(directory),
        **_free_addresses(component.ports),
    }


def _free_addresses(ports: list[str]) -> dict[str, str]:
    with ExitStack() as stack:  # all held at once, so that no two get the same
        sockets = {port: stack.enter_context(closing(socket.socket())) for port in ports}
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {port: f"127.0.0.1:{each.getsockname()[1]}" for port, each in sockets.items()}


def _launch(
    component: formats.Component, names: Mapping[str, str | int], directory: Path, padding: Padding
) -> ComponentProcess:
    for name, content in component.files.items():
        path = (directory / name).resolve()
        if not path.is_relative_to(directory.resolve()):
            raise UsageError(f"components/{component.component}: file {name} leaves ${{dir}}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill_text(content, names))
    command = [fill_text(part, names) for part in component.command]
    env = {name: fill_text(value, names) for name, value in component.env.items()}
    shown = processes.pretty([*(f"{name}={value}" for name, value in env.items()), *command])
    log = directory / _LOG
    try:
        padded = {**padding.variables(), **env}
        process = processes.spawn(command, log=log, cwd=directory, env=padded, scrubbed=True)
    except OSError as error:
        raise ComponentFailed(
            f"{component.component} cannot be started: {error}", next_step=f"try `{shown}`"
        ) from error
    return ComponentProcess(process=process, command=shown, log=log, names=names)


def _wait_until_ready(
    component: formats.Component, running: ComponentProcess, begun: float
) -> None:
    url, wanted = running.fill(component.ready.url), component.ready.status
    last = "no answer"
    with urllib3.PoolManager(retries=False, timeout=1.0) as pool:
        while time.monotonic() - begun < component.ready.timeout:
            status = running.exited()
            if status is not None:
                raise _failed(component, running, f"ended with status {status} before it was ready")
            with suppress(urllib3.exceptions.HTTPError):
                answer = pool.request("GET", url, redirect=False).status
                if answer == wanted:
                    return
                last = f"{answer} instead of {wanted}"
            time.sleep(0.01)
    seconds = f"{component.ready.timeout:g} s"
    raise _failed(component, running, f"was not ready within {seconds} ({url}: {last})")


def _failed(component: formats.Component, running: ComponentProcess, what: str) -> ComponentFailed:
    printed = running.tail() or "(it printed nothing)"
    return ComponentFailed(
        f"{component.component} {what}\n{printed}",
        next_step=f"see for yourself: `{running.command}`",
    )


def _port_was_taken(running: ComponentProcess) -> bool:
    printed = running.tail(200).lower()
    return any(sign in printed for sign in _PORT_TAKEN)
