"""The configuration file: `loadstone.yaml`, what a repository asks for every time.

A flag wins over the file, and the file over what is built in. The types here are the format: the
schema that editors use and the table of `docs/reference/configuration.md` are made from them.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from loadstone import formats
from loadstone.errors import Problem
from loadstone.formats import units

if TYPE_CHECKING:
    from loadstone.formats.schema import Schema
    from loadstone.formats.yaml_text import Document

_SECONDS = 60.0  # of a minute

Names = Mapping[str, Collection[str]]  # by setting
NO_NAMES: Names = MappingProxyType({})

Text = Annotated[str, Meta(min_length=1)]


class Config(formats.Spec, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of a repository, asked for every time; a flag of the same name wins.

    Paths are relative to where the command runs; `~` is the home directory.
    """

    scenario: Annotated[
        Text | Annotated[list[Text], Meta(min_length=1)] | UnsetType,
        Meta(description="A scenario, a family of them, or a file; or a list of these."),
    ] = UNSET
    component: Annotated[Text | UnsetType, Meta(description="A component, or its file.")] = UNSET
    base: Annotated[Text | UnsetType, Meta(description="The revision to compare against.")] = UNSET
    head: Annotated[Text | UnsetType, Meta(description="The revision under test.")] = UNSET
    provider: Annotated[Text | UnsetType, Meta(description="Where the cluster comes from.")] = UNSET
    tier: Annotated[
        Text | UnsetType, Meta(description="How much is run: quick, pr or release.")
    ] = UNSET
    case: Annotated[
        Text | UnsetType, Meta(description="Only the cases whose name matches this glob.")
    ] = UNSET
    seed: Annotated[int | UnsetType, Meta(description="Of the random order of runs.")] = UNSET
    alpha: Annotated[
        Annotated[float, Meta(gt=0, le=0.5, extra_json_schema={"x-unit": "1"})] | UnsetType,
        Meta(description="Chance that a report on two equal revisions flags anything."),
    ] = UNSET
    goal: Annotated[
        Literal["detect", "certify"] | UnsetType,
        Meta(description="Find changes, or certify that none exceeds its margin."),
    ] = UNSET
    looks: Annotated[
        Annotated[list[Annotated[int, Meta(ge=2)]], Meta(min_length=1)] | UnsetType,
        Meta(description="Rounds after which to look, rising."),
    ] = UNSET
    budget: Annotated[
        Annotated[float, Meta(gt=0)] | UnsetType,
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
    scenarios: Annotated[
        list[Text],
        Meta(description="Folders that are searched for scenarios before the shipped ones."),
    ] = msgspec.field(default_factory=list)
    components: Annotated[
        list[Text],
        Meta(description="Folders that are searched for components before the shipped ones."),
    ] = msgspec.field(default_factory=list)
    baselines: Annotated[Text, Meta(description="Where records of earlier days are kept.")] = (
        "baselines"
    )
    cache: Annotated[
        str,
        Meta(description="Where programs of resolved revisions are kept; the user's cache, else."),
    ] = ""

    def flags(self) -> dict[str, Any]:
        """The settings that stand for flags and arguments, by the names that commands give them.

        A command of one scenario (`scenario`) is only told when there is one.
        """
        said = {name: getattr(self, name) for name in ASKED}
        known = {name: value for name, value in said.items() if value is not UNSET}
        scenario = known.pop("scenario", [])
        several = [scenario] if isinstance(scenario, str) else scenario
        if several:
            known["scenarios"] = several
        if len(several) == 1:
            known["scenario"] = several[0]
        if "case" in known:
            known["cases"] = known.pop("case")
        if "looks" in known:
            known["looks"] = ",".join(map(str, known["looks"]))
        if "out" in known:
            known["saved"] = known["out"]  # what `run` wrote is what the others read
        return known


# The settings that stand for a flag; the others say where things are.
ASKED = tuple(
    name
    for name, default in zip(Config.__struct_fields__, Config.__struct_defaults__, strict=True)
    if default is UNSET
)


def parse(text: str, filename: str, *, names: Names = NO_NAMES) -> Config:
    """Parse the configuration in a YAML text. Raises `InvalidFile` with all its problems.

    A file without a setting, as one of comments alone, leaves everything as it is. `names`: what a
    setting may be where there is a table of it.
    """
    from loadstone.formats.decode import decode  # checks schemas: heavy to import

    if not any(_says_something(line) for line in text.splitlines()):
        return Config()
    return decode(
        text, filename, Config, checks=lambda *_: (), prepare=partial(_prepared, names=names)
    )


def schema() -> Schema:
    """The JSON schema of `loadstone.yaml`, for editors."""
    from loadstone.formats.schema import for_editors

    made = for_editors(Config, "A Loadstone configuration")
    body = made["$defs"]["Config"]
    body["description"] = inspect.cleandoc(Config.__doc__ or "")
    known = body["properties"]
    text = {"type": "string", "pattern": units.pattern("s")}
    known["budget"] = {"anyOf": [known["budget"], text]}
    for about in (about for about in known.values() if "description" not in about):
        about["description"] = about["anyOf"][0].pop("description")
    return made


def _says_something(line: str) -> bool:
    return line.partition("#")[0].strip() not in ("", "---", "...")


def _prepared(document: Document, *, names: Names) -> Iterator[Problem]:
    """Problems that no schema finds, so that they are said beside all the rest."""
    if isinstance(document.data, dict):
        yield from _minutes(document)
        yield from _looks(document)
        yield from _unknown(document, names)


def _minutes(document: Document) -> Iterator[Problem]:
    """Turn a budget with a unit into minutes, which the flag takes, in place."""
    data = document.data
    if not isinstance(text := data.get("budget"), str):
        return
    quantity = units.parse(text)
    if quantity is not None and quantity.unit == "s":
        data["budget"] = quantity.value / _SECONDS
        return
    data["budget"] = 1
    hint = f"minutes, or a number with {', '.join(units.suffixes('s'))}"
    where = document.where(("budget",))
    yield Problem(where=where, what=f"`{text}` is no such amount", hint=hint)


def _looks(document: Document) -> Iterator[Problem]:
    looks = document.data.get("looks")
    numbers = isinstance(looks, list) and all(type(look) is int for look in looks)
    if numbers and looks != sorted(set(looks)):
        where = document.where(("looks",))
        yield Problem(where=where, what="the rounds have to rise", hint="such as [4, 6, 8]")


def _unknown(document: Document, names: Names) -> Iterator[Problem]:
    from loadstone.formats.schema_problems import did_you_mean

    for key, known in names.items():
        value = document.data.get(key)
        if isinstance(value, str) and value and value not in known:
            hint = did_you_mean(value, known)
            what = f"there is no {key} named `{value}`"
            yield Problem(where=document.where((key,)), what=what, hint=hint)
