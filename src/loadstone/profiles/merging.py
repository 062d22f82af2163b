"""Profiles of one program joined into one, sample by sample, with their lines and files. Pure.

A run whose length nobody knows beforehand is profiled piece by piece; so its CPU profile is as long
as it was.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import DecodeError

from loadstone.formats import gzipped
from loadstone.profiles import wire
from loadstone.profiles.pprof import LARGEST, NotAProfile

_REPEATED = ("sample", "mapping", "location", "function")


def merged(parts: Sequence[bytes]) -> bytes:
    """The parts as one profile, gzipped; a single part, or parts that do not fit, stay the first.

    They fit where their sample types are the same. What is no profile stays what it is, so that
    whoever reads it says so.
    """
    if len(parts) < 2:
        return parts[0] if parts else b""
    try:
        messages = [_message(part) for part in parts]
        if len({_types(each) for each in messages}) > 1:
            return parts[0]
        return gzip.compress(bytes(_joined(messages).SerializeToString()), mtime=0)
    except (NotAProfile, IndexError, ValueError):
        return parts[0]


def _message(data: bytes) -> Any:
    message = wire.Profile()
    try:
        plain = gzipped.unpacked(data, LARGEST) if data.startswith(gzipped.MAGIC) else data
        message.ParseFromString(plain)
    except (gzipped.DamagedGzip, DecodeError) as error:
        raise NotAProfile(str(error)) from error
    return message


def _types(message: Any) -> tuple[tuple[bytes, bytes], ...]:
    table = message.string_table
    return tuple((table[each.type], table[each.unit]) for each in message.sample_type)


def _joined(messages: Sequence[Any]) -> Any:
    whole = wire.Profile()
    whole.CopyFrom(messages[0])
    strings = {text: at for at, text in enumerate(whole.string_table)}
    for message in messages[1:]:
        places = [strings.setdefault(text, len(strings)) for text in message.string_table]
        first = {name: _highest(getattr(whole, name)) for name in _REPEATED[1:]}
        for function in message.function:
            added = whole.function.add()
            added.CopyFrom(function)
            added.id += first["function"]
            added.name, added.system_name = places[function.name], places[function.system_name]
            added.filename = places[function.filename]
        for mapping in message.mapping:
            added = whole.mapping.add()
            added.CopyFrom(mapping)
            added.id += first["mapping"]
            added.filename, added.build_id = places[mapping.filename], places[mapping.build_id]
        for location in message.location:
            added = whole.location.add()
            added.CopyFrom(location)
            added.id += first["location"]
            added.mapping_id += first["mapping"] if location.mapping_id else 0
            for line in added.line:
                line.function_id += first["function"] if line.function_id else 0
        for sample in message.sample:
            whole.sample.add(
                location_id=[at + first["location"] for at in sample.location_id],
                value=list(sample.value),
            )
        whole.duration_nanos += message.duration_nanos
    del whole.string_table[:]
    whole.string_table.extend(strings)
    return whole


def _highest(messages: Any) -> int:
    return max((each.id for each in messages), default=0)
