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
    """The context that the steps of one run share and change."""

    workload: formats.Workload
    warmup: float  # s
    window: float  # s
    target: str  # host:port that requests go to
    renderer: Renderer
    delivery: Delivery
    generator: Generator
    check: Callable[[], None]  # raises `StepFailed` when the component has gone or refuses
    workdir: Path
    headroom: Headroom | None = None  # of generator and upstream without the component
    seed: int = 0
    copies: dict[str, list[Copy]] = field(default_factory=dict)  # made so far, by template
    created_at: float | None = None  # monotonic, s: of the first copy that no `await` has seen

    def of(self, template: str) -> list[Copy]:
        """The copies of a template so far."""
        return self.copies.setdefault(template, [])

    def wait_until(self, moment: float) -> None:
        """Wait until a monotonic moment, watching the component. Raises what `check` raises."""
        while (left := moment - time.monotonic()) > 0:
            self.check()
            time.sleep(min(_TICK, left))
        self.check()
