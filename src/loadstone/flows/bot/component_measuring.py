"""The measuring of one component: programs, a last look at what it would cost, a session."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from loadstone.bot.ask import EventFacts
from loadstone.errors import Interrupted, LoadstoneError
from loadstone.flows import added_rounds, bisect, compare
from loadstone.flows.bot.asked_here import ComponentRequest, with_digests
from loadstone.flows.bot.context import BotContext, progress
from loadstone.flows.bot.measured_file import ComponentOutcome
from loadstone.flows.bot.searched_metric import searched_metric
from loadstone.flows.prepare import prepare
from loadstone.flows.prepare_bisect import BisectRequest
from loadstone.flows.request import Request
from loadstone.measure.session import Measure
from loadstone.model import Note, Record
from loadstone.model.bot import BotEvent
from loadstone.model.events import Event
from loadstone.report.bisect.console import terminal
from loadstone.report.common.plain import plain
from loadstone.report.progress.session import SessionDisplay


def measured(
    context: BotContext,
    event: BotEvent,
    facts: EventFacts,
    each: ComponentRequest,
    folder: Path,
    *,
    measuring: Measure,
) -> ComponentOutcome:
    """The outcome of a component; a failure is one too. Raises `Interrupted`."""
    found = ComponentOutcome(label=each.ask.label, folder=each.folder, budget=each.request.budget)
    began = time.monotonic()
    progress(f"{each.ask.label}: {each.ask.base[:12]} against {each.ask.head[:12]}")
    watch = LogWatch()
    request = replace(each.request, out=folder)
    try:
        if skip := _needless(context, event, facts, each, watch):
            return replace(found, skip=skip)
        began = time.monotonic()
        record = _record(each, request, watch, measuring)
    except Interrupted:
        raise
    except LoadstoneError as error:
        progress(str(error))
        return replace(found, failed=plain(error.message), minutes=_minutes(began))
    return replace(found, record=record, minutes=_minutes(began))


def _needless(
    context: BotContext,
    event: BotEvent,
    facts: EventFacts,
    each: ComponentRequest,
    watch: LogWatch,
) -> Note | None:
    """Why it is not measured after all, once both programs are there."""
    if each.ask.audit or each.ask.bisect:
        return None
    job = prepare(each.request, watch=watch)
    skips = with_digests(context, event, facts, {each.ask.label: job})
    return next((skip.reason for skip in skips if skip.label == each.ask.label), None)


def _record(
    each: ComponentRequest, request: Request, watch: LogWatch, measuring: Measure
) -> Record | None:
    if each.ask.more is not None:
        return added_rounds.run(request, each.ask.more, watch=watch, measuring=measuring)
    if not each.ask.bisect:
        # `_needless` has decided whether the same program is worth it
        return compare.run(request, watch=watch, measuring=measuring, same_ok=True)
    wanted = BisectRequest(request=request, metric=searched_metric(each))
    found = bisect.run(wanted, watch=watch, measuring=measuring)
    progress(terminal(found))
    return None


def _minutes(began: float) -> float:
    return (time.monotonic() - began) / 60


class LogWatch:
    """A watch that writes the lines of a session to the step's log, without control characters."""

    def __init__(self) -> None:
        self._display = SessionDisplay()

    def __call__(self, event: Event) -> None:
        """Take in an event, and say it."""
        self._display.see(event)
        for line in self._display.lines(event):
            progress(plain(line))
