"""The kinds of steps: one that a format or the table alone knows is never skipped in silence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

import msgspec
import pytest

from loadstone.formats import Step
from loadstone.formats.steps import KINDS, StepFormat
from loadstone.measure.steps.execute import execute
from loadstone.measure.steps.lockstep import Lockstep
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.stage import Stage
from loadstone.measure.steps.table import TABLE, StepTable


class Nap(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="nap"):
    """A kind of step of this test's own, done at once."""

    times: int = 1


class Hum(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="hum"):
    """A kind that lasts as long as the window."""

    background: ClassVar[bool] = True


class Humming:
    """What it does: nothing, in good order."""

    def __init__(self, stage: Stage, _step: Hum) -> None:
        self.scenes = stage.scenes

    def _say(self, word: str) -> None:
        for scene in self.scenes:
            scene.said.append(word)  # type: ignore[attr-defined]

    def open_window(self) -> None:
        self._say("open")

    def close_window(self) -> None:
        self._say("close")

    def finish(self) -> Sequence[Outcome]:
        return [Outcome(quantities={"hum.done": 1.0}) for _ in self.scenes]

    def stop(self) -> None:
        self._say("stop")


class Work:
    """The workload of a scene, of steps that no scenario has."""

    def __init__(self, setup: list[StepFormat], measured: list[StepFormat]) -> None:
        self.setup, self.measured = setup, measured


class Scenery:
    """As much of a scene as steps without a component need."""

    warmup = window = 0.0

    def __init__(self, workload: Work) -> None:
        self.workload = workload
        self.said: list[str] = []

    def check(self) -> None: ...


class Nobody:
    """An observer that does not look."""

    def prepare(self) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def settle(self) -> None: ...


WIDER = StepTable(
    foreground={Nap: lambda _scene, step: Outcome(quantities={"nap.times": float(step.times)})},
    background={Hum: Humming},
)


@pytest.mark.parametrize("sides", [1, 2])
def test_a_new_kind_is_a_format_and_a_line_of_the_table(sides):
    read = msgspec.convert([{"do": "nap", "times": 3}, {"do": "hum"}], list[Step | Nap | Hum])
    scenes = [Scenery(Work(setup=[read[1]], measured=[read[0]])) for _ in range(sides)]
    stage = Stage(scenes=scenes, lockstep=Lockstep(sides))  # type: ignore[arg-type]
    outcomes = execute(stage, Nobody(), WIDER.check((Nap, Hum)))
    assert [outcome.quantities["nap.times"] for outcome in outcomes] == [3] * sides
    assert [outcome.quantities["hum.done"] for outcome in outcomes] == [1] * sides
    assert [scene.said for scene in scenes] == [["open", "close", "stop"]] * sides


class Heralded(Humming):
    """One whose window opens a while after it is told to."""

    opens = 0.0

    def announce(self) -> float:
        self.opens = time.monotonic() + 0.3
        return self.opens

    def open_window(self) -> None:
        super().open_window()
        self.opened = time.monotonic()


class Clock(Nobody):
    """An observer that knows when it opened."""

    def open(self) -> None:
        self.opened = time.monotonic()


def test_probes_open_when_senders_that_are_far_away_begin_to_count():
    """Else what the component spends before the window would be held against its requests."""
    begun: list[Heralded] = []

    def begin(stage: Stage, step: Hum) -> Heralded:
        begun.append(Heralded(stage, step))
        return begun[-1]

    table = StepTable(foreground={}, background={Hum: begin})
    scenes = [Scenery(Work(setup=[], measured=[Hum()]))]
    clock = Clock()
    execute(Stage(scenes=scenes, lockstep=Lockstep(1)), clock, table)  # type: ignore[arg-type]
    assert 0 < begun[0].opens - clock.opened < 0.2  # where nobody had waited, 0.3
    assert clock.opened <= begun[0].opened
    assert scenes[0].said == ["open", "close", "stop"]


@pytest.mark.parametrize("missing", KINDS, ids=[kind.kind() for kind in KINDS])
def test_a_kind_that_the_table_lacks_is_an_error(missing):
    lacking = StepTable(
        foreground={kind: do for kind, do in TABLE.foreground.items() if kind is not missing},
        background={kind: do for kind, do in TABLE.background.items() if kind is not missing},
    )
    with pytest.raises(TypeError, match=missing.kind()):
        lacking.check(KINDS)


def test_a_kind_that_the_table_alone_has_is_an_error():
    with pytest.raises(TypeError, match="hum"):
        WIDER.check((Nap,))


def test_a_kind_that_is_done_in_the_wrong_way_is_an_error():
    with pytest.raises(TypeError, match="hum"):
        StepTable(foreground={Hum: WIDER.foreground[Nap]}, background={}).check((Hum,))
