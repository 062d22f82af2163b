"""Control of a component's processes by steps: stopped, ended, started again, cut off."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress

from loadstone.errors import UsageError
from loadstone.measure.process_life import ProcessLife
from loadstone.protocols import Restartable, RunningComponent, Severable


class ProcessControl:
    """Control of the processes of a component that is up; the main one is called "" as well."""

    def __init__(
        self, running: RunningComponent, lives: Mapping[str, ProcessLife], main: str
    ) -> None:
        self._running, self._lives, self._main = running, lives, main

    def require(self, process: str) -> None:
        """Raises `UsageError` where the component has no such process."""
        if process and process not in self._lives:
            raise UsageError(
                f"the scenario names the process `{process}`, and the component has none",
                next_step=f"its processes: {', '.join(filter(None, self._lives)) or 'one alone'}",
            )

    def stop(self, process: str, *, stopped: bool) -> None:
        """Stop a process (SIGSTOP), or let it go on."""
        pid, _ = self._life(process).now
        with suppress(ProcessLookupError):  # it has ended, which others see and say
            if pid is not None:
                os.kill(pid, signal.SIGSTOP if stopped else signal.SIGCONT)

    def halt(self, process: str, *, kill: bool) -> None:
        """End a process, in good order or at once."""
        life = self._life(process)
        self._restartable().halt(process or self._main, kill=kill, seen=life.ended)

    def start_again(self, process: str) -> float:
        """Start a halted process; seconds until it is ready. Raises `ComponentFailed`."""
        name = process or self._main
        seconds = self._restartable().start_again(name)
        self._life(process).began(
            next(each.pid for each in self._running.processes if each.name == name)
        )
        return seconds

    def cut(self, *, cut: bool) -> None:
        """Cut the component off from what is outside its own network, or let it be reached."""
        if not isinstance(self._running, Severable):
            raise UsageError("this component cannot be cut off from its network")
        self._running.sever(severed=cut)

    def _life(self, process: str) -> ProcessLife:
        return self._lives[process or self._main]

    def _restartable(self) -> Restartable:
        if not isinstance(self._running, Restartable):
            raise UsageError("the processes of this component cannot be started again")
        return self._running
