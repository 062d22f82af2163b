"""The asks of an event as requests, by the facts of the repository: what both jobs share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from loadstone.bot.ask import Ask, EventAsks, EventFacts, Skip
from loadstone.bot.asked import asked
from loadstone.bot.minutes import ForetoldCost, foretold, foretold_more
from loadstone.flows.bot.context import BotContext
from loadstone.flows.prepare import sketch
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.formats.configuration import label_of
from loadstone.model import Shard
from loadstone.model.bot import BotEvent

ANY = "component-"


@dataclass(frozen=True, kw_only=True)
class ComponentRequest:
    """An ask with the folder of an artifact that is its own, and its request."""

    ask: Ask
    folder: str
    request: Request


@dataclass(frozen=True, kw_only=True)
class EventRequests:
    """The requests of an event, and what is left out of it, by plans that foretell the cost."""

    found: EventAsks
    measurings: Sequence[ComponentRequest] = ()
    skips: Sequence[Skip] = ()


def wanted(context: BotContext, event: BotEvent, facts: EventFacts) -> EventRequests:
    """Ask once by the facts, and again with what the plans of what is left foretell."""
    first = asked(event, context.config, facts)
    costs = {each.ask.label: _cost(each) for each in _measurings(context, first)}
    found = asked(event, context.config, replace(facts, costs=costs))
    return EventRequests(found=found, measurings=_measurings(context, found), skips=found.skips)


def _cost(each: ComponentRequest) -> ForetoldCost:
    plan = sketch(each.request).plan
    return foretold_more(plan, each.ask.more) if each.ask.more else foretold(plan)


def with_digests(
    context: BotContext, event: BotEvent, facts: EventFacts, jobs: dict[str, Job]
) -> Sequence[Skip]:
    """The components that need no measuring, now that the programs are known."""
    digests = {label: (job.plan.base.digest, job.plan.head.digest) for label, job in jobs.items()}
    return asked(event, context.config, replace(facts, digests=digests)).skips


def _measurings(context: BotContext, found: EventAsks) -> list[ComponentRequest]:
    places = {label_of(each.name): n for n, each in enumerate(context.config.measured(), start=1)}
    chosen = label_of(context.inputs.component)
    return [
        ComponentRequest(
            ask=ask,
            folder=f"{ANY}{places[ask.label]}{'-audit' if ask.audit else ''}",
            request=_request(context, ask),
        )
        for ask in found.asks
        if chosen in ("", ask.label)
    ]


def _request(context: BotContext, ask: Ask) -> Request:
    shared: dict[str, Any] = {
        name: getattr(ask, name)
        for name in (
            *("scenarios", "component", "base", "head", "provider", "cases", "goal", "alpha"),
            *("certain", "seed", "generator"),
        )
    }
    shard = context.inputs.shard
    return Request(
        **shared,
        tier=context.inputs.tier or ask.tier,
        looks=tuple(ask.looks or ()),
        budget=_budget(context, ask),
        shard=Shard(number=shard[0], of=shard[1]) if shard and shard[1] > 1 else None,
        config=context.config,
        config_file=context.inputs.config,
    )


def _budget(context: BotContext, ask: Ask) -> float | None:
    said = context.inputs.budget
    most = float(said) * 60 if said.replace(".", "", 1).isdecimal() else None
    budgets = [each for each in (most, ask.budget) if each]
    return min(budgets) if budgets else None
