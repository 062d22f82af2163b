"""The kinds of steps: one that a format or the table alone knows is never skipped in silence."""

from __future__ import annotations

from typing import ClassVar

import msgspec
import pytest

from loadstone.formats import Step
from loadstone.formats.steps import KINDS, StepFormat
from loadstone.measure.steps.execute import execute
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.table import TABLE, StepTable


class Nap(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="nap"):
    """A kind of step of this test's own, done at once."""

    times: int = 1


class Hum(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="hum"):
    """A kind that lasts as long as the window."""

    background: ClassVar[bool] = True


class Humming:
    """What it does: nothing, in good order."""

    def __init__(self, scene: Stage, _step: Hum) -> None:
        self.scene = scene

    def open_window(self) -> None:
        self.scene.said.append("open")

    def finish(self) -> Outcome:
        return Outcome(quantities={"hum.done": 1.0})

    def stop(self) -> None:
        self.scene.said.append("stop")


class Work:
    """The workload of a scene, of steps that no scenario has."""

    def __init__(self, setup: list[StepFormat], measured: list[StepFormat]) -> None:
        self.setup, self.measured = setup, measured


class Stage:
    """As much of a scene as steps without a component need."""

    warmup = window = 0.0

    def __init__(self, workload: Work) -> None:
        self.workload = workload
        self.said: list[str] = []

    def wait_until(self, _moment: float) -> None: ...

    def check(self) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...


WIDER = StepTable(
    foreground={Nap: lambda _scene, step: Outcome(quantities={"nap.times": float(step.times)})},
    background={Hum: Humming},  # type: ignore[dict-item]
)


def test_a_new_kind_is_a_format_and_a_line_of_the_table():
    read = msgspec.convert([{"do": "nap", "times": 3}, {"do": "hum"}], list[Step | Nap | Hum])
    stage = Stage(Work(setup=[read[1]], measured=[read[0]]))
    outcome = execute(stage, stage, WIDER.check((Nap, Hum)))  # type: ignore[arg-type]
    assert outcome.quantities["nap.times"] == 3
    assert outcome.quantities["hum.done"] == 1
    assert stage.said == ["open", "stop"]


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
