"""Tables of the built-in types: the fields of each, and how they merge, as published.

`types.json` and `merging.json` are written by `make_types` and read when they are first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.types.packaged_tables import read_packaged

TABLE = Path(__file__).with_name("types.json")
MERGING = Path(__file__).with_name("merging.json")


def name_of(version: str, kind: str) -> str:
    """The name of a kind's type: the one that the official clients use."""
    return _NAMED_BY_GROUP.get(kind, f"{version.capitalize()}{kind}")


_NAMED_BY_GROUP = {"Event": "CoreV1Event"}


@lru_cache(maxsize=1)
def types(path: Path = TABLE) -> Mapping[str, Mapping[str, str]]:
    """Type → field → type, read when it is first needed."""
    found: Mapping[str, Mapping[str, str]] = orjson.loads(read_packaged(path))
    return found


_OWN_NAMES = {  # where two APIs have a kind of one name
    ("events.k8s.io", "Event"): "EventsV1Event",
    ("resource.k8s.io", "ResourceClaim"): "ResourceV1ResourceClaim",
}


@lru_cache(maxsize=1)
def merging(path: Path = MERGING) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Type → field → what it says of merging, read when it is first needed."""
    found: Mapping[str, Mapping[str, Mapping[str, Any]]] = orjson.loads(read_packaged(path))
    return found


def type_name(resource: Resource) -> str:
    """The name of the type of a resource."""
    own = _OWN_NAMES.get((resource.group, resource.kind))
    return own or name_of(resource.version, resource.kind)
