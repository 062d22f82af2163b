"""Amounts: how much is measured of a component for an event, by the configuration.

What the event says goes before what the component says, that before what the whole file does, and
that before what is built in for the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from loadstone.bot.ask import Ask
from loadstone.errors import UsageError
from loadstone.formats.configuration import ComponentSettings, Config, EventSettings, label_of
from loadstone.formats.configuration.setting_types import several
from loadstone.model import Goal

_PR: Mapping[str, Any] = {"tier": "pr"}
_RELEASE: Mapping[str, Any] = {"tier": "release"}
# A release has to show that nothing is worse by more than its margin, not merely to find nothing.
_GATE: Mapping[str, Any] = {**_RELEASE, "goal": "certify", "certain": True}
_BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "pull_request": _PR,
    "push": _PR,
    "tag": _GATE,
    "schedule": _RELEASE,
    "merge_group": _PR,
    "comment": _PR,
}


def amount(
    config: Config, component: ComponentSettings, event: str, *, base: str, head: str
) -> Ask:
    """The ask of a component for an event, as the configuration has it.

    Raises `UsageError` where it names no scenario for it.
    """
    settings: EventSettings = getattr(config.events, event)

    def said(name: str, default: Any) -> Any:
        for source in (settings, component, config):
            if (value := getattr(source, name, UNSET)) is not UNSET:
                return value
        return _BUILT_IN[event].get(name, default)

    scenarios = several(said("scenario", []))
    if not scenarios:
        raise UsageError(
            f"the configuration names no scenario for the component `{component.name}`",
            next_step="add `scenario: [ingress]`, for it or for all",
        )
    budget = said("budget", None)
    return Ask(
        component=component.name,
        label=label_of(component.name),
        scenarios=tuple(scenarios),
        base=base,
        head=head,
        tier=said("tier", "quick"),
        provider=said("provider", "memory"),
        cases=said("case", "*"),
        goal=Goal(said("goal", Goal.DETECT)),
        alpha=said("alpha", 0.05),
        looks=said("looks", None),
        budget=None if budget is None else budget * 60,
        certain=said("certain", False),
        seed=said("seed", 0),
        generator=said("generator", "openloop"),
    )
