"""Config: the settings of a repository, for a person at a laptop and for the bot."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from loadstone.formats.configuration.eks_settings import EksSettings
from loadstone.formats.configuration.event_settings import Events
from loadstone.formats.configuration.kind_settings import KindSettings
from loadstone.formats.configuration.load_settings import LoadSettings
from loadstone.formats.configuration.prometheus_settings import PrometheusSettings
from loadstone.formats.configuration.rules import (
    AcceptedEntry,
    Caps,
    CommandSettings,
    ComponentSettings,
)
from loadstone.formats.configuration.setting_types import (
    Alpha,
    GoalName,
    Looks,
    Minutes,
    Names,
    Text,
    Texts,
    several,
)
from loadstone.formats.fields import Spec

CommentMode = Literal["always", "on-change", "on-regression", "never"]
_DOCUMENTS = ("**/*.md", "docs/**", "LICENSE*")


class Config(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of a repository, asked for every time; a flag of the same name wins.

    Paths are relative to where the command runs; `~` is the home directory.
    """

    scenario: Annotated[
        Names | UnsetType,
        Meta(description="A scenario, a family of them, or a file; or a list of these."),
    ] = UNSET
    component: Annotated[
        Text | Annotated[list[ComponentSettings], Meta(min_length=1)] | UnsetType,
        Meta(description="A component, or its file; or a list of mappings, one for each."),
    ] = UNSET
    base: Annotated[Text | UnsetType, Meta(description="The revision to compare against.")] = UNSET
    head: Annotated[Text | UnsetType, Meta(description="The revision under test.")] = UNSET
    provider: Annotated[Text | UnsetType, Meta(description="Where the cluster comes from.")] = UNSET
    kubeconfig: Annotated[
        Text | UnsetType, Meta(description="The file that leads to the provider `existing`.")
    ] = UNSET
    context: Annotated[
        Text | UnsetType,
        Meta(description="Its context there; `in-cluster`: the cluster of the pod we run in."),
    ] = UNSET
    place: Annotated[
        Literal["processes", "pods"] | UnsetType,
        Meta(description="Where the component runs: programs on this machine, or pods."),
    ] = UNSET
    tier: Annotated[
        Text | UnsetType, Meta(description="How much is run: quick, pr or release.")
    ] = UNSET
    case: Annotated[
        Text | UnsetType, Meta(description="Only the cases whose name matches this glob.")
    ] = UNSET
    seed: Annotated[int | UnsetType, Meta(description="Of the random order of runs.")] = UNSET
    alpha: Annotated[
        Alpha | UnsetType,
        Meta(description="Chance that a report on two equal revisions flags anything."),
    ] = UNSET
    goal: Annotated[
        GoalName | UnsetType,
        Meta(description="Find changes, or certify that none exceeds its margin."),
    ] = UNSET
    looks: Annotated[Looks | UnsetType, Meta(description="Rounds after which to look, rising.")] = (
        UNSET
    )
    budget: Annotated[
        Minutes | UnsetType,
        Meta(description="Minutes of measuring; or with a unit: `90s`, `6min`."),
    ] = UNSET
    certain: Annotated[
        bool | UnsetType, Meta(description="Inconclusive is not good enough: exit code 4.")
    ] = UNSET
    generator: Annotated[Text | UnsetType, Meta(description="What sends the load.")] = UNSET
    out: Annotated[
        Text | UnsetType,
        Meta(description="Where rounds, record, profiles and reports of `run` go."),
    ] = UNSET
    tools: Annotated[
        dict[str, Text],
        Meta(description="Programs by name, used instead of those on PATH: `k6: /opt/k6`."),
    ] = msgspec.field(default_factory=dict)
    eks: Annotated[
        EksSettings | None, Meta(description="Where in AWS the provider `eks` has its clusters.")
    ] = None
    kind: Annotated[KindSettings, Meta(description="The clusters of the provider `kind`.")] = (
        KindSettings()
    )
    load: Annotated[
        LoadSettings, Meta(description="Pods that send the load, in the place `pods`.")
    ] = LoadSettings()
    scenarios: Annotated[
        Texts,
        Meta(description="Folders that are searched for scenarios before the shipped ones."),
    ] = msgspec.field(default_factory=list)
    components: Annotated[
        Texts,
        Meta(description="Folders that are searched for components before the shipped ones."),
    ] = msgspec.field(default_factory=list)
    prometheus: Annotated[
        Annotated[str, Meta(pattern=r"^(https?://|\$\{api\}/)[^$]+$")],
        Meta(description="URL of a Prometheus that scrapes the component; its file's, else."),
    ] = ""
    prometheus_access: Annotated[
        PrometheusSettings,
        Meta(description="What that Prometheus is shown, where it does not answer everybody."),
    ] = PrometheusSettings()
    baselines: Annotated[
        Text, Meta(description="The store of records of earlier days, as `git:loadstone-data`.")
    ] = "baselines"
    cache: Annotated[
        str,
        Meta(description="Where programs of resolved revisions are kept; the user's cache, else."),
    ] = ""
    events: Annotated[
        Events, Meta(description="How much is measured for each event on GitHub.")
    ] = Events()
    paths: Annotated[
        Texts, Meta(description="Globs of files of which one has to change; any file, else.")
    ] = msgspec.field(default_factory=list)
    paths_ignore: Annotated[
        Texts, Meta(description="Globs of files whose change alone measures nothing.")
    ] = msgspec.field(default_factory=lambda: list(_DOCUMENTS), name="paths-ignore")
    comment: Annotated[CommentMode, Meta(description="When a pull request gets the comment.")] = (
        "always"
    )
    minutes: Annotated[Caps, Meta(description="Minutes that are not exceeded, whoever asks.")] = (
        Caps()
    )
    commands: Annotated[CommandSettings, Meta(description="Who may command by a comment.")] = (
        CommandSettings()
    )
    accepted: Annotated[
        list[AcceptedEntry], Meta(description="Changes that are known and do not fail the gate.")
    ] = msgspec.field(default_factory=list)

    def measured(self) -> list[ComponentSettings]:
        """The components that are measured: one, several, or none that was said."""
        if isinstance(self.component, str):
            return [ComponentSettings(name=self.component)]
        return [] if self.component is UNSET else list(self.component)

    def flags(self, component: str = "") -> dict[str, Any]:
        """The settings that stand for flags and arguments, by the names that commands give them.

        `component`: the one that was asked for, of several. A command of one scenario (`scenario`)
        is only told when there is one.
        """
        said = {name: getattr(self, name) for name in ASKED if name != "component"}
        chosen = self._chosen(component)
        if chosen is not None:
            own = {name: getattr(chosen, name) for name in _OF_COMPONENT}
            said |= {name: value for name, value in own.items() if value is not UNSET}
            said["component"] = chosen.name
        known = {name: value for name, value in said.items() if value is not UNSET}
        names = several(known.pop("scenario", []))
        if names:
            known["scenarios"] = names
        if len(names) == 1:
            known["scenario"] = names[0]
        if "case" in known:
            known["cases"] = known.pop("case")
        if "looks" in known:
            known["looks"] = ",".join(map(str, known["looks"]))
        if "out" in known:
            known["saved"] = known["out"]  # what `run` wrote is what the others read
        return known

    def _chosen(self, component: str) -> ComponentSettings | None:
        measured = self.measured()
        if not component:
            return measured[0] if len(measured) == 1 else None
        return next((each for each in measured if each.name == component), None)


_OF_COMPONENT = ("scenario", "provider", "tier", "budget")
# The settings that stand for a flag; the others say where things are, or are the bot's.
ASKED = tuple(
    name
    for name, default in zip(Config.__struct_fields__, Config.__struct_defaults__, strict=True)
    if default is UNSET
)
