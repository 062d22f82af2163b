"""A scenario file: axes, tiers, metrics and objectives around a workload.

Axes have the full sizes that people care about. A tier picks from them and shrinks them by a factor
that plans and reports print; the name of a case has the numbers that were really run, so that
results of different tiers are never compared by mistake.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.fields import Amount, Count, Group, Margin, Seconds, Spec, Unit
from loadstone.formats.workload import Workload
from loadstone.model import Scalar


class Axis(Spec, frozen=True, kw_only=True):
    """One dimension of the matrix, at full size."""

    values: Annotated[list[Scalar], Meta(min_length=1)]
    unit: Unit = "1"
    about: str = ""


class Tier(Spec, frozen=True, kw_only=True):
    """A tier: how much of the matrix is run, and how long.

    `axes` picks from the full-size values (an absent axis has all of them); `scale` multiplies what
    was picked. `reported` names metrics that this tier shows but does not gate on.
    """

    axes: dict[str, Annotated[list[Scalar], Meta(min_length=1)]] = {}
    scale: dict[str, Annotated[float, Meta(gt=0, le=1)]] = {}
    reported: list[str] = []
    warmup: Seconds
    window: Seconds = 0.0
    looks: list[Count] = msgspec.field(default_factory=lambda: [4, 6, 8, 10, 12])
    budget: Seconds | None = None


class ScenarioMetric(Spec, frozen=True, kw_only=True):
    """A metric and the measured quantity it is taken from.

    `source` is the dotted name of a quantity; with `per`, it is divided by that other quantity and
    multiplied by `times`.
    """

    source: str
    unit: Unit
    better: Literal["lower", "higher", "none"]
    margin: Margin
    minimum: Amount = 0.0
    gated: bool = True
    counted: bool = False
    resolution: Amount = 0.0
    group: Group = "latency"
    title: str = ""
    about: str = ""
    per: str = ""
    times: Annotated[float, Meta(gt=0)] = 1.0


class ScenarioObjective(Spec, frozen=True, kw_only=True):
    """An absolute bound on a metric of this scenario: one of `at_most` and `at_least`."""

    metric: str
    at_most: Amount | None = None
    at_least: Amount | None = None


class Scenario(Spec, frozen=True, kw_only=True):
    """A file of `scenarios/`."""

    scenario: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    about: str
    role: str  # which components it fits: ingress, …
    axes: dict[str, Axis] = {}
    tiers: dict[str, Tier]
    workload: Workload
    metrics: dict[str, ScenarioMetric]
    objectives: list[ScenarioObjective] = []
