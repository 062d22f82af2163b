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


class PairDesign(Spec, frozen=True, kw_only=True):
    """The design of the rounds: whether both sides of a pair are measured at once.

    `mixed`: both are up at the same time, each with an API server and an upstream of its own, and
    one generator sends each pair of requests to both in random order, at half of the asked rate a
    side. `solo`: one after the other. Of a mixed case, `solo` is the share of rounds that are solo
    all the same: absolute values and objectives are taken from these.
    """

    pairs: Literal["mixed", "solo"]
    because: Annotated[str, Meta(min_length=1)]  # why it is honest here
    solo: Annotated[float, Meta(ge=0, le=0.5, extra_json_schema={"x-unit": "1"})] = 0.2


class Tier(Spec, frozen=True, kw_only=True):
    """A tier: how much of the matrix is run, and how long.

    `axes` picks from the full-size values (an absent axis has all of them); `scale` multiplies what
    was picked. `reported` names metrics that this tier shows but does not gate on. `design` takes
    the place of the scenario's. `takes` is for estimates, where the steps of a run tell too little
    of how long it is: the component waits by timers of its own.
    """

    axes: dict[str, Annotated[list[Scalar], Meta(min_length=1)]] = {}
    scale: dict[str, Annotated[float, Meta(gt=0, le=1)]] = {}
    reported: list[str] = []
    warmup: Seconds
    window: Seconds = 0.0
    takes: Seconds = 0.0  # the work of one run, at least
    looks: list[Count] = msgspec.field(default_factory=lambda: [4, 6, 8, 10, 12])
    budget: Seconds | None = None
    design: PairDesign | None = None


class MixedBounds(Spec, frozen=True, kw_only=True):
    """The change of a metric that matters where both sides are measured at once.

    A change that is far below what solo rounds can see may be well worth a word.
    """

    margin: Margin
    minimum: Amount = 0.0


class ScenarioMetric(Spec, frozen=True, kw_only=True):
    """A metric and the measured quantity it is taken from.

    `source` is the dotted name of a quantity; with `per`, it is divided by that other quantity and
    multiplied by `times`. `mixed` takes the place of `margin` and `minimum` in mixed cases.
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
    mixed: MixedBounds | None = None


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
    design: PairDesign = PairDesign(pairs="solo", because="what interferes is measured alone")
    tiers: dict[str, Tier]
    workload: Workload
    presets: bool = False  # the metrics of the component's presets, beside its own
    metrics: dict[str, ScenarioMetric] = {}  # none: those of the component's presets
    objectives: list[ScenarioObjective] = []
