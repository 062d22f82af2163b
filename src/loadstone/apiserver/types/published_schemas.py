"""Published schemas: those that Kubernetes publishes for its own kinds, with their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from loadstone.apiserver.types.packaged_tables import read_packaged

TABLE = Path(__file__).with_name("schemas.json.gz")
PREFIX = "#/components/schemas/"
GROUPS = "x-kubernetes-group-version-kind"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

Schemas = Mapping[str, Any]


@lru_cache(maxsize=1)
def schemas() -> Schemas:
    """The schemas by name, read when the first client asks."""
    import gzip  # starting the server must not wait for what is read later

    found: Schemas = orjson.loads(gzip.decompress(read_packaged(TABLE)))
    return found


@lru_cache(maxsize=1)
def _names() -> Mapping[tuple[str, str, str], str]:
    return {
        (kind["group"], kind["version"], kind["kind"]): name
        for name, schema in schemas().items()
        for kind in (schema.get(GROUPS) or ())[:1]  # options are of every group
    }


def name_of(group: str, version: str, kind: str) -> str:
    """The name of the schema of a kind, "" when none is published."""
    return _names().get((group, version, kind), "")


def references(schema: Any) -> Iterator[str]:
    """The names of the schemas that one refers to."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(PREFIX)
        for value in schema.values():
            yield from references(value)
