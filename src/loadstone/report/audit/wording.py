"""The rule of an audit in words."""

from __future__ import annotations

from loadstone.model.audit import Rule


def rule(given: Rule) -> str:
    """When something is reported and not gated, and when it is gated again."""
    return (
        f"reported and not gated: what surely alarms in more than {100 * given.allowed:g} % of "
        f"the newest {given.newest} A/A reports (chance that an audit demotes anything wrongly: "
        f"{100 * given.error:g} %); gated again: when that is surely below "
        f"{100 * given.again:g} % of those since then"
    )
