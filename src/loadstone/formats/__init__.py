"""The files a user writes: scenarios, components, presets, the configuration. Types of a format.

These are msgspec structs (not the plain dataclasses of `model`) because they *are* a file format:
the JSON schemas that editors use are generated from them, and a misspelt key is an error. `plan`
reads them; `measure` executes a bound `Workload`. A number may be written as `${axis}`; binding a
case replaces it. Values are in base units; in the file they may carry a suffix (`200ms`, `22kB`,
`5%`): `x-unit` in a schema names the base unit that a text is converted to.

A bound case carries its workload as plain data, so that a saved plan can be read when the format
has grown.
"""

from loadstone.formats.access import Certificate, ComponentCredentials
from loadstone.formats.arrivals import Arrivals
from loadstone.formats.component import ALONE, Component, NetworkAnswers, Push, SecureTraffic
from loadstone.formats.dial import Dial
from loadstone.formats.expectation import Expectation
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
from loadstone.formats.kubernetes import Chart, Kubernetes
from loadstone.formats.preset import Preset
from loadstone.formats.process import (
    Process,
    ProcessFields,
    Profiler,
    Ready,
    Scraped,
    ScrapedSeries,
    scraped,
)
from loadstone.formats.revisions import (
    BuildSource,
    Definitions,
    DownloadSource,
    GoSource,
    ImageSource,
    PackageSource,
    Revisions,
)
from loadstone.formats.scenario import (
    Axis,
    MixedBounds,
    PairDesign,
    Scenario,
    ScenarioMetric,
    ScenarioObjective,
    Tier,
)
from loadstone.formats.steps import (
    ApiRequests,
    Await,
    Change,
    ChangeReplay,
    Churn,
    Create,
    Delete,
    Hold,
    Idle,
    Load,
    Restart,
    Scale,
    Settle,
    Step,
    TimedFault,
    Upgrade,
    Watchers,
)
from loadstone.formats.workload import (
    Check,
    ClusterNeeds,
    CorrectnessGate,
    Template,
    Upstream,
    Workload,
)

__all__ = [
    "ALONE",
    "Amount",
    "ApiRequests",
    "Arrivals",
    "Await",
    "Axis",
    "Bound",
    "BuildSource",
    "Bytes",
    "Certificate",
    "Change",
    "ChangeReplay",
    "Chart",
    "Check",
    "Churn",
    "ClusterNeeds",
    "Component",
    "ComponentCredentials",
    "CorrectnessGate",
    "Count",
    "Create",
    "Definitions",
    "Delete",
    "Dial",
    "DownloadSource",
    "Expectation",
    "GoSource",
    "Group",
    "Hold",
    "Idle",
    "ImageSource",
    "Kubernetes",
    "Load",
    "Margin",
    "MixedBounds",
    "NetworkAnswers",
    "Number",
    "PackageSource",
    "PairDesign",
    "PositiveSeconds",
    "Preset",
    "Process",
    "ProcessFields",
    "ProfileKind",
    "Profiler",
    "Push",
    "Rate",
    "Ready",
    "Restart",
    "Revisions",
    "Scale",
    "Scenario",
    "ScenarioMetric",
    "ScenarioObjective",
    "Scraped",
    "ScrapedSeries",
    "Seconds",
    "SecureTraffic",
    "Settle",
    "Share",
    "Size",
    "Spec",
    "Step",
    "Template",
    "Tier",
    "TimedFault",
    "Unit",
    "Upgrade",
    "Upstream",
    "Watchers",
    "Workload",
    "scraped",
]
