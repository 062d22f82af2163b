"""Load generators by name: a new one is a class and a line of the table."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from loadstone.component.start import start
from loadstone.errors import UsageError
from loadstone.measure.context import SessionInputs
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.load.table import GENERATORS, generator
from loadstone.measure.session import measure
from tests.measure.fakes import world


class Hush:
    """A generator of this test's own, whose answers are all right and make no sound."""

    name = "hush"

    def version(self) -> str:
        return "1"

    def start(self, plan: LoadPlan, workdir: Path) -> HushLoad:
        return HushLoad(plan)


class HushLoad:
    """Load that nobody feels."""

    pids = ()

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan

    def open_window(self) -> None: ...

    def finish(self) -> list[LoadResult]:
        time.sleep(self.plan.window)
        sent = int(self.plan.rate * self.plan.window)
        return [
            LoadResult(
                generator=Hush.name,
                asked_rate=self.plan.rate,
                achieved_rate=self.plan.rate,
                seconds=self.plan.window,
                requests=sent,
                answers=sent,
            )
            for _ in self.plan.lanes
        ]

    def stop(self) -> None: ...


WIDER = {**GENERATORS, "hush": lambda _configured: Hush()}


def test_a_new_generator_is_a_class_and_a_line_of_the_table(tmp_path):
    load = {"do": "load", "template": "route", "rate": 200, "connections": 2}
    component = world.proxy()
    inputs = SessionInputs(
        plan=world.plan(world.case([load], warmup=0.1, window=0.5)),
        component=component,
        clusters=[world.FakeCluster()],
        start=partial(start, component),
        generator=generator("hush", table=WIDER),
        profile_problem=lambda _: None,
        out=tmp_path / "out",
        workdir=tmp_path,
        try_out=lambda *_, rate, **__: Headroom(
            rate=rate, asked=rate, achieved=4 * rate, generator_cpu=0.1, upstream_cpu=0.1
        ),
    )
    (run,) = measure(inputs, lambda runs: [world.slot()][len(runs) :], on_run=lambda _: None)
    assert run.quantities["load.requests"] == 100


def test_a_generator_that_there_is_not_is_named():
    with pytest.raises(UsageError, match="hush") as caught:
        generator("hush")
    assert "openloop" in caught.value.next_step
