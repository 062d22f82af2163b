"""Blobs as files of a data branch, a commit for each write, without a checkout.

A write is a compare-and-swap on the tip of the branch: a commit on top of what was read, which is
refused when somebody else was quicker, and made anew. So no history is written over, and of any
number of writers one gets on every time.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from loadstone.errors import InvalidFile, LoadstoneError, Problem, UsageError
from loadstone.store.backoff import pause
from loadstone.store.blobs.fast_import import stream
from loadstone.store.blobs.protocol import Blob
from loadstone.store.blobs.remote_branch import Unreached
from loadstone.store.blobs.trees import Tree, entries, refuse_overlap
from loadstone.store.names import is_safe
from loadstone.system.git import words
from loadstone.system.processes import CommandFailed

MARK = ".loadstone"
_MARK_TEXT = b"""records 1
Loadstone keeps records of measurements on this branch, and nobody else writes it.
"""
_MOST_NAMES = 100_000
_PATIENCE = 300.0  # s; with a server that is not reached

Changes = Mapping[str, bytes | None]  # what files hold now; None for those that go


class Tip(Protocol):
    """The tip of a branch, here or in a remote: its newest commit, and how it is moved."""

    branch: str

    def newest(self) -> str | None: ...

    def read(self, *arguments: str) -> bytes: ...

    def fetch(self, objects: Sequence[str]) -> None: ...

    def advance(self, stream: bytes) -> str | None: ...

    def holds(self, commit: str) -> bool: ...


class Branch:
    """Blobs as files of a branch. `tip` is found when it is first needed."""

    def __init__(
        self,
        shown: str,
        tip: Callable[[], Tip],
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE,
    ) -> None:
        self._shown = shown
        self._open = tip
        self._opened: Tip | None = None
        self._sleep, self._clock, self._patience = sleep, clock, patience
        self._tree: Tree | None = None
        self._lock = threading.RLock()

    def __str__(self) -> str:
        return self._shown

    def names(self, prefix: str = "") -> Mapping[str, int | None]:
        """The names of plain files; their sizes are not known before they are fetched."""
        files = self._look().files
        return {
            name: None
            for name, entry in files.items()
            if name.startswith(prefix) and entry.is_plain and is_safe(name)
        }

    def read(self, name: str, *, most: int, fresh: bool = True) -> Blob | None:
        """The content of a file of the branch."""
        seen = None if fresh or self._tree is None else self._tree.files.get(name)
        entry = seen or self._look().files.get(name)
        if entry is None:
            return None
        where = self.place(name)
        if not entry.is_plain:
            raise UsageError(
                f"{where} is {entry.kind}, and is not read",
                next_step="remove it from the branch",
            )
        return Blob(data=self._bytes(entry.object, where, most=most), version=entry.object)

    def expect(self, names: Iterable[str]) -> None:
        """Fetch files of the tree that was seen last."""
        with self._lock:
            files = (self._tree or self._look()).files
            self._tip.fetch([files[name].object for name in names if name in files])

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Commit a file, if its version is still `expected`."""

        def changes(tree: Tree) -> Changes | None:
            there = tree.files.get(name)
            if (there.object if there else None) != expected:
                return None
            refuse_overlap(tree, name)
            return {name: data}

        tree = self._settle(changes, f"Keep {name}")
        return tree.files[name].object if tree else None

    def remove(self, names: Iterable[str]) -> None:
        """Remove files in one commit; the history keeps them."""
        wanted = list(names)

        def changes(tree: Tree) -> Changes | None:
            return {name: None for name in wanted if name in tree.files} or None

        self._settle(changes, f"Remove {len(wanted)} files")

    def place(self, name: str) -> str:
        """The store, and the path in it."""
        return f"{self._shown}:{name}"

    @property
    def _tip(self) -> Tip:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _look(self) -> Tree:
        """The tree of the branch as it is now."""
        with self._lock:
            commit = self._tip.newest()
            if self._tree is None or self._tree.commit != commit:
                self._tree = self._listed(commit)
            return self._tree

    def _listed(self, commit: str | None) -> Tree:
        if commit is None:
            return Tree()
        listing = self._tip.read("ls-tree", "-r", "-z", "--full-tree", commit)
        files = dict(entries(listing))
        if files and MARK not in files:
            raise UsageError(
                f"{self._shown} is no branch of records: it holds other files",
                next_step="name a branch that is not there yet, for records alone",
            )
        if len(files) > _MOST_NAMES:
            raise UsageError(
                f"{self._shown} holds more than {_MOST_NAMES} files",
                next_step="`loadstone baseline prune` removes old records",
            )
        return Tree(commit=commit, files=files)

    def _bytes(self, name: str, where: str, *, most: int) -> bytes:
        with self._lock:
            try:
                if int(self._tip.read("cat-file", "-s", name)) > most:
                    problem = Problem(where=where, what=f"larger than {most} bytes")
                    raise InvalidFile([problem], next_step="remove it from the branch")
                return self._tip.read("cat-file", "blob", name)
            except CommandFailed as error:
                raise LoadstoneError(
                    f"Git does not read {where}: {words(error)}", next_step="try again"
                ) from error

    def _settle(self, changes: Callable[[Tree], Changes | None], subject: str) -> Tree | None:
        """Commit what `changes` makes of the branch as it is, as often as it takes.

        The tree after that; None where there was nothing to change.
        """
        began, sent = self._clock(), ""  # a commit of which nobody knows whether it arrived
        seen = self._tree  # good enough to try with: what is out of date is refused
        for losses in itertools.count():
            tried = self._clock()
            with self._lock:
                try:
                    if sent and self._tip.holds(sent):
                        return self._look()
                    tree = seen or self._look()
                    wanted = changes(tree)
                    if wanted is None:
                        return None
                    commit = self._tip.advance(self._commit(tree, wanted, subject))
                    if commit:
                        self._tree = self._listed(commit)
                        return self._tree
                    sent = ""
                except Unreached as error:
                    sent = error.commit or sent
                    if self._clock() - began > self._patience:
                        raise
            seen = None
            self._sleep(pause(losses, self._clock() - tried, random.Random()))
        raise AssertionError  # counting never ends

    def _commit(self, tree: Tree, wanted: Changes, subject: str) -> bytes:
        mark: Changes = {} if MARK in tree.files else {MARK: _MARK_TEXT}
        changes = {**mark, **wanted}
        name = self._tip.branch
        return stream(name, tree.commit, changes, subject=subject, mark=uuid.uuid4().hex)
