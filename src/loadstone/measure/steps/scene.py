"""The context of a run's steps: the running component, its world, and who sends load."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from loadstone import formats
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.steps.delivery import Delivery
from loadstone.measure.steps.templates import Copy, Renderer

_TICK = 0.05  # s


@dataclass(kw_only=True)
class Scene:
    """The stage of a run. `check` raises `StepFailed` when the component has gone or refuses.

    `target` is the host:port that requests go to. `copies` are those that `create` has made, by
    template, in the order of their numbers; `created_at` (monotonic) is when the first one of
    those that no `await` has seen yet was asked for. `headroom`: what generator and upstream can do
    without the component.
    """

    workload: formats.Workload
    warmup: float  # s
    window: float  # s
    target: str
    renderer: Renderer
    delivery: Delivery
    generator: Generator
    check: Callable[[], None]
    workdir: Path
    headroom: Headroom | None = None
    seed: int = 0
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    created_at: float | None = None

    def of(self, template: str) -> list[Copy]:
        """The copies of a template so far."""
        return self.copies.setdefault(template, [])

    def wait_until(self, moment: float) -> None:
        """Until a monotonic moment, watching the component. Raises what `check` raises."""
        while (left := moment - time.monotonic()) > 0:
            self.check()
            time.sleep(min(_TICK, left))
        self.check()
