"""Semantic checks of a scenario's tiers, and of the cases that they make."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from loadstone.errors import Problem
from loadstone.formats import Scenario, Tier
from loadstone.formats.schema_problems import did_you_mean, shown
from loadstone.formats.yaml_text import Document, Path
from loadstone.model import Case, Scalar
from loadstone.plan.check_case import impossible
from loadstone.plan.check_metrics import takes_presets
from loadstone.plan.matrix import cells

MAX_CASES = 500  # one round of 10 s a run takes three hours


def problems(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Tiers that do not fit the axes, matrices that cannot be run, looks out of order."""
    if not scenario.tiers:
        where = document.where(("tiers",), key=True)
        yield Problem(where=where, what="there is no tier", hint="a scenario needs at least one")
    runnable: list[Mapping[str, Scalar]] = []
    for name, tier in scenario.tiers.items():
        path: Path = ("tiers", name)
        fits = [*_axes(scenario, tier, path, document), *_scales(scenario, tier, path, document)]
        yield from fits
        yield from _reported(scenario, tier, path, document)
        yield from _looks(tier, path, document)
        yield from _times(scenario, tier, path, document)
        if not fits:
            matrix = list(itertools.islice(cells(scenario, tier), MAX_CASES + 1))
            yield from _names(scenario, matrix, path, document)
            runnable += matrix[:MAX_CASES]
    yield from impossible(scenario, runnable, document)


def _axes(scenario: Scenario, tier: Tier, path: Path, document: Document) -> Iterator[Problem]:
    for name, values in tier.axes.items():
        spot = (*path, "axes", name)
        if name not in scenario.axes:
            where, hint = document.where(spot, key=True), did_you_mean(name, scenario.axes)
            yield Problem(where=where, what=f"there is no axis `{name}`", hint=hint)
            continue
        full = scenario.axes[name].values
        for index, value in enumerate(values):
            if not any(_same(value, other) for other in full):
                what = f"{shown(value)} is not among the values of the axis `{name}`"
                hint = f"known: {', '.join(str(other) for other in full)}"
                yield Problem(where=document.where((*spot, index)), what=what, hint=hint)


def _scales(scenario: Scenario, tier: Tier, path: Path, document: Document) -> Iterator[Problem]:
    for name in tier.scale:
        where = document.where((*path, "scale", name), key=True)
        if name not in scenario.axes:
            hint = did_you_mean(name, scenario.axes)
            yield Problem(where=where, what=f"there is no axis `{name}`", hint=hint)
        elif any(isinstance(value, str | bool) for value in scenario.axes[name].values):
            yield Problem(where=where, what=f"the axis `{name}` has values that are no numbers")


def _reported(scenario: Scenario, tier: Tier, path: Path, document: Document) -> Iterator[Problem]:
    for index, name in enumerate(tier.reported):
        if name not in scenario.metrics and not takes_presets(scenario):
            where = document.where((*path, "reported", index))
            hint = did_you_mean(name, scenario.metrics)
            yield Problem(where=where, what=f"there is no metric `{name}`", hint=hint)


def _looks(tier: Tier, path: Path, document: Document) -> Iterator[Problem]:
    if not tier.looks or list(tier.looks) != sorted(set(tier.looks)):
        where = document.where((*path, "looks"))
        yield Problem(where=where, what="looks are numbers of rounds, rising, at least one")


def _times(scenario: Scenario, tier: Tier, path: Path, document: Document) -> Iterator[Problem]:
    """Background steps last as long as the window, unless a step in the foreground ends."""
    measured, setup = scenario.workload.measured, scenario.workload.setup
    if tier.window == 0 and all(step.background for step in measured):
        where = document.where((*path, "window"))
        what = "the window is 0, and no measured step comes to an end by itself"
        yield Problem(where=where, what=what, hint="set `window`, for example `window: 4s`")
    if tier.window > 0 and not any(step.background for step in (*setup, *measured)):
        where = document.where((*path, "window"))
        what = "no step lasts as long as the window, which would be over when the others are done"
        yield Problem(where=where, what=what, hint="leave it out, or add a step such as `do: idle`")


def _names(
    scenario: Scenario, matrix: Sequence[Mapping[str, Scalar]], path: Path, document: Document
) -> Iterator[Problem]:
    """Too many cases, or several of one name."""
    where = document.where(path, key=True)
    if len(matrix) > MAX_CASES:
        what = f"this tier has more than {MAX_CASES} cases"
        yield Problem(where=where, what=what, hint="pick fewer values in `axes`")
        return
    names = Counter(Case(scenario=scenario.scenario, axes=axes).name for axes in matrix)
    for name, times in names.items():
        if times > 1:
            what = f"{times} cases would be called `{name}`"
            hint = "a scale makes values equal, or one is there twice"
            yield Problem(where=where, what=what, hint=hint)


def _same(value: Scalar, other: Scalar) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)
