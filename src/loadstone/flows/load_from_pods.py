"""Load that pods of the cluster send, where the configuration asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from loadstone.component.in_pods.load_job import NAME, load_job
from loadstone.component.in_pods.load_pods import LoadPods
from loadstone.errors import UsageError
from loadstone.formats.configuration import LoadSettings
from loadstone.measure.load.pod_link import LoadPod
from loadstone.measure.load.pods_generator import DEALT, PodsGenerator
from loadstone.model.plan import PODS
from loadstone.protocols import Cluster, RunsPods


def place_fact(place: str, settings: LoadSettings) -> str:
    """The place of the component, and of its load, as an environment knows it; "" for here."""
    if place != PODS:
        return ""
    return f"{place}, load from {settings.pods}" if settings.pods else place


def require_in_pods(settings: LoadSettings, asked: str, place: str) -> None:
    """Raise `UsageError` where pods are to send with a generator that is in none."""
    if place == PODS and settings.pods and asked and asked not in DEALT:
        raise UsageError(
            f"the generator `{asked}` does not send from pods",
            next_step=f"choose one of {', '.join(DEALT)}, or leave out `load.pods`",
        )


def generator_in_pods(
    settings: LoadSettings,
    pods: LoadPods,
    around: Cluster | None,
    *,
    name: str = "openloop",
    inside: Mapping[str, str],
    measured: Callable[[], str],
) -> PodsGenerator:
    """The generator of a session. `measured`: the node of what is measured, once it is known.

    `around`: a cluster of our own, which may keep nodes for load; `name`, `inside`: see
    `PodsGenerator`.
    """
    others = itertools.count()  # both sides of a pair may hold connections at once
    kept = around if isinstance(around, RunsPods) else None

    @contextmanager
    def start(count: int, processes: int, workdir: Path, what: str) -> Iterator[Sequence[LoadPod]]:
        job = load_job(
            settings,
            count=count,
            processes=processes,
            selector=kept.load_on if kept else {},
            tolerations=kept.load_tolerations if kept else (),
            away_from=measured(),
            name=NAME if what == "load" else f"loadstone-{what}-{next(others)}",
        )
        with pods.started(job, workdir) as ready:
            yield [LoadPod(name=each.name, node=each.node, address=each.address) for each in ready]

    version = "" if name == "openloop" else f"of {settings.image}"
    return PodsGenerator(settings.pods, start, inside, name=name, version=version)
