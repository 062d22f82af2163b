"""Records as JSON files: strict to read, whole or absent on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.model import RECORD_VERSION, Record
from loadstone.store import files
from loadstone.store.decode import decode, field, unfit
from loadstone.store.migrations import upgrade

MOST_BYTES = 256 * 1024 * 1024  # By; a long session of 500 runs with histograms is under a tenth
_NEXT = "the record cannot be used; measure again with `loadstone run`, or take another record"


def save(record: Record, path: Path) -> None:
    """Write the record whole or not at all.

    Raises `InvalidFile` for a record that JSON cannot carry (a number that is not finite),
    `LoadstoneError` when the file cannot be written.
    """
    files.replace(path, encode(record, where=str(path)))


def load(path: Path, *, most: int = MOST_BYTES) -> Record:
    """Read a record of this or an earlier version, at most `most` bytes of it.

    Raises `InvalidFile` with all its problems, `UsageError` when there is no such file.
    """
    return parse(read(path, most=most), where=str(path))


def encode(record: Record, *, where: str) -> bytes:
    """The record as JSON, ending in a newline. Raises `InvalidFile` for what JSON cannot carry."""
    problems = [
        Problem(where=f"{where}: {field(path)}", what=what)
        for path, what in unfit(msgspec.to_builtins(record))
    ]
    if problems:
        raise InvalidFile(problems, next_step="this is a defect of the measuring; please report it")
    return msgspec.json.encode(record) + b"\n"


def read(path: Path, *, most: int) -> bytes:
    """Read the bytes of a file of ours. Raises `UsageError` or, for a huge file, `InvalidFile`."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"cannot read {path}: {reason}", next_step="`loadstone run` writes such a file"
        ) from error
    if len(data) > most:
        problem = Problem(where=str(path), what=f"larger than {most} bytes")
        raise InvalidFile([problem], next_step=_NEXT)
    return data


def record_schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of the newest record format."""
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Record)))
    schema["$defs"]["Record"]["properties"]["version"] = {"const": RECORD_VERSION}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parse(data: bytes, *, where: str) -> Record:
    """A record of this or an earlier version. Raises `InvalidFile` with all its problems."""

    def newest(document: dict[str, Any]) -> dict[str, Any]:
        try:
            return upgrade(document)
        except ValueError as error:
            problem = Problem(where=f"{where}: version", what=str(error))
            step = "install a newer Loadstone" if "newer" in str(error) else _NEXT
            raise InvalidFile([problem], next_step=step) from error

    return decode(data, Record, where=where, next_step=_NEXT, upgrade=newest)
