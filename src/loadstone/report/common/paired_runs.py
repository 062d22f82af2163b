"""Runs by their design: those of pairs at once, and those that were alone with the machine."""

from __future__ import annotations

from loadstone.model import Design, Plan, Record, Run


def mixed(plan: Plan) -> frozenset[str]:
    """The cases that are measured in mixed pairs."""
    return frozenset(each.case.name for each in plan.cases if each.design is Design.MIXED)


def judged(record: Record, case: str) -> list[Run]:
    """The runs of a case that its rows are judged by: those of its own design."""
    design = Design.MIXED if case in mixed(record.plan) else Design.SOLO
    return [run for run in record.runs if run.case == case and run.design is design]


def alone(record: Record, case: str) -> list[Run]:
    """The solo runs of a mixed case, which its absolute values are of."""
    if case not in mixed(record.plan):
        return []
    return [run for run in record.runs if run.case == case and run.design is Design.SOLO]
