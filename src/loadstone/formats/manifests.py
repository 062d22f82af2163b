"""Manifests: objects of Kubernetes from the text of a file, as kubectl reads it. Pure.

A text of several documents gives the objects of all of them, and of each list among them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import yaml

from loadstone.errors import InvalidFile, Problem
from loadstone.formats.schema_problems import did_you_mean

Manifest = dict[str, Any]

MAX_CHARACTERS = 1 << 24  # definitions of kinds are long: those of the Gateway API have a million
_NAME = re.compile(r"(?<!\$)\$\{([a-z][a-z0-9_]*)\}")
_TIME = "tag:yaml.org,2002:timestamp"
_INTEGER = "tag:yaml.org,2002:int"
_SIXTIES = re.compile(r".*[0-9]:[0-5]?[0-9].*")


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 as Kubernetes reads it: `0644` is octal and `on` is true, no text is a time."""


# Kubernetes takes neither for what YAML 1.1 says that it is.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIME]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _whole_number(loader: _Loader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    return text if _SIXTIES.fullmatch(text) else loader.construct_yaml_int(node)


_Loader.add_constructor(_INTEGER, _whole_number)


def parse(text: str, filename: str, *, names: Collection[str] = ()) -> list[Manifest]:
    """The objects of a text. Raises `InvalidFile` with all that is wrong.

    `names`: the placeholders that will be replaced; none: it is rendered already, and not looked
    through for them.
    """
    if len(text) > MAX_CHARACTERS:
        what = f"has {len(text)} characters"
        raise InvalidFile([Problem(where=filename, what=what, hint=f"at most {MAX_CHARACTERS}")])
    problems = list(_unknown(text, filename, names)) if names else []
    found: list[Manifest] = []
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                continue
            where = f"{filename}:{node.start_mark.line + 1}:1"
            data = loader.construct_document(node)
            for item in _items(data):
                found.append(item)
                problems += _faults(item, where)
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax(error, text, filename))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problems.append(Problem(where=filename, what=f"is no YAML: {error}"))
    finally:
        loader.dispose()
    if problems:
        raise InvalidFile(problems)
    return found


def faults(item: Any) -> str:
    """The lack of plain data to be an object of Kubernetes, in words; "" for none."""
    if not isinstance(item, dict):
        return "this is no object of Kubernetes"
    lacking = [key for key in ("apiVersion", "kind") if not isinstance(item.get(key), str)]
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        lacking.append("metadata.name")
    return f"the object has no {', '.join(lacking)}" if lacking else ""


def _items(data: Any) -> Sequence[Any]:
    if data is None:
        return ()
    if isinstance(data, dict) and str(data.get("kind", "")).endswith("List") and "items" in data:
        items = data["items"] or ()
        return items if isinstance(items, list) else (items,)
    return (data,)


def _faults(item: Any, where: str) -> Iterator[Problem]:
    if what := faults(item):
        yield Problem(where=where, what=what)


def _unknown(text: str, filename: str, names: Collection[str]) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        for found in () if line.lstrip().startswith("#") else _NAME.finditer(line):
            if found[1] not in names:
                where = f"{filename}:{number}:{found.start() + 1}"
                hint = did_you_mean(found[1], names) or "`$${` stands for `${`"
                yield Problem(where=where, what=f"`${{{found[1]}}}` has no value", hint=hint)


def _syntax(error: yaml.MarkedYAMLError, text: str, filename: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"{filename}:{mark.line + 1}:{mark.column + 1}" if mark else filename
    line = text.splitlines()[mark.line : mark.line + 1] if mark else []
    hint = "between { and }, `${…}` needs quotes around it" if "${" in "".join(line) else ""
    return Problem(where=where, what=f"is no YAML: {error.problem}", hint=hint)
