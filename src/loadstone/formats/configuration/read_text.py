"""Reading of the configuration: its places, its text, and all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

from loadstone.errors import InvalidFile, Problem
from loadstone.formats import units
from loadstone.formats.configuration import (
    eks_settings,
    kind_settings,
    load_settings,
    prometheus_settings,
)
from loadstone.formats.configuration.config import Config
from loadstone.formats.configuration.setting_types import MINUTES, several
from loadstone.formats.yaml_text import Document, Path

PLACES = (".github/loadstone.yaml", "loadstone.yaml")

# What a setting may be, by its name: a table, or a function from the scenarios that are named
# beside it to one, empty where that is not known.
Known = Collection[str] | Callable[[list[str]], Collection[str]]
Names = Mapping[str, Known]
NO_NAMES: Names = MappingProxyType({})

_SECONDS = 60.0  # of a minute


def the_one(present: Iterable[str]) -> str:
    """The place of the configuration among the files that are there; "" where it is at neither.

    Raises `InvalidFile` that names both, where it is at both: nobody could tell which one counts.
    """
    there = set(present)
    both = [place for place in PLACES if place in there]
    if len(both) > 1:
        hint = f"keep all of it in {both[0]}, and remove the other"
        raise InvalidFile(
            [Problem(where=" and ".join(both), what="there are two configurations", hint=hint)]
        )
    return both[0] if both else ""


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


def _says_something(line: str) -> bool:
    return line.partition("#")[0].strip() not in ("", "---", "...")


def _prepared(document: Document, *, names: Names) -> Iterator[Problem]:
    """Problems that no schema finds, so that they are said beside all the rest."""
    if isinstance(document.data, dict):
        yield from _minutes(document)
        for path, section in _sections(document.data):
            yield from _looks(document, path, section)
            yield from _unknown(document, path, section, names)
        yield from _twice(document)
        yield from _dates(document)
        yield from eks_settings.problems(document)
        yield from kind_settings.problems(document)
        yield from load_settings.problems(document)
        yield from prometheus_settings.problems(document)


def _sections(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The parts that say what is measured: the whole file, its components, and its events."""
    yield (), data
    components = data.get("component")
    for index, each in enumerate(components if isinstance(components, list) else ()):
        if isinstance(each, dict):
            yield ("component", index), each
    events = data.get("events")
    for name, each in (events if isinstance(events, dict) else {}).items():
        if isinstance(each, dict):
            yield ("events", name), each


def _minutes(document: Document) -> Iterator[Problem]:
    """Turn times with a unit into minutes, which the flag takes, in place."""
    from loadstone.formats.schema import leaves, strict_schema
    from loadstone.formats.schema_problems import look

    schema = strict_schema(Config)
    for path, _ in list(leaves(schema, document.data, schema, mark=MINUTES)):
        if not isinstance(text := look(document.data, path), str):
            continue
        quantity = units.parse(text)
        found = quantity is not None and quantity.unit == "s"
        minutes = quantity.value / _SECONDS if quantity is not None and found else 1
        look(document.data, path[:-1])[path[-1]] = minutes
        if not found:
            hint = f"minutes, or a number with {', '.join(units.suffixes('s'))}"
            where = document.where(path)
            yield Problem(where=where, what=f"`{text}` is no such amount", hint=hint)


def _looks(document: Document, path: Path, section: dict[str, Any]) -> Iterator[Problem]:
    looks = section.get("looks")
    if not isinstance(looks, list) or any(type(look) is not int for look in looks):
        return
    if looks != sorted(set(looks)):
        where = document.where((*path, "looks"))
        yield Problem(where=where, what="the rounds have to rise", hint="such as [4, 6, 8]")


def _unknown(
    document: Document, path: Path, section: dict[str, Any], names: Names
) -> Iterator[Problem]:
    from loadstone.formats.schema_problems import did_you_mean

    scenarios = _scenarios(section) or _scenarios(document.data)
    for key, known in names.items():
        value = section.get(key)
        if not isinstance(value, str) or not value:
            continue
        table = known(scenarios) if callable(known) else known
        if table and value not in table:
            what = f"there is no {key} named `{value}`"
            where = document.where((*path, key))
            yield Problem(where=where, what=what, hint=did_you_mean(value, table))


def _scenarios(section: dict[str, Any]) -> list[str]:
    said = section.get("scenario")
    if not isinstance(said, str | list):
        return []
    return [name for name in several(said) if isinstance(name, str)]


def _twice(document: Document) -> Iterator[Problem]:
    """Two entries of one component would have one section and one status between them."""
    components = document.data.get("component")
    seen: set[str] = set()
    for index, each in enumerate(components if isinstance(components, list) else ()):
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str):
            continue
        label = label_of(name)
        if label in seen:
            where = document.where(("component", index, "name"))
            hint = "give one entry all its scenarios, or rename a file"
            yield Problem(where=where, what=f"the component `{label}` is there twice", hint=hint)
        seen.add(label)


def label_of(component: str) -> str:
    """The short name of a component that may be a file: `perf/proxy.yaml` is `proxy`."""
    name = component.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem and suffix in ("yaml", "yml") else name


def _dates(document: Document) -> Iterator[Problem]:
    accepted = document.data.get("accepted")
    for index, each in enumerate(accepted if isinstance(accepted, list) else ()):
        said = each.get("expires") if isinstance(each, dict) else None
        try:
            known = isinstance(said, str) and len(said) == len("2027-01-31")
            date.fromisoformat(said if known and isinstance(said, str) else "2027-01-31")
        except ValueError:
            where = document.where(("accepted", index, "expires"))
            yield Problem(where=where, what=f"`{said}` is no day", hint="such as 2027-01-31")
