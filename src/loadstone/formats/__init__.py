"""The files a user writes: scenarios, components, the configuration. Types of the outside format.

These are msgspec structs (not the plain dataclasses of `model`) because they *are* a file format:
the JSON schemas that editors use are generated from them, and a misspelt key is an error. `plan`
reads them; `measure` executes a bound `Workload`. A number may be written as `${axis}`; binding a
case replaces it. Values are in base units; in the file they may carry a suffix (`200ms`, `22kB`,
`5%`): `x-unit` in a schema names the base unit that a text is converted to.

A bound case carries its workload as plain data, so that a saved plan can be read when the format
has grown.
"""

from loadstone.formats.component import (
    BuildSource,
    Component,
    ImageSource,
    PackageSource,
    Push,
    Ready,
    Revisions,
)
from loadstone.formats.fields import (
    Amount,
    Bound,
    Bytes,
    Count,
    Group,
    Margin,
    Number,
    PositiveSeconds,
    ProfileKind,
    Rate,
    Seconds,
    Share,
    Size,
    Spec,
    Unit,
)
from loadstone.formats.scenario import Axis, Scenario, ScenarioMetric, ScenarioObjective, Tier
from loadstone.formats.steps import Await, Change, Churn, Create, Hold, Load, Step
from loadstone.formats.workload import Check, CorrectnessGate, Dial, Template, Upstream, Workload

__all__ = [
    "Amount",
    "Await",
    "Axis",
    "Bound",
    "BuildSource",
    "Bytes",
    "Change",
    "Check",
    "Churn",
    "Component",
    "CorrectnessGate",
    "Count",
    "Create",
    "Dial",
    "Group",
    "Hold",
    "ImageSource",
    "Load",
    "Margin",
    "Number",
    "PackageSource",
    "PositiveSeconds",
    "ProfileKind",
    "Push",
    "Rate",
    "Ready",
    "Revisions",
    "Scenario",
    "ScenarioMetric",
    "ScenarioObjective",
    "Seconds",
    "Share",
    "Size",
    "Spec",
    "Step",
    "Template",
    "Tier",
    "Unit",
    "Upstream",
    "Workload",
]
