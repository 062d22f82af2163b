"""Writes `schemas.json.gz`: the schemas of the built-in kinds, with their words, as published.

`python -m loadstone.apiserver.types.make_schemas MODULE` reads them out of the Go module
`k8s.io/kubernetes`, which `go mod download -json k8s.io/kubernetes@v1.36.3` fetches into the folder
that it names `Dir`. They are what `kubectl explain` shows; the server reads the file when the first
client asks.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from loadstone.apiserver.types import kinds
from loadstone.apiserver.types.make_types import Schemas, published
from loadstone.apiserver.types.published_schemas import GROUPS, TABLE, references

_ALSO = ("DeleteOptions", "Status", "Eviction", "Scale")  # of subresources and of answers


def main(module: str) -> None:
    """Write the table anew from the sources of a version of Kubernetes."""
    packed = orjson.dumps(table(published(Path(module))), option=orjson.OPT_SORT_KEYS)
    TABLE.write_bytes(gzip.compress(packed, 9, mtime=0))


def table(schemas: Schemas) -> dict[str, Any]:
    """The schemas of what is served, and those that they refer to."""
    served = {(kind.group, kind.version, kind.kind) for kind in kinds.kinds()}
    left = [name for name, schema in schemas.items() if _is_wanted(name, schema, served)]
    found: dict[str, Any] = {}
    while left:
        name = left.pop()
        if name not in found:
            found[name] = schemas[name]
            left += references(schemas[name])
    return found


def _is_wanted(name: str, schema: Mapping[str, Any], served: set[tuple[str, str, str]]) -> bool:
    groups = [
        tuple(kind[word] for word in ("group", "version", "kind"))
        for kind in schema.get(GROUPS, ())
    ]
    return bool(served.intersection(groups)) or name.rpartition(".")[2] in _ALSO


if __name__ == "__main__":
    main(*sys.argv[1:])
