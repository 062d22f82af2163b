"""The step `hold`: idle connections, held by a process of their own, or by pods."""

from __future__ import annotations

from loadstone import formats
from loadstone.measure.http.route import Route
from loadstone.measure.load import hold as held
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note


class BackgroundHold:
    """Idle connections, open from now to `finish`; each asks a route first, as a client would."""

    def __init__(self, scene: Scene, step: formats.Hold) -> None:
        copies = [copy for made in scene.copies.values() for copy in made]
        routed = [copy for copy in copies if scene.workload.templates[copy.template].check]
        route = scene.renderer.route(routed[0]) if routed else Route(host="localhost", path="/")
        plan = held.HoldPlan(
            target=scene.target,
            connections=int(step.connections),
            rate=float(step.rate),
            host=route.host,
            path=route.path,
        )
        begin = (
            scene.generator.hold
            if isinstance(scene.generator, held.HoldingGenerator)
            else held.hold
        )
        self._running = begin(plan, scene.workdir)

    def open_window(self) -> None:
        """Nothing: they have been open since the start."""

    def close_window(self) -> None:
        """Nothing: they stay open until the probes have looked."""

    def finish(self) -> Outcome:
        result = self._running.finish()
        refused = Note.of("hold-refused", refused=result.refused, said=result.example)
        notes = [refused] if result.refused else []
        return Outcome(quantities=held.quantities(result), notes=notes)

    def stop(self) -> None:
        self._running.stop()
