"""The log of rounds: a line of JSON per run, on disk as soon as the run has ended.

The first line names the plan, so that `--resume` cannot mix two. A crash can tear the last line
only; a torn line is dropped, with a note, and cut off before the next run is appended.

Any other broken line is an error, never skipped: a file that was damaged elsewhere is not trusted.
There is a digest for each part of the plan, so that a refused `--resume` names what differs. A
database would give more than is needed and could not be read with `less`.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from loadstone.errors import InvalidFile, Problem, UsageError
from loadstone.model import Design, Plan, Run, Side
from loadstone.model.plan import PROCESSES
from loadstone.store import files
from loadstone.store.decode import decode, field, unfit
from loadstone.store.migrations import own_words
from loadstone.store.records import MOST_BYTES, read

_NEXT = "mend or remove the line, or measure anew into another directory with `--out`"
_CHUNK = 65536  # By read at a time when looking for the end of the last whole line
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Header:
    """The first line of a log: its format, and a digest of every part of its plan."""

    log: Literal["loadstone rounds"] = "loadstone rounds"
    version: Literal[1] = 1
    plan: Mapping[str, str]


class RoundLog:
    """A log of the runs of one session, in the order in which they ended.

    `note` is told in words about a torn last line; by default it is logged as a warning.
    """

    def __init__(self, path: Path, *, note: Callable[[str], object] = _LOGGER.warning) -> None:
        self.path = path
        self._note = note

    @classmethod
    def create(cls, path: Path, plan: Plan, **seams: Any) -> RoundLog:
        """Begin a log. Raises `UsageError` where there is one already: runs are never lost."""
        try:
            files.create(path, msgspec.json.encode(Header(plan=fingerprint(plan))) + b"\n")
        except FileExistsError as error:
            raise UsageError(
                f"{path} holds the runs of an earlier session",
                next_step="go on with it by `--resume`, or choose another directory with `--out`",
            ) from error
        return cls(path, **seams)

    @classmethod
    def resume(cls, path: Path, plan: Plan, **seams: Any) -> RoundLog:
        """Go on with a log of the same plan. Raises `UsageError` for another plan's."""
        log = cls(path, **seams)
        differing = log.differs(plan)
        if differing:
            raise UsageError(
                f"{path} belongs to another plan: {', '.join(differing)} differ"
                + ("s" if len(differing) == 1 else ""),
                next_step="resume with the arguments it was begun with, or choose another "
                "directory with `--out`" + _more(path.parent, differing),
            )
        return log

    def retitle(self, plan: Plan) -> None:
        """Make this the log of another plan, all runs kept. Raises what `read` raises."""
        self._header()
        whole, _ = _split(read(self.path, most=MOST_BYTES))
        head = msgspec.json.encode(Header(plan=fingerprint(plan)))
        files.replace(self.path, b"".join(line + b"\n" for line in [head, *whole[1:]]))

    def differs(self, plan: Plan) -> list[str]:
        """The parts of the plan in which it is not this log's (`head`, `cases`, …)."""
        mine, theirs = self._header().plan, fingerprint(plan)
        return sorted(part for part in mine.keys() | theirs if mine.get(part) != theirs.get(part))

    def read(self) -> list[Run]:
        """All runs. Raises `InvalidFile` with every problem of every line but a torn last one.

        Of a mixed pair that a crash has parted, the half that is there is left out: it will be
        measured again.
        """
        self._header()
        whole, torn = _split(read(self.path, most=MOST_BYTES))
        if torn:
            self._note(
                f"{self.path}: the last line is torn ({len(torn)} bytes, a crash while writing); "
                "that run is dropped and will be measured again"
            )
        return whole_pairs(self._decode(whole[1:]))

    def append(self, run: Run) -> None:
        """Add a run; when this returns, it is on disk.

        Raises `LoadstoneError` when it cannot be written (the log then still holds what it held),
        `InvalidFile` for a run that JSON cannot carry.
        """
        line = self._encode(run)
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND)
        except OSError as error:
            raise files.unwritable(self.path, error) from error
        try:
            self._extend(descriptor, line)
        finally:
            os.close(descriptor)

    def _extend(self, descriptor: int, line: bytes) -> None:
        end = _end_of_last_line(descriptor)
        try:
            if end < os.fstat(descriptor).st_size:
                os.ftruncate(descriptor, end)
            files.write_all(descriptor, line)
        except OSError as error:
            with contextlib.suppress(OSError):  # a torn line is cut off by the next append, too
                os.ftruncate(descriptor, end)
            raise files.unwritable(self.path, error) from error

    def _encode(self, run: Run) -> bytes:
        problems = [
            Problem(where=f"{run.case}, {run.side}, round {run.round}: {field(path)}", what=what)
            for path, what in unfit(msgspec.to_builtins(run))
        ]
        if problems:
            raise InvalidFile(problems, next_step="this is a defect of a probe; please report it")
        return msgspec.json.encode(run) + b"\n"

    def _decode(self, lines: list[bytes]) -> list[Run]:
        runs: list[Run] = []
        problems: list[Problem] = []
        for number, line in enumerate(lines, start=2):
            try:
                where = f"{self.path}:{number}"
                runs.append(decode(line, Run, where=where, next_step=_NEXT, upgrade=own_words))
            except InvalidFile as error:
                problems.extend(error.problems)
        if problems:
            raise InvalidFile(problems, next_step=_NEXT)
        return runs

    def _header(self) -> Header:
        first, newline, _ = read(self.path, most=MOST_BYTES).partition(b"\n")
        where = f"{self.path}:1"
        step = "this is no log of rounds that this version reads; choose another with `--out`"
        if not newline:
            problem = Problem(where=where, what="expected the header of a log of rounds")
            raise InvalidFile([problem], next_step=step)
        return decode(first, Header, where=where, next_step=step)


