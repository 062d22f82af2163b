"""Writers that all begin at once, as processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from loadstone.model import Record
from loadstone.store.blobs import address
from loadstone.store.blobs.branch import Branch
from loadstone.store.blobs.bucket import Bucket, client
from loadstone.store.blobs.folder import Folder
from loadstone.store.blobs.protocol import Blobs
from loadstone.store.blobs.tips import find
from loadstone.store.documents import BlobDocuments
from loadstone.store.record_store import RecordStore
from tests.store import made

COUNT, NOTE = "minutes/today.txt", "noise.json"
_PATIENCE = 1500.0  # s
Opens = Callable[[], Blobs]


def record(number: int) -> Record:
    """The record of one writer: all are of one series and one second."""
    return made.record(runs=[made.run(0, seconds=float(number))])


def folder(place: str) -> Blobs:
    """A folder, opened by a process."""
    return Folder(Path(place))


def branch(place: str, where: str) -> Blobs:
    """A branch, opened by a process."""
    return Branch(where, partial(find, address.branch(where), Path(place)))


def bucket(place: str, settings: Mapping[str, str]) -> Blobs:
    """A bucket, opened by a process."""
    os.environ.update(settings)
    return Bucket(address.bucket(place), client)


def keep(number: int, opens: Opens, start: Barrier) -> None:
    """Keep a record."""
    store, kept = RecordStore(opens()), record(number)
    start.wait(_PATIENCE)
    store.save(kept)


def add(number: int, opens: Opens, start: Barrier) -> None:
    """Add a line to a note, and one to a document."""
    store, documents = RecordStore(opens()), BlobDocuments(opens())
    series = store.series(record(number))
    start.wait(_PATIENCE)
    store.update_note(series, NOTE, lambda before: (before or b"") + b"%d\n" % number)
    documents.update(COUNT, lambda before: b"%d" % (int(before or b"0") + 1))


def at_once(
    many: int, write: Callable[[int, Opens, Barrier], None], opens: Opens
) -> Sequence[int | None]:
    """Let so many processes write, and return the exit code of each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.writers"])
    start = context.Barrier(many)
    processes = [
        context.Process(target=write, args=(number, opens, start), daemon=True)
        for number in range(many)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_PATIENCE)
    return [process.exitcode for process in processes]
