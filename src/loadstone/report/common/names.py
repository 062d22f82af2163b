"""Short names for cases and sides: by what tells them apart, not by all they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import Case, Plan, Scalar, Side
from loadstone.report.common.plain import plain
from loadstone.report.common.revisions import named

ALL = "all cases"


@dataclass(frozen=True, kw_only=True)
class ShortNames:
    """Case name → what a reader sees, and the label of each side."""

    cases: Mapping[str, str]
    labels: Mapping[Side, str]

    def short(self, case: str) -> str:
        """The short name; of a case that the plan does not know, its whole name."""
        return self.cases.get(case, plain(case)) if case else ALL


def names(plan: Plan) -> ShortNames:
    """The names of a plan's cases: the axes that tell them apart, the scenario if there are two."""
    return ShortNames(
        cases=shorts([planned.case for planned in plan.cases]),
        labels={Side.BASE: named(plan.base), Side.HEAD: named(plan.head)},
    )


def shorts(cases: Sequence[Case]) -> dict[str, str]:
    """Case name → short name."""
    scenarios = {case.scenario: _telling(case.scenario, cases) for case in cases}
    return {
        case.name: _short(case, scenarios[case.scenario], several=len(scenarios) > 1)
        for case in cases
    }


def _short(case: Case, axes: Sequence[str], *, several: bool) -> str:
    cell = ", ".join(f"{axis}={case.axes[axis]}" for axis in axes if axis in case.axes)
    if not cell:
        return plain(case.scenario)
    return plain(f"{case.scenario}: {cell}" if several else cell)


def _telling(scenario: str, cases: Sequence[Case]) -> list[str]:
    """The first axes that together tell all cases of a scenario apart; none for a single case."""
    siblings = [case.axes for case in cases if case.scenario == scenario]
    chosen: list[str] = []
    for axis in dict.fromkeys(axis for axes in siblings for axis in axes):
        if _kinds(siblings, [*chosen, axis]) > _kinds(siblings, chosen):
            chosen.append(axis)
    return chosen


def _kinds(siblings: Sequence[Mapping[str, Scalar]], axes: Sequence[str]) -> int:
    return len({tuple(axes_of.get(axis) for axis in axes) for axes_of in siblings})
