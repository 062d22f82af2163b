"""The step `load`: requests by one generator, over the routes of a template, a lane a scene."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone import formats
from loadstone.measure.http.route import Route
from loadstone.measure.load.bottleneck import bottleneck, notes
from loadstone.measure.load.generator import (
    ForetoldLoad,
    LaneTls,
    LoadPlan,
    LoadResult,
    Target,
)
from loadstone.measure.load.quantities import quantities
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.stage import Stage
from loadstone.model import Note


class BackgroundLoad:
    """Open-loop load over the routes of a template, from now to `finish`."""

    def __init__(self, stage: Stage, step: formats.Load) -> None:
        self._scenes = stage.scenes
        first = stage.scenes[0]
        self._running = first.generator.start(load_plan(stage, step), first.workdir)
        known = all(each.secure and each.secure.ca for each in stage.scenes)
        self._unverified = [Note.of("tls-unverified")] if step.tls and not known else []
        for scene in stage.scenes:
            scene.generators += self._running.pids

    def announce(self) -> float | None:
        """Tell senders that are far away when the window opens; None where there are none."""
        return self._running.announce() if isinstance(self._running, ForetoldLoad) else None

    def open_window(self) -> None:
        self._running.open_window()

    def close_window(self) -> None:
        """Tell senders that are far away; else the window ends by itself, or with `finish`."""
        if isinstance(self._running, ForetoldLoad):
            self._running.close_window()

    def finish(self) -> Sequence[Outcome]:
        results = self._running.finish()
        return [
            of_load(result)
            + Outcome(
                invalid=bottleneck(result, scene.headroom, scene.workload.gate),
                notes=[*notes(result), *self._unverified],
            )
            for scene, result in zip(self._scenes, results, strict=True)
        ]

    def stop(self) -> None:
        self._running.stop()


def load_plan(stage: Stage, step: formats.Load) -> LoadPlan:
    """The plan for the generator. Its window has a fixed length unless other steps end it.

    The scenes share the rate: what the machine has to do is the same with one as with two. Raises
    `StepFailed` when no copy of the template is there to be asked.
    """
    scene = stage.scenes[0]  # all have made the same copies
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-load", template=step.template))
    routes = [scene.renderer.route(copy, body=int(step.body)) for copy in copies]
    ends_itself = all(each.background for each in scene.workload.measured)
    return LoadPlan(
        lanes=[_address(each, step) for each in stage.scenes],
        targets=[_target(route) for route in routes],
        rate=float(step.rate) / len(stage.scenes),
        connections=int(step.connections),
        warmup=scene.warmup,
        window=scene.window if ends_itself else 0.0,
        seed=scene.seed,
        arrivals=step.arrivals,
        protocol=step.protocol,
        message=step.called_with(),
        tls=[LaneTls(ca=each.secure.ca if each.secure else "") for each in stage.scenes]
        if step.tls
        else (),
        keepalive=step.keepalive,
        reconnect_rate=float(step.reconnect_rate) / len(stage.scenes),
        processes=int(step.processes),
    )


def _address(scene: Scene, step: formats.Load) -> str:
    """Where requests go. Raises `StepFailed` where the component takes none over TLS."""
    if not step.tls:
        return scene.target
    if scene.secure is None:
        raise StepFailed(Note.of("no-secure-traffic"))
    return scene.secure.address


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
