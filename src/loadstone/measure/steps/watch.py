"""The step `watch`: watchers by a process of a scene's own, and what each of them has to see."""

from __future__ import annotations

from urllib.parse import urlencode

from loadstone import formats
from loadstone.measure.load.bottleneck import bottleneck, notes
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.watch import WatchPlan, WatchResult, start_watchers
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note


class BackgroundWatch:
    """Watchers from now to `finish`, and writes to what they watch."""

    def __init__(self, scene: Scene, step: formats.Watchers) -> None:
        self._scene = scene
        self._running = start_watchers(watch_plan(scene, step), scene.workdir)
        scene.generators.append(self._running.pid)

    def open_window(self) -> None:
        self._running.open_window()

    def close_window(self) -> None:
        """Nothing: the window ends by itself, or with `finish`."""

    def finish(self) -> Outcome:
        result, gate = self._running.finish(), self._scene.workload.gate
        return of_watch(result) + Outcome(
            invalid=[*bottleneck(result.writes, None, gate), *_lost(result), *_short(result, gate)],
            notes=notes(result.writes),
        )

    def stop(self) -> None:
        self._running.stop()


def watch_plan(scene: Scene, step: formats.Watchers) -> WatchPlan:
    """The plan for the process. Raises `StepFailed` when there is nothing to watch.

    `ApiRequestFailed` for a kind that the API server lacks.
    """
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-watch", template=step.template))
    objects = [scene.objects.placed(scene.renderer.objects(copy)[0]) for copy in copies]
    collection = scene.objects.collection(
        objects[0]["apiVersion"], objects[0]["kind"], step.namespace
    )
    now = scene.objects.get(f"{collection}?limit=1").get("metadata", {})
    selected = urlencode({"labelSelector": step.selector}) if step.selector else ""
    ends_itself = all(each.background for each in scene.workload.measured)
    return WatchPlan(
        access=scene.api,
        path=f"{collection}?{selected}" if selected else collection,
        revision=str(now.get("resourceVersion", "")),
        watchers=int(step.watchers),
        slow=int(step.slow),
        slow_rate=step.slow_rate,
        objects=[scene.objects.path(item) for item in objects],
        rate=float(step.rate),
        connections=int(step.connections),
        arrivals=step.arrivals,
        warmup=scene.warmup,
        window=scene.window if ends_itself else 0.0,
        seed=scene.seed,
    )


def of_watch(result: WatchResult) -> Outcome:
    """`delivery.*`, `write.*` and `watch.*`, with the histograms `delivery` and `write`."""
    writes = result.writes
    found: dict[str, float] = {
        "watch.asked_rate": writes.asked_rate,
        "watch.rate": writes.achieved_rate,
        "watch.writes": writes.requests,
        "watch.errors": sum(writes.errors.values()) + writes.wrong,
        "watch.dropped": writes.dropped,
        "watch.events": result.events,
        "watch.slow_events": result.slow_events,
        "watch.lost": result.lost,
        "watch.disordered": result.disordered,
        "watch.open": result.open,
        "watch.reopened": result.reopened,
        "watch.expired": result.expired,
        "watch.generator_cpu": writes.cpu_share,
    }
    histograms = {"delivery": result.delivery, "write": writes.latency}
    for name, encoded in histograms.items():
        found |= {f"{name}.{part}": value for part, value in summary(encoded).items()}
    shown = "; ".join([*writes.examples, *([result.example] if result.refused else [])])
    return Outcome(
        quantities=found,
        histograms={name: text for name, text in histograms.items() if summary(text)},
        notes=[Note.of("wrong-answer-examples", said=shown)] if shown else [],
    )


def _lost(result: WatchResult) -> list[Note]:
    """Reasons for which a run does not count whose watchers did not see every write in order."""
    found = []
    if result.lost:
        found.append(Note.of("watch-lost", lost=result.lost, expected=result.expected))
    if result.disordered:
        found.append(Note.of("watch-lost", disordered=result.disordered, events=result.events))
    return found


def _short(result: WatchResult, gate: formats.CorrectnessGate) -> list[Note]:
    """A reason where fewer writes were answered in the window than the gate wants."""
    writes = result.writes
    done, asked = writes.achieved_rate * writes.seconds, writes.asked_rate * writes.seconds
    if done + 1 >= gate.achieved * asked:  # the window may cut one off at each end
        return []
    return [Note.of("rate-short", done=done, seconds=writes.seconds, asked=asked)]
