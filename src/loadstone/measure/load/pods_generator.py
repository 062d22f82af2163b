"""A generator in pods: one load from several of them, led from here word by word."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec

import loadstone
from loadstone.errors import MeasurementFailed
from loadstone.measure.load import k6_pod
from loadstone.measure.load.builtin_generator import STARTING
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.hold import HoldPlan
from loadstone.measure.load.pod_holder import RunningPodHold
from loadstone.measure.load.pod_link import PodLink, StartPods
from loadstone.measure.load.pod_task import PodOutcome, PodTask, dealt, joined

_STARTING = 2 * STARTING  # s: a pod tells by then which of its processes did not start

# The generators that are in pods as well, and how a load is dealt out to the pods of each.
DEALT: Mapping[str, Callable[[LoadPlan, int], Sequence[PodTask]]] = {
    "openloop": lambda plan, pods: dealt(plan, pods, _authorities(plan)),
    "k6": k6_pod.dealt,
}


class PodsGenerator:
    """A generator in pods of the cluster that the component runs in."""

    def __init__(
        self,
        pods: int,
        start: StartPods,
        inside: Mapping[str, str],
        *,
        name: str = "openloop",
        version: str = "",
    ) -> None:
        """`inside`: by an address here that which pods reach the same at, where it is another.

        `name` is one of `DEALT`, `version` that of what pods run; ours, where nobody says.
        """
        self.name = name
        self._pods, self._start, self._inside, self._version = pods, start, inside, version

    def version(self) -> str:
        return self._version or loadstone.__version__

    def start(self, plan: LoadPlan, workdir: Path) -> RunningPodLoad:
        lanes = [self._inside.get(address, address) for address in plan.lanes]
        led = replace(plan, lanes=lanes)
        return RunningPodLoad(led, DEALT[self.name](led, self._pods), self._start, workdir)

    def hold(self, plan: HoldPlan, workdir: Path) -> RunningPodHold:
        """Open idle connections, from pods as well."""
        led = replace(plan, target=self._inside.get(plan.target, plan.target))
        return RunningPodHold(led, self._pods, self._start, workdir)


class RunningPodLoad:
    """Load that pods are sending."""

    def __init__(
        self, plan: LoadPlan, tasks: Sequence[PodTask], start: StartPods, workdir: Path
    ) -> None:
        self._plan = plan
        self._opened: float | None = None
        self._ended = False
        self._links: list[PodLink] = []
        self._stack = ExitStack()
        try:
            for pod in self._stack.enter_context(
                start(len(tasks), plan.processes, workdir, "load")
            ):
                self._links.append(PodLink(pod))
                self._stack.callback(self._links[-1].close)
            for link, task in zip(self._links, tasks, strict=True):
                link.send(b"task " + msgspec.json.encode(task))
            for link in self._links:
                link.answer(_STARTING)
            self._started = self._say("begin")
        except BaseException:
            self.stop()
            raise

    @property
    def pids(self) -> Sequence[int]:
        return []  # none of this machine

    def announce(self) -> float:
        """The moment at which the window opens: pods are told now, for they hear it later."""
        self._opened = self._say("open")
        return self._opened

    def open_window(self) -> None:
        """Return when the window has opened."""
        opened = self._opened if self._opened is not None else self.announce()
        time.sleep(max(opened - time.monotonic(), 0))

    def close_window(self) -> None:
        """Return when the window has closed; one of a fixed length is closing by itself."""
        if not self._ended:
            self._ended = True
            moment = self._say("finish")
            if not self._plan.window:
                time.sleep(max(moment - time.monotonic(), 0))

    def finish(self) -> Sequence[LoadResult]:
        if self._opened is None:
            time.sleep(max(self._started + self._plan.warmup - time.monotonic(), 0))
            self.open_window()
        self.close_window()
        patience = self._plan.window + self._plan.timeout + _STARTING
        outcomes = [
            _placed(msgspec.json.decode(link.answer(patience), type=PodOutcome), link)
            for link in self._links
        ]
        self.stop()
        return joined(outcomes)

    def stop(self) -> None:
        self._stack.close()

    def _say(self, word: str) -> float:
        """Tell every pod of one moment that is still to come; the moment."""
        moment = time.monotonic() + max(link.lead for link in self._links)
        for link in self._links:
            link.tell(word, moment)
        return moment


def _placed(outcome: PodOutcome, link: PodLink) -> PodOutcome:
    """The outcome with where it is from, and by how much its moments may be off."""
    pod = link.pod
    named = replace(outcome.sender, pod=pod.name, node=pod.node, clock=link.uncertain)
    return replace(outcome, sender=named)


def _authorities(plan: LoadPlan) -> dict[str, str]:
    """The certificates that lanes trust, which are files of this machine."""
    try:
        return {each.ca: Path(each.ca).read_text() for each in plan.tls if each.ca}
    except OSError as error:
        raise MeasurementFailed(
            f"the certificates of a load cannot be read: {error}",
            next_step="`secure_traffic.ca` of the component file has to be a file of this machine",
        ) from error
