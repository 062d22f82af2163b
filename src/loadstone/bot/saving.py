"""Saving: what is not measured because it could not change anything, or costs too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.bot.ask import Ask, EventFacts, Skip
from loadstone.bot.minutes import ForetoldCost, granted
from loadstone.bot.path_globs import matches
from loadstone.formats.configuration import Caps, ComponentSettings, Config, label_of
from loadstone.model import Note


def worth_it(component: ComponentSettings, config: Config, facts: EventFacts) -> Note | None:
    """The reason not to measure a component, by what changed; None where it may matter."""
    label = label_of(component.name)
    if same := same_program(label, facts):
        return same
    if facts.changed is None:
        return None
    some = [path for path in facts.changed if not matches(path, config.paths_ignore)]
    if not some:
        return Note.of("documentation-only", files=len(facts.changed))
    own = [path for path in some if not matches(path, component.paths_ignore)]
    for globs in (config.paths, component.paths):
        own = [path for path in own if not globs or matches(path, globs)]
    if not own:
        return Note.of("paths-untouched", files=len(facts.changed), component=label)
    return None


def same_program(label: str, facts: EventFacts) -> Note | None:
    """A note that both sides build to the same bytes, once they are built."""
    base, head = facts.digests.get(label, ("", ""))
    return Note.of("same-program", digest=base) if base and base == head else None


def affordable(
    asks: Sequence[Ask], caps: Caps, facts: EventFacts, *, number: int
) -> tuple[list[Ask], list[Skip]]:
    """The asks with budgets cut to what is left, and those for which not enough is.

    One after the other, so that several components together keep within the caps as well. What
    nobody has foretold yet costs nothing here: it is asked again once there is a plan.
    """
    within: list[Ask] = []
    skips: list[Skip] = []
    spent, run = facts.spent, 0.0
    for ask in asks:
        cost = facts.costs.get(ask.label)
        if cost is None:
            within.append(_capped(ask, caps.run))
            continue
        left = Caps(run=max(caps.run - run, 1e-9), pull_request=caps.pull_request, day=caps.day)
        minutes = granted(_bounded(cost, ask), spent, left, now=facts.now, number=number)
        if isinstance(minutes, Note):
            skips.append(Skip(label=ask.label, reason=_of_whole(minutes, caps)))
            continue
        within.append(replace(ask, budget=minutes * 60))
        run += minutes
        spent = replace(spent, day=spent.day + minutes, pull_request=spent.pull_request + minutes)
    return within, skips


def _capped(ask: Ask, minutes: float) -> Ask:
    """With a budget that keeps within the cap of a run; the tier's own is looked at with a plan."""
    if ask.budget is None:
        return ask
    return replace(ask, budget=min(ask.budget, minutes * 60))


def _bounded(cost: ForetoldCost, ask: Ask) -> ForetoldCost:
    if ask.budget is None:
        return cost
    return ForetoldCost(least=cost.least, most=max(cost.least, min(cost.most, ask.budget / 60)))


def _of_whole(reason: Note, caps: Caps) -> Note:
    """A refusal names the cap as the file has it, not what several components left of it."""
    if reason.code != "minutes-per-run":
        return reason
    return replace(reason, data={**reason.data, "cap": caps.run})
