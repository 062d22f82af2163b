"""The context of a run's steps: the running component, its world, and who sends load."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadstone import formats
from loadstone.measure.expectations.board import Board, PendingCopy
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.steps.activity import WorkSigns
from loadstone.measure.steps.delivery import Delivery
from loadstone.measure.steps.dialled import DialBoard
from loadstone.measure.steps.process_control import ProcessControl
from loadstone.measure.steps.templates import Copy, Renderer
from loadstone.model import ApiAccess, Note

_TICK = 0.05  # s


def wait(moment: float, check: Callable[[], None]) -> None:
    """Wait until a monotonic moment, checking now and then and at last."""
    while (left := moment - time.monotonic()) > 0:
        check()
        time.sleep(min(_TICK, left))
    check()


def control_of(scene: Scene) -> ProcessControl:
    """The control of a component that has been started, as all steps but those before it need."""
    if scene.control is None:
        raise TypeError("a step of a component that has not been started")
    return scene.control


@dataclass(kw_only=True)
class Scene:
    """The context that the steps of one run share and change."""

    workload: formats.Workload
    warmup: float  # s
    window: float  # s
    target: str  # host:port that requests go to
    secure: formats.SecureTraffic | None = None  # and those over TLS, filled in
    renderer: Renderer
    delivery: Delivery
    api: ApiAccess  # that requests and watches of steps go to
    objects: ObjectClient  # a client of the same
    faults: DialBoard  # of the same, as they are now
    generator: Generator
    check: Callable[[], None]  # raises `StepFailed` when the component has gone or refuses
    meet: Callable[[], None]  # waits until the other side is as far
    workdir: Path
    tell: Callable[[Note], None] = lambda _note: None  # progress, of a wait that is long
    headroom: Headroom | None = None  # of generator and upstream without the component
    seed: int = 0
    copies: dict[str, list[Copy]] = field(default_factory=dict)  # made so far, by template
    generators: list[int] = field(default_factory=list)  # pids of the processes that send load
    created_at: float | None = None  # monotonic, s: of the first copy that no `await` has seen
    board: Board | None = None  # of copies that are not right yet; none: nothing is expected
    pending: dict[Copy, PendingCopy] = field(default_factory=dict)  # that no `await` has seen
    watched: WorkSigns = field(default_factory=WorkSigns)  # the component at work
    control: ProcessControl | None = None  # of the component's processes; None before it starts
    started_at: float | None = None  # monotonic, s: of the component's start; None before it
    cold: set[str] = field(default_factory=set)  # templates with copies from before the start

    def of(self, template: str) -> list[Copy]:
        """The copies of a template so far."""
        return self.copies.setdefault(template, [])

    def expect(self, copies: Sequence[Copy]) -> None:
        """Have what these copies have to come to watched, from before they are made."""
        for copy in copies if self.board else ():
            if self.board and (expected := self.renderer.expected(copy)):
                self.pending[copy] = self.board.expect(expected)

    def halt(self, process: str, *, kill: bool) -> None:
        """End a process of the component, in good order or at once."""
        self.delivery.suspend()
        control_of(self).halt(process, kill=kill)

    def start_again(self, process: str) -> float:
        """Start it again; seconds until it is ready. Raises `ComponentFailed`."""
        seconds = control_of(self).start_again(process)
        self.delivery.repeat()
        return seconds

    def wait_until(self, moment: float) -> None:
        """Wait until a monotonic moment, watching the component. Raises what `check` raises."""
        wait(moment, self.check)
