"""A network namespace for a component whose file says `network: own`.

For what writes firewall rules, or listens on every address of its machine. Only root can make one.
"""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from loadstone.component import network_relay
from loadstone.errors import ComponentFailed, LoadstoneError, UsageError
from loadstone.formats import NetworkAnswers
from loadstone.system import processes

STARTING = 20.0  # s; it takes a tenth of one, unless the machine is overloaded
_LOG = "network.log"
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, kw_only=True)
class OwnNetwork:
    """A network namespace, by the file that names it as long as somebody is in it."""

    file: Path
    relay: int  # pid of the program that passes on what goes in and out

    def entering(self, command: Sequence[str]) -> list[str]:
        """The command that does `command` in there, as the same process."""
        return ["nsenter", f"--net={self.file}", "--", *command]


@contextmanager
def own_network(
    addresses: Mapping[str, str],
    api: str,
    *,
    directory: Path,
    answers: NetworkAnswers | None = None,
) -> Iterator[OwnNetwork]:
    """A network of its own in which the API server at the URL `api` has its address.

    `addresses`: of the component's ports, by name, which lead into it from outside; `answers`: what
    else is in there. Raises `ComponentFailed` where it cannot be made, and `UsageError` for an API
    server elsewhere.
    """
    log = directory / _LOG
    relayed = [f"--in={address}" for address in addresses.values()]
    relayed += [f"--out={_on_loopback(api)}"] if api else []
    if answers is not None:
        relayed += [f"--own={answers.network}", *(f"--answer={port}" for port in answers.ports)]
    command = [sys.executable, "-m", network_relay.__name__, *relayed]
    process = processes.spawn(command, log=log, stdout=subprocess.PIPE)
    try:
        _wait(process, log)
        yield OwnNetwork(file=Path(f"/proc/{process.pid}/ns/net"), relay=process.pid)
    finally:
        processes.end(process)
        if process.stdout is not None:
            process.stdout.close()


def hindrance() -> str:
    """The reason why this machine makes no network of its own for us, "" where it does."""
    try:
        processes.run(["unshare", "--net", "nsenter", "--version"], timeout=20)
    except LoadstoneError as error:
        return " ".join(error.message.split())
    return ""


def _on_loopback(api: str) -> str:
    parts = urlsplit(api)
    if parts.hostname not in _LOOPBACK or parts.port is None:
        raise UsageError(
            f"a component with `network: own` cannot reach the API server at {api}",
            next_step="choose a provider whose API server is on this machine: --provider memory",
        )
    return f"127.0.0.1:{parts.port}"


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once it says that it is there. Raises `ComponentFailed`."""
    line = b""
    if process.stdout is not None and select.select([process.stdout], [], [], STARTING)[0]:
        line = process.stdout.readline()
    if line.strip().decode(errors="replace") == network_relay.READY:
        return
    said = ""
    with suppress(OSError):
        said = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise ComponentFailed(
        f"no network of its own could be made for the component\n{said}".rstrip(),
        next_step="it takes root; `loadstone doctor` says what is missing",
    )
