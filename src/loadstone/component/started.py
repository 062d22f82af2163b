"""A component whose processes are up, and what can be done to them: end, start again, cut off."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from loadstone.component.own_network import OwnNetwork
from loadstone.component.process import ComponentProcess, ProcessLaunch, ready
from loadstone.errors import UsageError
from loadstone.formats.fill import fill_text
from loadstone.model import ApiAccess, Note
from loadstone.system import processes


@dataclass(kw_only=True)
class StartedComponent:
    """A component whose processes are up and ready; those of them that we ended are away.

    `names`: the `${…}` of the component file. `start_seconds`: from the first start to the last one
    being ready. `access`: what its https URLs want; `url` is that of the API server that it is.
    """

    launches: Sequence[ProcessLaunch]  # in the order in which they were started
    running: list[ComponentProcess]  # of these, in their order
    names: Mapping[str, str | int]
    start_seconds: float
    access: ApiAccess
    own_network: OwnNetwork | None
    stack: ExitStack  # that ends what is started
    # What is started again is started by a thread that lasts: the kernel ends a program with the
    # thread that started it.
    starter: ThreadPoolExecutor
    away: set[str] = field(default_factory=set)

    @property
    def processes(self) -> Sequence[ComponentProcess]:
        return self.running

    @property
    def network(self) -> str:
        """The file that names the network namespace that it has for itself, or ""."""
        return str(self.own_network.file) if self.own_network else ""

    @property
    def notes(self) -> Sequence[Note]:
        """None: there is nothing to say of a start here."""
        return ()

    def reasons(self) -> Sequence[Note]:
        """None: what there is to say of processes is that they have ended."""
        return ()

    def ended(self) -> ComponentProcess | None:
        """A process that has ended though nobody asked it to; None while all run."""
        here = [each for each in self.running if each.name not in self.away]
        return next((each for each in here if each.exited() is not None), None)

    def fill(self, text: str) -> str:
        """A string of the component file with this component's addresses."""
        return fill_text(text, self.names)

    def halt(self, process: str, *, kill: bool, seen: Callable[[int], None]) -> None:
        """End a process, in good order or at once."""
        place = self._place(process)
        patience = self.launches[place].process.stop_timeout
        self.away.add(process)
        processes.end_seen(self.running[place].process, kill=kill, patience=patience, seen=seen)

    def start_again(self, process: str) -> float:
        """Start a process that was halted; seconds until it is ready. Raises `ComponentFailed`."""
        place = self._place(process)
        again = self.starter.submit(ready, self.launches[place], self.stack).result()
        self.running[place] = replace(again, start_seconds=self.running[place].start_seconds)
        self.away.discard(process)
        return again.start_seconds

    def sever(self, *, severed: bool) -> None:
        """Stop what relays between its network and ours, or let it go on."""
        if self.own_network is None:
            raise UsageError(
                "a component is cut off from the network that it has for itself, and has none",
                next_step="say `network: own` in its file, which takes root",
            )
        os.kill(self.own_network.relay, signal.SIGSTOP if severed else signal.SIGCONT)

    def _place(self, process: str) -> int:
        return [each.name for each in self.launches].index(process)
