"""The log of a step, in which nothing foreign is obeyed.

Everything a step prints is searched for workflow commands, and what we print names files, cases and
errors of strangers. So commands are stopped from the first line to the last, under a token that
nobody can guess, and allowed again for our own ones alone. What a crash or a child process prints
is covered by that, too.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from loadstone.action import workflow_commands
from loadstone.model.bot import Annotation


class StepLog:
    """The log of a step. Between `begin` and `end` the runner obeys only what `obeyed` printed."""

    def __init__(
        self, stream: TextIO, *, token: Callable[[], str] = lambda: secrets.token_hex(24)
    ) -> None:
        self._stream = stream
        self._new = token
        self._stopped = ""  # the token that makes the runner listen again

    def begin(self) -> None:
        """Have the runner obey nothing."""
        self._stopped = self._new()
        self._write(workflow_commands.command("stop-commands", self._stopped))

    def end(self) -> None:
        """Have the runner listen again: nothing may be printed after it."""
        self._write(workflow_commands.command(self._stopped, ""))
        self._stopped = ""

    def print(self, text: str) -> None:
        """Print text of anybody."""
        self._write(text)

    def obeyed(self, *lines: str) -> None:
        """Print workflow commands of ours, and nothing between them."""
        if not self._stopped:
            raise ValueError("commands are told between `begin` and `end`")
        resume = workflow_commands.command(self._stopped, "")
        self._stopped = self._new()
        stop = workflow_commands.command("stop-commands", self._stopped)
        self._write("\n".join((resume, *lines, stop)))

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Show messages beside lines of files, as many as the runner keeps."""
        lines = [workflow_commands.annotation(each) for each in workflow_commands.kept(annotations)]
        if lines:
            self.obeyed(*lines)

    def mask(self, secret: str) -> None:
        """Have the runner hide a value in all that follows, each of its lines for itself."""
        lines = [line for line in secret.splitlines() if line.strip()]
        if lines:
            self.obeyed(*(workflow_commands.command("add-mask", line) for line in lines))

    def _write(self, text: str) -> None:
        # One call a text: no thread's output comes between its lines.
        self._stream.write(f"{text}\n")
        self._stream.flush()


@contextmanager
def guarded() -> Iterator[StepLog]:
    """The log of this process; its errors go the way of its output, so that they keep their order.

    The runner reads both streams at once: an error could arrive while commands are allowed.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(sys.stdout.fileno(), sys.stderr.fileno())
    log = StepLog(sys.stdout)
    log.begin()
    yield log
    log.end()
