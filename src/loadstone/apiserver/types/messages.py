"""Protobuf messages of the built-in kinds: number, name and type of every field.

The table is what the Go types say of themselves (`tests/real/modules/clients/messages` prints it),
so it holds every kind of the APIs that are stable. It is read when the first client sends or asks
for protobuf: `python -m loadstone.apiserver.types.messages < table.json` packs it anew.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from loadstone.apiserver.types.packaged_tables import read_packaged

TABLE = Path(__file__).with_name("messages.json.gz")


class MessageField(msgspec.Struct, frozen=True, array_like=True):
    """A field of a message. `[]T` is a list of T, `{}T` a mapping to T.

    Without a name its own fields stand, in JSON, in the object around it. `shown` says when a zero
    says something: `*` for a pointer, `=` where JSON always has the field.
    """

    number: int
    name: str
    kind: str
    shown: str


class Messages(msgspec.Struct, frozen=True):
    """The table of messages.

    `kinds`: from `apps/v1 Deployment` to its type; `types`: from a type to its fields.
    """

    kinds: dict[str, str]
    types: dict[str, tuple[MessageField, ...]]


@lru_cache(maxsize=1)
def table() -> Messages:
    """The table, read when it is first needed."""
    return msgspec.json.decode(gzip.decompress(read_packaged(TABLE)), type=Messages)


def type_of(api_version: str, kind: str) -> str:
    """The type of a kind, "" when it has none: custom resources have no protobuf."""
    if kind in ("DeleteOptions", "Status"):  # which every group has
        api_version = "v1"
    if api_version == "meta.k8s.io/v1":
        return f"meta.v1.{kind}" if f"meta.v1.{kind}" in table().types else ""
    return table().kinds.get(f"{api_version} {kind}", "")


@lru_cache(maxsize=1024)
def by_number(name: str) -> Mapping[int, MessageField]:
    """The fields of a type by number."""
    return {field.number: field for field in table().types[name]}


@lru_cache(maxsize=1024)
def by_name(name: str) -> Mapping[str, MessageField]:
    """The fields of a type by their names in JSON, those of an inlined struct among them."""
    found: dict[str, MessageField] = {}
    for field in table().types[name]:
        if field.name:
            found[field.name] = field
        else:
            found |= by_name(field.kind)
    return found


if __name__ == "__main__":
    TABLE.write_bytes(gzip.compress(sys.stdin.buffer.read(), mtime=0))