def whole_pairs(runs: Sequence[Run]) -> list[Run]:
    """The runs without halves of mixed pairs. The two of a pair began at the same moment."""
    there = Counter((run.case, run.round, run.started, run.design) for run in runs)
    return [
        run
        for run in runs
        if run.design is not Design.MIXED
        or there[run.case, run.round, run.started, run.design] >= len(Side)
    ]


def fingerprint(plan: Plan) -> dict[str, str]:
    """A digest of every part of a plan that decides what is measured.

    Left out is what may change between two starts of the same session: when the plan was made, in
    which words its cases were asked for, the expected duration, where a program with a known digest
    lies, what it is built from, what Git says of its commits, and how long to go on.
    """
    document = msgspec.to_builtins(plan)
    for name in ("created", "scenarios", "asked", "selected", "config", "commits"):
        del document[name]
    for name in ("search", "shard", "processes"):  # as in logs from before there were any
        if not document[name]:
            del document[name]
    if document["place"] == PROCESSES:  # as in logs from before there was another
        del document["place"]
    for side in ("base", "head"):
        document[side] = _deciding(document[side])
    for case in document["cases"]:
        del case["estimate"]
        del case["because"]
        if case["design"] == Design.SOLO:  # as in logs from before there were mixed pairs
            del case["design"], case["solo"]
        case["notes"] = [_as_before(note) for note in case["notes"]]
    for name in ("budget", "certain"):
        del document["policy"][name]
    return {part: _digest(value) for part, value in document.items()}


def _deciding(revision: dict[str, Any]) -> dict[str, Any]:
    """What of a revision decides what is measured."""
    told = {"ref", "subject", "notes", "go"}
    if revision["digest"]:
        told.add("executable")
    told |= {
        name for name in ("origin", "others", "definitions") if not revision[name]
    }  # logs of before have none
    if revision["definitions"]:  # the name in the cache, wherever a machine has that
        revision["definitions"] = "/".join(Path(revision["definitions"]).parts[-3:])
    return {name: value for name, value in revision.items() if name not in told}


def _as_before(note: dict[str, Any]) -> dict[str, Any]:
    """A note with words of its own as the log that it came with knows it."""
    if set(note["data"]) != {"text"}:
        return note
    return {"code": note["code"], "text": note["data"]["text"], "voids": note["voids"]}


def _more(directory: Path, differing: list[str]) -> str:
    """Whoever asks for other looks alone probably wants more rounds of what is there."""
    wanted = differing == ["policy"]
    return f"; `loadstone more {directory}` adds rounds to a finished run" if wanted else ""


def _digest(value: Any) -> str:
    data = msgspec.json.encode(value, order="deterministic")
    return hashlib.sha256(data).hexdigest()[:16]


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """The lines that were written to their end, and what came after them."""
    *whole, torn = data.split(b"\n")
    return whole, torn


def _end_of_last_line(descriptor: int) -> int:
    """The offset behind the last newline: where a torn line begins, else the size of the file."""
    for offset in _backwards(os.fstat(descriptor).st_size):
        found = os.pread(descriptor, _CHUNK, offset).rfind(b"\n")
        if found >= 0:
            return offset + found + 1
    return 0


def _backwards(size: int) -> Iterator[int]:
    while size > 0:
        size = max(0, size - _CHUNK)
        yield size
