"""The JSON schema of the configuration, for editors, and the tables that a reader gets of it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import fields

from loadstone.formats import units
from loadstone.formats.configuration.config import Config
from loadstone.formats.configuration.eks_settings import EksSettings
from loadstone.formats.configuration.event_settings import (
    Events,
    EventSettings,
    PullRequestSettings,
    PushSettings,
    ScheduleSettings,
    TagSettings,
)
from loadstone.formats.configuration.kind_settings import (
    KindConfig,
    KindNetworks,
    KindSettings,
)
from loadstone.formats.configuration.load_settings import LoadSettings
from loadstone.formats.configuration.prometheus_settings import PrometheusSettings
from loadstone.formats.configuration.rules import (
    AcceptedEntry,
    Caps,
    CommandSettings,
    ComponentSettings,
)
from loadstone.formats.configuration.setting_types import MINUTES

if TYPE_CHECKING:
    from loadstone.formats.schema import Schema

# The sections below the top, as a reader meets them; what every event has is told once.
_PARTS: Mapping[str, tuple[type[msgspec.Struct], type[msgspec.Struct] | None]] = {
    "component": (ComponentSettings, None),
    "eks": (EksSettings, None),
    "kind": (KindSettings, None),
    "kind.config": (KindConfig, None),
    "kind.config.networking": (KindNetworks, None),
    "load": (LoadSettings, None),
    "prometheus_access": (PrometheusSettings, None),
    "events": (Events, None),
    "events.*": (EventSettings, None),
    "events.pull_request": (PullRequestSettings, EventSettings),
    "events.push": (PushSettings, EventSettings),
    "events.tag": (TagSettings, EventSettings),
    "events.schedule": (ScheduleSettings, EventSettings),
    "minutes": (Caps, None),
    "commands": (CommandSettings, None),
    "accepted": (AcceptedEntry, None),
}


def schema() -> Schema:
    """The JSON schema of `loadstone.yaml`, for editors."""
    from loadstone.formats.schema import for_editors

    made = for_editors(Config, "A Loadstone configuration")
    made["$defs"]["Config"]["description"] = inspect.cleandoc(Config.__doc__ or "")
    for body in made["$defs"].values():
        properties = body["properties"]
        for name, about in properties.items():
            properties[name] = _described(_or_text(about))
            if "$ref" in about:  # a section's own settings say what is built in
                properties[name].pop("default", None)
    return made


def sections() -> dict[str, list[tuple[str, str, str]]]:
    """The settings of each section below the top, by its path: name, what is built in, meaning."""
    found = schema()["$defs"]
    told = {}
    for path, (kind, base) in _PARTS.items():
        known = found[kind.__name__]["properties"]
        before = set(found[base.__name__]["properties"]) if base else set()
        told[path] = [
            (name, _built_in(kind, name), about["description"])
            for name, about in known.items()
            if name not in before
        ]
    return told


def _built_in(kind: type[msgspec.Struct], name: str) -> str:
    """What holds where a setting is not said, as a file would write it; a dash for nothing."""
    field = next(each for each in fields(kind) if each.encode_name == name)
    made = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else None
    value = field.default if made is None else made
    if value in (msgspec.NODEFAULT, msgspec.UNSET) or isinstance(value, msgspec.Struct):
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list | dict) and not value:
        return "–"
    if isinstance(value, dict):
        return f"`{', '.join(f'{name}: {each}' for name, each in value.items())}`"
    if isinstance(value, list):
        return f"`[{', '.join(value)}]`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _or_text(about: dict[str, Any]) -> dict[str, Any]:
    """Minutes may be a text with a unit of time as well."""
    if MINUTES not in about:
        return about
    number = {key: value for key, value in about.items() if key not in (MINUTES, "description")}
    default = {"default": number.pop("default")} if "default" in number else {}
    text = {"type": "string", "pattern": units.pattern("s")}
    return {"anyOf": [number, text], "description": about["description"], **default}


def _described(about: dict[str, Any]) -> dict[str, Any]:
    """With its description on top, where a reader and an editor look for it."""
    if "description" in about:
        return about
    if "anyOf" in about and "description" in about["anyOf"][0]:
        return {**about, "description": about["anyOf"][0].pop("description")}
    return about
