"""The way to a pod's ports through the API server: `kubectl port-forward`, on the loopback."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from loadstone.errors import ComponentFailed
from loadstone.system import processes
from loadstone.system.tools import find

_WITHIN = 30.0  # s
_LINE = re.compile(r"Forwarding from 127\.0\.0\.1:([0-9]+) -> ([0-9]+)")


class Forward(Protocol):
    """A way to the ports of a pod: `forwarded`, or what a test has in its place."""

    def __call__(
        self,
        kubeconfig: Path,
        namespace: str,
        pod: str,
        ports: Mapping[str, int],
        *,
        log: Path,
        tools: Mapping[str, Path],
    ) -> AbstractContextManager[dict[str, str]]: ...


@contextmanager
def forwarded(
    kubeconfig: Path,
    namespace: str,
    pod: str,
    ports: Mapping[str, int],
    *,
    log: Path,
    tools: Mapping[str, Path],
) -> Iterator[dict[str, str]]:
    """The addresses here of ports of a pod, by name. Raises `ComponentFailed`, `MissingTool`."""
    if not ports:
        yield {}
        return
    command = [str(find("kubectl", tools).path), "--kubeconfig", str(kubeconfig)]
    command += ["--namespace", namespace, "port-forward", "--address", "127.0.0.1", f"pod/{pod}"]
    command += [f":{number}" for number in sorted(set(ports.values()))]
    process = processes.spawn(command, log=log, scrubbed=True)
    try:
        found = _addresses(process, log, command, set(ports.values()))
        yield {name: found[number] for name, number in ports.items()}
    finally:
        processes.end(process)


def _addresses(
    process: subprocess.Popen[bytes], log: Path, command: list[str], wanted: set[int]
) -> dict[int, str]:
    deadline = time.monotonic() + _WITHIN
    while True:
        said = log.read_text(errors="replace") if log.exists() else ""
        found = {int(there): f"127.0.0.1:{here}" for here, there in _LINE.findall(said)}
        if wanted <= found.keys():
            return found
        if process.poll() is not None or time.monotonic() > deadline:
            raise ComponentFailed(
                f"the ports of a pod cannot be forwarded\n{said.strip()}",
                next_step=f"see for yourself: `{processes.pretty(command)}`",
            )
        time.sleep(0.02)
