"""The step `request`: requests to the API server by one process, a lane a scene."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from loadstone import formats
from loadstone.measure.load.bottleneck import bottleneck, notes
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.play import PlayPlan, start_player
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.stage import Stage
from loadstone.model import Note

MOST = 1000  # objects that `get` and `patch` go over


class BackgroundRequests:
    """Requests from now to `finish`."""

    def __init__(self, stage: Stage, step: formats.ApiRequests) -> None:
        self._scenes, self._step = stage.scenes, step
        first = stage.scenes[0]
        self._running = start_player(play_plan(stage, step), first.workdir, step.gives())
        for scene in stage.scenes:
            scene.generators.append(self._running.pid)

    def open_window(self) -> None:
        self._running.open_window()

    def close_window(self) -> None:
        """Nothing: the window ends by itself, or with `finish`."""

    def finish(self) -> Sequence[Outcome]:
        results = self._running.finish()
        return [
            of_requests(self._step.gives(), result)
            + Outcome(
                invalid=bottleneck(result, None, scene.workload.gate),
                notes=notes(result),
            )
            for scene, result in zip(self._scenes, results, strict=True)
        ]

    def stop(self) -> None:
        self._running.stop()


def play_plan(stage: Stage, step: formats.ApiRequests) -> PlayPlan:
    """The plan for the player. Its window has a fixed length unless other steps end it.

    The scenes share the rate, or the clients. Raises `StepFailed` when there is nothing to ask for,
    `ApiRequestFailed` for a kind that the API server lacks, `UsageError` for patches in somebody
    else's cluster.
    """
    scene, sides = stage.scenes[0], len(stage.scenes)
    if step.patch is not None:
        scene.objects.refuse_foreign("`do: request` with `verb: patch` changes objects")
    ends_itself = all(each.background for each in scene.workload.measured)
    concurrency = max(1, int(step.concurrency) // sides) if step.concurrency else 0
    return PlayPlan(
        lanes=[each.api for each in stage.scenes],
        paths=_paths(scene, step),
        warmup=scene.warmup,
        window=scene.window if ends_itself else 0.0,
        rate=float(step.rate) / sides,
        concurrency=concurrency,
        connections=concurrency or int(step.connections),
        paged=bool(step.limit),
        patch=step.patch,
        arrivals=step.arrivals,
        seed=scene.seed,
    )


def _paths(scene: Scene, step: formats.ApiRequests) -> Sequence[str]:
    collection = scene.objects.collection(step.api_version, step.of_kind, step.namespace)
    selected = {"labelSelector": step.selector, "fieldSelector": step.fields}
    query = {name: value for name, value in selected.items() if value}
    if step.verb == "list":
        query |= {"limit": str(int(step.limit))} if step.limit else {}
        return [f"{collection}?{urlencode(query)}" if query else collection]
    listed = scene.objects.get(f"{collection}?{urlencode({**query, 'limit': str(MOST)})}")
    named = [
        scene.objects.path({**item, "apiVersion": step.api_version, "kind": step.of_kind})
        for item in listed.get("items", ())
    ]
    if not named:
        raise StepFailed(Note.of("nothing-to-request", kind=step.of_kind))
    return [f"{path}/{step.subresource}" if step.subresource else path for path in named]


def of_requests(name: str, result: LoadResult) -> Outcome:
    """`request.<name>.*`, with the histogram `request.<name>` of right answers."""
    late = summary(result.lateness)
    quantities: dict[str, float] = {
        **summary(result.latency),
        "asked_rate": result.asked_rate,
        "rate": result.achieved_rate,
        "count": result.requests,
        "errors": sum(result.errors.values()) + result.wrong,
        "dropped": result.dropped,
        "generator_cpu": result.cpu_share,
        **({"late_p99": late["p99"]} if late else {}),
    }
    shown = "; ".join(result.examples)
    return Outcome(
        quantities={f"{name}.{part}": value for part, value in quantities.items()},
        histograms={name: result.latency} if result.latency else {},
        notes=[Note.of("wrong-answer-examples", said=shown)] if shown else [],
    )
