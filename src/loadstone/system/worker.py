"""A worker process of our own, with a line protocol over its standard streams."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from loadstone.errors import MeasurementFailed
from loadstone.system import processes


class Worker:
    """A process `python -m MODULE` that is told lines and answers in lines."""

    def __init__(self, module: str, log: Path) -> None:
        self._module = module
        self._log = log
        self._rest = b""
        self._process = processes.spawn(
            [sys.executable, "-m", module],
            log=log,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, line: bytes) -> None:
        """Send a line. Raises `MeasurementFailed` when nobody is there to read it."""
        assert self._process.stdin is not None  # noqa: S101  (it was asked for)
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise self._broken("ended early") from error

    def answer(self, timeout: float) -> bytes:
        """The next line. Raises `MeasurementFailed` when none comes within `timeout` seconds."""
        assert self._process.stdout is not None  # noqa: S101
        descriptor = self._process.stdout.fileno()
        poll = select.poll()  # not select(), which knows no descriptor above 1023
        poll.register(descriptor, select.POLLIN)
        deadline = time.monotonic() + timeout
        while b"\n" not in self._rest:
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise self._broken(f"said nothing for {timeout:g} s")
            data = os.read(descriptor, 2**16)
            if not data:
                raise self._broken("ended early")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def stop(self) -> None:
        """End the process, if it has not ended by itself."""
        processes.end(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # unwritten words have no reader now
                    pipe.close()

    def _broken(self, what: str) -> MeasurementFailed:
        said = self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
        self.stop()
        return MeasurementFailed(
            f"our own process `{self._module}` {what}\n{said}".rstrip(),
            next_step=f"look into its log, {self._log}",
        )
