"""The task `measure`: what an event asks for, measured into one directory for each component.

    event ─► asks ─► plans ─► programs ─► sessions ─► what is uploaded

It needs no token and may read only: it runs code of whoever made the pull request. What it leaves
is judged again by the task `deliver`, which believes none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from loadstone.action import artifact
from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext, run_label
from loadstone.bot.ask import EventFacts
from loadstone.bot.commit_status import gate
from loadstone.bot.events import UnusedEvent
from loadstone.errors import Interrupted
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot import measured_file
from loadstone.flows.bot.asked_here import ComponentRequest, EventRequests, wanted
from loadstone.flows.bot.component_measuring import measured
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.measured_event import facts_of, place_of
from loadstone.flows.bot.measured_file import ComponentOutcome, JobOutcome
from loadstone.flows.bot.measured_words import summary, text
from loadstone.flows.task_result import TaskResult
from loadstone.formats.configuration import label_of
from loadstone.measure.session import Measure
from loadstone.measure.session import measure as measure_runs
from loadstone.model import Conclusion
from loadstone.model.bot import BotEvent
from loadstone.report.comparison.annotations import line_notices

DIRECTORY = "loadstone-artifact"  # in the workspace
NOTHING = "nothing is measured for this event"
_CANCELLED, _BROKEN = 130, 3
_KILLED = "the measuring was killed; the runs that it had are in its artifact"
# The worst of several components is that of the job.
_WORST = (Conclusion.INVALID, Conclusion.FAIL, Conclusion.UNSURE, Conclusion.PASS)


def measure(
    inputs: ActionInputs, run: RunnerContext, *, measuring: Measure = measure_runs
) -> TaskResult:
    """Measure what the event asks for, and leave what is there however it ends.

    Raises `InvalidFile` and `UsageError` for a configuration that asks for nothing that can be.
    """
    context = contexts.read(inputs, run, configured=False)
    if isinstance(context.event, UnusedEvent):
        return TaskResult(text=NOTHING)
    work = artifact.emptied(run.workspace / DIRECTORY)
    return _left(context, _outcome(context, context.event, work, measuring), work)


def _outcome(context: BotContext, event: BotEvent, work: Path, measuring: Measure) -> JobOutcome:
    place = place_of(context, event)
    done: list[ComponentOutcome] = []
    cancelled = False
    with _configured(context, place.base) as here:
        if place.base and not here.config.measured():
            raise contexts.unconfigured(place.base)
        facts = facts_of(here, event, place)
        found = wanted(here, event, facts)
        done += _skipped(here, found)
        begun = JobOutcome(
            number=found.found.number,
            base=_base(found, facts),
            components=[*done, *map(_killed, found.measurings)],
        )
        _begin(context, begun, work)
        one = partial(measured, here, event, facts, measuring=measuring)
        try:
            for each in found.measurings:
                done.append(one(each, work / each.folder))
        except (Interrupted, KeyboardInterrupt):
            cancelled = True
    outcome = replace(begun, components=done, cancelled=cancelled)
    measured_file.write(outcome, work)
    return outcome


def _begin(context: BotContext, begun: JobOutcome, work: Path) -> None:
    """Leave what is said of a job that is killed from here on, and have it uploaded even then."""
    measured_file.write(begun, work)
    if begun.components:
        context.run.announce(_upload(context))


def _killed(each: ComponentRequest) -> ComponentOutcome:
    return ComponentOutcome(
        label=each.ask.label, folder=each.folder, budget=each.request.budget, failed=_KILLED
    )


@contextmanager
def _configured(context: BotContext, base: str) -> Iterator[BotContext]:
    """With the configuration of the base where the event names one; else of the checkout."""
    if base:
        with contexts.at_revision(context, base) as here:
            yield here
    else:
        yield contexts.read(context.inputs, context.run)


def _base(found: EventRequests, facts: EventFacts) -> str:
    """The base of all that was asked for, which the delivering job holds to Git."""
    asked = next((each.ask.base for each in found.measurings), "")
    return asked if len(asked) == 40 else facts.merge_base


def _skipped(context: BotContext, found: EventRequests) -> list[ComponentOutcome]:
    places = {label_of(each.name): n for n, each in enumerate(context.config.measured(), start=1)}
    return [
        ComponentOutcome(
            label=each.label, folder=f"component-{places[each.label]}", skip=each.reason
        )
        for each in found.skips
    ]


def _left(context: BotContext, outcome: JobOutcome, work: Path) -> TaskResult:
    """What the step leaves: files to upload, outputs, and words."""
    if not outcome.components and not outcome.cancelled:
        artifact.emptied(work).rmdir()
        return TaskResult(text=NOTHING)
    content = artifact.trim(work)
    outputs = {
        **_upload(context),
        "minutes": f"{outcome.minutes:.1f}",
        "conclusion": _conclusion(outcome),
    }
    code = _CANCELLED if outcome.cancelled else 0
    if any(each.failed for each in outcome.components):
        code = code or _BROKEN
    return TaskResult(
        text=text(outcome, left_out=len(content.left_out)),
        code=code,
        summary=summary(outcome, sha=context.run.sha),
        outputs=outputs,
        annotations=[
            each
            for component in outcome.components
            if component.record is not None
            for each in line_notices(component.record)
        ],
    )


def _upload(context: BotContext) -> Mapping[str, str]:
    """The outputs that say what is uploaded, and under which name."""
    run, shard = context.run, context.inputs.shard
    of = f"-{shard[0]}-of-{shard[1]}" if shard and shard[1] > 1 else ""
    name = f"loadstone-{run_label(run.run, run.attempt)}{of}"
    return {"directory": DIRECTORY, "artifact": name}


def _conclusion(outcome: JobOutcome) -> str:
    found = [
        gate(each.record.judgement, certain=each.record.plan.policy.certain)
        for each in outcome.components
        if each.record is not None and each.record.judgement is not None
    ]
    return next((each.value for each in _WORST if each in found), "")
