"""Cases of a redline search: one axis is searched, the others stay where they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.formats import Axis, Scenario, Tier, units
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document
from loadstone.model import CasePlan, Scalar
from loadstone.plan.check_case import impossible
from loadstone.plan.matrix import case_of, cells

USUAL = "rate"  # what is searched when nobody says
BELOW, ABOVE = 4, 16  # the search begins and ends so many times below and above the tier's value


def searched_axis(scenario: Scenario, asked: str) -> str:
    """The axis to search: as asked, or else `rate`, or else the only one with numbers.

    Raises `UsageError` for an axis that is not there or has no numbers, and where it is not clear.
    """
    numeric = [name for name, axis in scenario.axes.items() if _numeric(axis)]
    if asked in numeric:
        return asked
    if asked:
        known = asked in scenario.axes
        raise UsageError(
            f"the axis `{asked}` has values that are no numbers"
            if known
            else f"the scenario `{scenario.scenario}` has no axis `{asked}`",
            next_step=did_you_mean(asked, numeric) or "a redline needs an axis of numbers",
        )
    if USUAL in numeric or len(numeric) == 1:
        return USUAL if USUAL in numeric else numeric[0]
    raise UsageError(
        f"the scenario `{scenario.scenario}` has no axis `{USUAL}`"
        + (", and several others" if numeric else ", nor another one of numbers"),
        next_step=f"say which one to search: --axis {' or '.join(numeric)}"
        if numeric
        else "a redline needs an axis of numbers",
    )


def fixed_axes(scenario: Scenario, tier: Tier, wanted: Sequence[str]) -> dict[str, Scalar]:
    """All axes: as `AXIS=VALUE` of `wanted` says, else as in the first case of the tier.

    Raises `InvalidFile` with everything that is wrong in `wanted`.
    """
    axes = dict(next(cells(scenario, tier)))
    problems = []
    for text in wanted:
        name, _, value = text.partition("=")
        where = f"--at {text}"
        if name not in scenario.axes:
            hint = did_you_mean(name, scenario.axes)
            problems.append(Problem(where=where, what=f"there is no axis `{name}`", hint=hint))
            continue
        try:
            axes[name] = amount(scenario.axes[name], value, where)
        except InvalidFile as error:
            problems += error.problems
    if problems:
        raise InvalidFile(problems, next_step="write --at AXIS=VALUE for each axis to set")
    return axes


def amount(axis: Axis, text: str, where: str) -> Scalar:
    """A value of an axis as people write it, in the axis' unit. Raises `InvalidFile`."""
    for known in axis.values:
        if str(known) == text:
            return known
    value = units.amount(text, axis.unit) if _numeric(axis) else None
    if value is None:
        listed = f"known: {', '.join(map(str, axis.values))}"
        hint = units.forms(axis.unit) if _numeric(axis) else listed
        raise InvalidFile([Problem(where=where, what=f"`{text}` is no value here", hint=hint)])
    return value


def ends(scenario: Scenario, tier: Tier, axis: str) -> tuple[float, float]:
    """The ends of a search when nobody names them: about the values that the tier has."""
    values = [float(cell[axis]) for cell in cells(scenario, tier)]
    low, high = min(values) / BELOW, max(values) * ABOVE
    return (
        (max(1.0, float(round(low))), float(round(high))) if whole(scenario, axis) else (low, high)
    )


def size(scenario: Scenario, axis: str, text: str, where: str) -> float:
    """A size of an axis as people write it. Raises `InvalidFile` for one that nothing can have."""
    value = amount(scenario.axes[axis], text, where)
    if not isinstance(value, int | float) or value <= 0:
        raise InvalidFile([Problem(where=where, what=f"{text} is not above 0")])
    if whole(scenario, axis) and value != int(value):
        raise InvalidFile([Problem(where=where, what=f"{text} is no whole number")])
    return float(value)


def whole(scenario: Scenario, axis: str) -> bool:
    """Whether sizes of this axis are whole numbers, as its values in the file are."""
    return all(isinstance(value, int) for value in scenario.axes[axis].values)


def sized(
    scenario: Scenario,
    tier: Tier,
    axes: Mapping[str, Scalar],
    axis: str,
    sizes: Sequence[float],
    *,
    chosen: Collection[str] = (),
) -> list[CasePlan]:
    """A case for each size of `axis`, the other axes being `axes`; without profiles.

    `chosen`: axes that somebody gave a value, so that the tier's scale says nothing of them.
    Raises `InvalidFile` when such a case cannot be run.
    """
    given = {axis, *chosen}
    matrix = [{**axes, axis: _number(scenario, axis, size)} for size in sizes]
    where = Document(filename=f"--axis {axis}", data=None)
    problems = list(impossible(scenario, (matrix[0], matrix[-1]), where))
    if problems:
        raise InvalidFile(problems, next_step="choose other values with --from, --to and --at")
    return [_without_profiles(case_of(scenario, tier, cell), given) for cell in matrix]


def _number(scenario: Scenario, axis: str, size: float) -> Scalar:
    return int(size) if whole(scenario, axis) else size


def _without_profiles(case: CasePlan, given: Collection[str]) -> CasePlan:
    """Profiles cost the component something, and a redline has no use for them."""
    return replace(
        case,
        workload={**case.workload, "profiles": []},
        scale={name: factor for name, factor in case.scale.items() if name not in given},
    )


def _numeric(axis: Axis) -> bool:
    return not any(isinstance(value, bool | str) for value in axis.values)
