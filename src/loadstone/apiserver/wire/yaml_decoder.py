"""The decoder of YAML bodies, as Kubernetes reads them: with Go's types, on the way to JSON.

A key may be anything that is no list, mapping or null, and becomes the text that Go writes for it:
`on: x` has the key `true`, `0x10: x` the key `16`. Dates are texts, and of several documents the
first one counts.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Hashable
from typing import Any

import yaml

_PREFIX = "tag:yaml.org,2002:"
_TRUE = re.compile(r"y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE")
_FALSE = re.compile(r"n|N|no|No|NO|off|Off|OFF|false|False|FALSE")
_NULL = re.compile(r"~|null|Null|NULL|")
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[1-9][0-9_]*|0)")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


class UnsupportedKey(yaml.YAMLError):
    """The error of a key that no JSON object can have."""


class GoYamlLoader(yaml.SafeLoader):
    """SafeLoader with Go's scalars."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012


def load(body: bytes) -> Any:
    """The first document in a body; raises `yaml.YAMLError`, RecursionError for one too deep."""
    loader: Any = GoYamlLoader(body)
    try:
        return loader.get_data() if loader.check_data() else None
    finally:
        loader.dispose()


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    return {
        text(loader.construct_object(key, deep=True), inner): loader.construct_object(
            inner, deep=True
        )
        for key, inner in node.value
    }


def text(key: Hashable, value: Any = "") -> str:
    """A key as JSON has it; raises `UnsupportedKey`."""
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return str(key)
    if isinstance(key, float):
        return number(key)
    shown = f'"{value.value}"' if isinstance(value, yaml.ScalarNode) else "an object"
    kind = "%!s(<nil>)" if key is None else type(key).__name__
    raise UnsupportedKey(f"unsupported map key of type: {kind}, key: <nil>, value: {shown}")


def number(value: float) -> str:
    """A number as JSON has it."""
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    if math.isnan(value):
        return ".nan"
    return str(int(value)) if value == int(value) and abs(value) < 1e21 else repr(value)


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:  # noqa: ARG001
    plain = node.value.replace("_", "")
    sign = -1 if plain.startswith("-") else 1
    digits = plain.lstrip("+-")
    if digits[:2] in ("0x", "0b", "0o"):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if digits.startswith("0") and len(digits) > 1 else 10)


def _float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:  # noqa: ARG001
    return float(node.value.replace("_", "").replace(".inf", "inf").replace(".nan", "nan").lower())


def _binary(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:  # noqa: ARG001
    try:
        return base64.b64decode(node.value).decode()
    except ValueError as error:
        raise yaml.YAMLError(f"!!binary value contains invalid base64 data: {error}") from None


def _boolean(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:  # noqa: ARG001
    return _TRUE.fullmatch(node.value) is not None


def _text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:  # noqa: ARG001
    return str(node.value)


def _register() -> None:
    bools = re.compile(f"{_TRUE.pattern}|{_FALSE.pattern}")
    resolved = {"null": _NULL, "int": _INTEGER, "float": _FLOAT, "bool": bools}
    for name, pattern in (*resolved.items(), ("merge", re.compile("<<"))):
        _resolve(name, pattern)
    built: dict[str, Any] = {"map": _mapping, "int": _integer, "float": _float, "bool": _boolean}
    for name, build in {**built, "binary": _binary, "timestamp": _text}.items():
        GoYamlLoader.add_constructor(f"{_PREFIX}{name}", build)


def _resolve(name: str, pattern: re.Pattern[str]) -> None:
    whole = re.compile(f"(?:{pattern.pattern})$")
    GoYamlLoader.add_implicit_resolver(f"{_PREFIX}{name}", whole, None)


_register()
