"""Rules of the bot: which components, how many minutes, who may command, what is accepted."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from loadstone.formats.configuration.setting_types import Minutes, Names, Text, Texts
from loadstone.formats.fields import Spec


class ComponentSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """One of several components: what is measured of it, and which files are its own."""

    name: Annotated[Text, Meta(description="A component, or its file.")]
    scenario: Annotated[
        Names | UnsetType, Meta(description="Its scenarios, instead of those of the whole file.")
    ] = UNSET
    provider: Annotated[Text | UnsetType, Meta(description="Where its cluster comes from.")] = UNSET
    tier: Annotated[Text | UnsetType, Meta(description="How much is run of it.")] = UNSET
    budget: Annotated[Minutes | UnsetType, Meta(description="Minutes of measuring it.")] = UNSET
    paths: Annotated[Texts, Meta(description="Globs of files that change it; all files, else.")] = (
        msgspec.field(default_factory=list)
    )
    paths_ignore: Annotated[
        Texts, Meta(description="Globs of files that do not, beside those of the whole file.")
    ] = msgspec.field(default_factory=list, name="paths-ignore")


class Caps(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """Minutes of measuring that are not exceeded, whoever asks."""

    run: Annotated[Minutes, Meta(description="For one run.")] = 60.0
    pull_request: Annotated[Minutes, Meta(description="For all runs of one pull request.")] = 240.0
    day: Annotated[Minutes, Meta(description="For all runs of one day, in UTC.")] = 1200.0


class CommandSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The right to command the bot by a comment, and what a command starts or records."""

    roles: Annotated[
        Annotated[list[Text], Meta(min_length=1)],
        Meta(description="Roles in the repository, as GitHub calls them or as you did."),
    ] = msgspec.field(default_factory=lambda: ["admin", "maintain", "write"])
    days: Annotated[
        Annotated[int, Meta(ge=1, le=730)],
        Meta(description="Days after which an accepted change alarms again."),
    ] = 90
    workflow: Annotated[
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+\.ya?ml$")],
        Meta(description="The file of `.github/workflows` that a command starts."),
    ] = "loadstone.yml"
    baseline_workflow: Annotated[
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+\.ya?ml$")],
        Meta(description="The one that `baseline` starts, which keeps what it measures."),
    ] = msgspec.field(default="loadstone-main.yml", name="baseline-workflow")


class AcceptedEntry(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """A change that is known and does not fail the gate until it expires."""

    case: Annotated[Text, Meta(description="A glob over case names.")]
    metric: Annotated[Text, Meta(description="The metric that changed.")]
    reason: Annotated[Text, Meta(description="Why it is fine.")]
    expires: Annotated[
        Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")],
        Meta(description="The last day on which it holds, as `2027-01-31`."),
    ]
    component: Annotated[Text | UnsetType, Meta(description="Of this component; any, else.")] = (
        UNSET
    )
    size: Annotated[
        Annotated[float, Meta(extra_json_schema={"x-unit": "1"})] | UnsetType,
        Meta(description="How large it is, as `8%`, beyond which it alarms again; any size, else."),
    ] = UNSET
