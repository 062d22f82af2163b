"""Duplicate keys in request bodies, which JSON and YAML decoders take without a word.

The last one counts, as with every decoder. A client that asks for strictness is refused, others are
warned, in the words of the real server: of JSON `duplicate field "spec.paused"`, of YAML
`line 5: key "paused" already set in map`.

Warning is the default, so every write is looked at. A body as long as what it says, written without
spaces, repeats nothing, for a repeated key would be missing in what is written again; that holds
for what Go clients send and costs microseconds. Other bodies are read once more by the slow decoder
that tells.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from loadstone.apiserver.machinery import media_types
from loadstone.apiserver.machinery.calls import Call

_YAML = ("application/yaml", media_types.APPLY)


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A key that is there again: its path (of JSON), and what is said of it."""

    path: str = ""
    said: str


def found(call: Call) -> list[Duplicate]:
    """The duplicates in the body of a call; none for a body that cannot be read."""
    media = call.content_type.partition(";")[0].strip()
    if _is_compact(call.body) or "protobuf" in media:
        return []
    if media in _YAML:
        return _of_yaml(call.body)
    of_patch = "json patch " if media == media_types.JSON else ""
    return [
        Duplicate(path=path, said=f'{of_patch}duplicate field "{path}"')
        for path in _of_json(call.body)
    ]


def in_one(duplicates: list[Duplicate]) -> list[str]:
    """What is said of duplicates in an error: YAML's are one text."""
    lines = [each.said for each in duplicates if not each.path]
    together = ["yaml: unmarshal errors:" + "".join(f"\n  {line}" for line in lines)]
    return [*(together if lines else []), *(each.said for each in duplicates if each.path)]


def _is_compact(body: bytes) -> bool:
    """Whether a body is JSON as long as what it says, so that nothing in it is said twice.

    That is how Go clients write it, and much faster than to look for duplicates.
    """
    try:
        return len(orjson.dumps(orjson.loads(body))) == len(body.rstrip()) if body else True
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def order(call: Call) -> list[str]:
    """What could be said of the fields of a JSON body, in the order in which they are read."""
    try:
        pairs = json.loads(call.body, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    return list(_met(pairs, ""))


class _Pairs(list[tuple[str, Any]]):
    """The keys and values of a JSON object, as written."""


def _met(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            deeper = f"{path}.{key}" if path else key
            if key in seen:
                yield f'duplicate field "{deeper}"'
            else:
                yield f'unknown field "{deeper}"'
            seen.add(key)
            yield from _met(inner, deeper)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _met(item, f"{path}[{index}]")


class _ObjectWithDuplicates(dict[str, Any]):
    """A JSON object of which some keys came twice."""

    twice: frozenset[str]


def _of_json(body: bytes) -> list[str]:
    repeating: list[_ObjectWithDuplicates] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        item = dict(pairs)
        if len(item) == len(pairs):
            return item
        again = _ObjectWithDuplicates(item)
        times = Counter(key for key, _ in pairs)
        again.twice = frozenset(key for key, count in times.items() if count > 1)
        repeating.append(again)
        return again

    try:
        document = json.loads(body, object_pairs_hook=made)
        return list(_paths(document, "")) if repeating else []
    except (ValueError, RecursionError):
        return []


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        twice = value.twice if isinstance(value, _ObjectWithDuplicates) else ()
        for key, inner in value.items():
            deeper = f"{path}.{key}" if path else key
            if key in twice:
                yield deeper
            yield from _paths(inner, deeper)


def _of_yaml(body: bytes) -> list[Duplicate]:
    import yaml  # clients send YAML rarely

    from loadstone.apiserver.wire import yaml_decoder

    try:
        loader = yaml_decoder.GoYamlLoader(body)
        return list(_lines(loader, loader.get_node())) if loader.check_node() else []
    except (yaml.YAMLError, RecursionError, UnicodeError, TypeError):
        return []


def _lines(loader: Any, node: Any) -> Iterator[Duplicate]:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _lines(loader, item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, inner in node.value:
            found = loader.construct_object(key)
            name = (type(found), found)  # to Go, 1 and "1" are two keys, and so are 1 and true
            if name in seen:
                said = orjson.dumps(found).decode()
                line = key.start_mark.line + 1
                yield Duplicate(said=f"line {line}: key {said} already set in map")
            seen.add(name)
            yield from _lines(loader, inner)
