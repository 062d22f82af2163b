"""Settings for an event: how much is measured for a pull request, a push, a tag, ….

What an event does not say is as the component says, else as the whole file does, else as is built
in for the event.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from loadstone.formats.configuration.setting_types import (
    Alpha,
    GoalName,
    Looks,
    Minutes,
    Names,
    Text,
    Texts,
)
from loadstone.formats.fields import Spec


class EventSettings(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The amount that is measured for an event."""

    measure: Annotated[bool, Meta(description="Whether anything is measured for it.")] = True
    scenario: Annotated[
        Names | UnsetType, Meta(description="Scenarios, instead of those of the component.")
    ] = UNSET
    provider: Annotated[Text | UnsetType, Meta(description="Where the cluster comes from.")] = UNSET
    tier: Annotated[Text | UnsetType, Meta(description="How much is run.")] = UNSET
    case: Annotated[
        Text | UnsetType, Meta(description="Only the cases whose name matches this glob.")
    ] = UNSET
    goal: Annotated[
        GoalName | UnsetType,
        Meta(description="Find changes, or certify that none exceeds its margin."),
    ] = UNSET
    alpha: Annotated[
        Alpha | UnsetType,
        Meta(description="Chance that a report on two equal revisions flags anything."),
    ] = UNSET
    looks: Annotated[Looks | UnsetType, Meta(description="Rounds after which to look, rising.")] = (
        UNSET
    )
    budget: Annotated[Minutes | UnsetType, Meta(description="Minutes of measuring.")] = UNSET
    certain: Annotated[
        bool | UnsetType, Meta(description="Inconclusive is not good enough: the status fails.")
    ] = UNSET


class PullRequestSettings(EventSettings, frozen=True, kw_only=True, omit_defaults=True):
    """The amount that is measured for a pull request, and for which."""

    labels: Annotated[
        Texts, Meta(description="Only pull requests with one of these labels; all, else.")
    ] = msgspec.field(default_factory=list)
    drafts: Annotated[bool, Meta(description="Whether drafts are measured too.")] = False


class PushSettings(EventSettings, frozen=True, kw_only=True, omit_defaults=True):
    """The amount that is measured for a push to a branch, and of which."""

    branches: Annotated[
        Texts, Meta(description="Globs of branches; the default branch alone, else.")
    ] = msgspec.field(default_factory=list)
    baseline: Annotated[bool, Meta(description="Whether its record is kept as a baseline.")] = True


class TagSettings(EventSettings, frozen=True, kw_only=True, omit_defaults=True):
    """The amount that is measured for a release tag, and against what."""

    tags: Annotated[Texts, Meta(description="Globs of the tags that are releases.")] = (
        msgspec.field(default_factory=lambda: ["*"])
    )
    last: Annotated[
        Annotated[int, Meta(ge=1, le=100)],
        Meta(description="So many earlier releases, the best of which is compared with as well."),
    ] = 1
    publish: Annotated[
        bool, Meta(description="Whether the draft of a release that passes is published.")
    ] = False
    baseline: Annotated[bool, Meta(description="Whether its record is kept as a baseline.")] = True


class ScheduleSettings(EventSettings, frozen=True, kw_only=True, omit_defaults=True):
    """The amount that is measured of the default branch when the clock says so."""

    audit: Annotated[
        bool, Meta(description="Measure one revision against itself: how often that alarms.")
    ] = False
    baseline: Annotated[bool, Meta(description="Whether its record is kept as a baseline.")] = True


class Events(Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The events that are measured for, each as GitHub calls it."""

    pull_request: Annotated[
        PullRequestSettings, Meta(description="A pull request is opened, pushed to or made ready.")
    ] = PullRequestSettings()
    push: Annotated[PushSettings, Meta(description="A branch is pushed to.")] = PushSettings()
    tag: Annotated[TagSettings, Meta(description="A tag is pushed, or a release published.")] = (
        TagSettings()
    )
    schedule: Annotated[ScheduleSettings, Meta(description="The clock of the workflow.")] = (
        ScheduleSettings()
    )
    merge_group: Annotated[
        EventSettings, Meta(description="A merge queue wants to push a merge.")
    ] = EventSettings()
    comment: Annotated[
        EventSettings, Meta(description="Somebody commands it, or starts the workflow.")
    ] = EventSettings()
