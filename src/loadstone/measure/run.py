"""One run, or the two of a mixed pair: fresh components, the steps of a case, and what counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime

from loadstone.errors import ClusterFailed, ComponentFailed, MeasurementFailed
from loadstone.measure.api_client import ApiRequestFailed
from loadstone.measure.context import RunContext
from loadstone.measure.host.conditions import (
    STOLEN,
    STOLEN_OF_BOTH,
    conditions,
    disturbances,
)
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.partial_run import PartialRun
from loadstone.measure.probes.table import ProbeWindow
from loadstone.measure.side import RunningSide, running_side
from loadstone.measure.steps.execute import execute
from loadstone.measure.steps.lockstep import Lockstep, SidesFailed
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.stage import Stage
from loadstone.model import Note, Run, Slot
from loadstone.model.reasons import of_partners


def execute_slots(context: RunContext, slots: Sequence[Slot]) -> list[Run]:
    """Do one run, or both of a mixed pair at once. What goes wrong makes them invalid.

    Raises only what makes further runs pointless: `ClusterFailed`, `MissingTool`, `InvalidFile`,
    `UsageError`, a generator that breaks before anything is measured, and interrupts.
    """
    spare = context.headroom(context.workload(slots[0].case))
    started, begun = datetime.now(UTC), time.monotonic()
    seen, before = [PartialRun(slot=slot) for slot in slots], conditions(context.inputs.read)
    try:
        _measure(context, seen, spare)
    except SidesFailed as error:
        for side, why in error.errors.items():
            seen[side].spoil(_reason(why))
    except MeasurementFailed as error:  # of what the sides share
        for each in seen:
            each.spoil(_reason(error))
    if any(each.outcome.invalid for each in seen):
        _require_clusters(context, slots)
    after = conditions(context.inputs.read)
    allowed = STOLEN_OF_BOTH if len(slots) > 1 else STOLEN
    for each in seen:
        each.spoil(*disturbances(context.first, before, after, allowed=allowed))
    seconds = (time.monotonic() - begun) / len(slots)  # a pair takes its time once
    found = [each.found(context) for each in seen]
    partners = of_partners([each.invalid for each in found])
    return [
        one.finished(context, outcome, partner, started=started, seconds=seconds)
        for one, outcome, partner in zip(seen, found, partners, strict=True)
    ]


def _reason(error: MeasurementFailed) -> Note:
    match error:
        case StepFailed():
            return error.reason
        case ComponentFailed():
            return Note.of("not-ready", message=error.message)
        case ApiRequestFailed():
            return Note.of("api-errors", message=error.message)
        case _:
            return Note.of("failed", message=error.message)


def _require_clusters(context: RunContext, slots: Sequence[Slot]) -> None:
    """Raise `ClusterFailed` where an API server has gone: it was not the component that failed."""
    if not all(context.worlds[slot.lane].cluster.alive() for slot in slots):
        raise ClusterFailed("the API server has gone")


def _measure(context: RunContext, seen: Sequence[PartialRun], spare: Headroom | None) -> None:
    """Fill `seen` as the run goes on, so that a run that breaks off keeps what it had."""
    with ExitStack() as stack:
        lockstep = stack.enter_context(closing(Lockstep(len(seen))))
        sides: list[RunningSide] = []
        for number, each in enumerate(seen):  # one after the other: each starts alone
            with lockstep.blame(number):
                sides.append(stack.enter_context(running_side(context, each, lockstep, spare)))
        subjects = [subject for side in sides for subject in side.subjects.values()]
        window = stack.enter_context(ProbeWindow(subjects, collecting=len(sides) > 1))
        readings = iter(window.readings)
        for each, side in zip(seen, sides, strict=True):
            each.readings = {process: next(readings) for process in side.subjects}
        stage = Stage(scenes=[side.scene for side in sides], lockstep=lockstep)
        for each, outcome in zip(seen, execute(stage, window), strict=True):
            each.outcome += outcome
