"""The step `load`: requests by the generator, over the routes of a template."""

from __future__ import annotations

from loadstone import formats
from loadstone.measure.http.route import Route
from loadstone.measure.load.bottleneck import bottleneck, notes
from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.quantities import quantities
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note


class BackgroundLoad:
    """Open-loop load over the routes of a template, from now to `finish`."""

    def __init__(self, scene: Scene, step: formats.Load) -> None:
        self._scene = scene
        self._running = scene.generator.start(load_plan(scene, step), scene.workdir)

    def open_window(self) -> None:
        self._running.open_window()

    def finish(self) -> Outcome:
        result = self._running.finish()
        return of_load(result) + Outcome(
            invalid=bottleneck(result, self._scene.headroom, self._scene.workload.gate),
            notes=notes(result),
        )

    def stop(self) -> None:
        self._running.stop()


def load_plan(scene: Scene, step: formats.Load) -> LoadPlan:
    """The plan for the generator. Its window has a fixed length unless other steps end it.

    Raises `StepFailed` when no copy of the template is there to be asked.
    """
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-load", template=step.template))
    routes = [scene.renderer.route(copy, body=int(step.body)) for copy in copies]
    ends_itself = all(each.background for each in scene.workload.measured)
    return LoadPlan(
        target=scene.target,
        targets=[_target(route) for route in routes],
        rate=float(step.rate),
        connections=int(step.connections),
        warmup=scene.warmup,
        window=scene.window if ends_itself else 0.0,
        seed=scene.seed,
    )


def of_load(result: LoadResult) -> Outcome:
    """`latency.*` and `load.*`, with the histograms `latency`, `service` and `lateness`."""
    histograms = {
        "latency": result.latency,
        "service": result.service,
        "lateness": result.lateness,
    }
    shown = "; ".join(result.examples)
    return Outcome(
        quantities=quantities(result),
        histograms={name: encoded for name, encoded in histograms.items() if encoded},
        series=result.series,
        notes=[Note.of("wrong-answer-examples", said=shown)] if shown else [],
    )


def _target(route: Route) -> Target:
    return Target(host=route.host, path=route.path, status=route.status, headers=route.headers)
