"""A recorder of changes to a cluster: a watch of each kind, written down as it happens."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec
import urllib3

from loadstone.cluster.cluster_api import api_root
from loadstone.errors import ClusterFailed, UsageError
from loadstone.formats.merge_patch import difference
from loadstone.formats.recording import RecordedChange, change, line
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model import ApiAccess
from loadstone.system.api_pool import ApiPool

AGENT = "loadstone-record"
# What a server gives an object, and another server would give anew; owners by their uid, too.
_GIVEN = (
    *("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"),
    *("deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences"),
)
_WATCH = 300  # s that one watch is asked to last
_PATIENCE = urllib3.Timeout(connect=10.0, read=_WATCH + 30.0)  # a watch may be silent that long
_PIECE = 65_536  # By


@dataclass(frozen=True, kw_only=True)
class RecordedKind:
    """A kind that is recorded."""

    group: str
    version: str
    plural: str

    @property
    def path(self) -> str:
        return f"{api_root(self.group, self.version)}/{self.plural}"

    @property
    def name(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


@dataclass(kw_only=True)
class RecorderResult:
    """The result of a recorder: changes by method and kind, and why it ended early, or ""."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    size: int = 0  # By
    ended: str = ""


def record(
    access: ApiAccess, kinds: Sequence[str], *, seconds: float, out: Path, most: int
) -> RecorderResult:
    """Write the changes of `kinds` to `out` for so long, `most` bytes of them at most.

    What is there as it begins is written first, as created at 0 s. Raises `UsageError` for a kind
    that the server lacks, `ClusterFailed` when it stops answering.
    """
    pool = ApiPool(access, agent=AGENT, connections=len(kinds) + 1, timeout=_PATIENCE)
    try:
        found = [_kind(pool, name) for name in kinds]
        with out.open("wb") as file:
            recorder = _ChangeRecorder(pool, file, most)
            listed = [(kind, recorder.existing(kind)) for kind in found]
            recorder.begin()
            threads = [
                threading.Thread(target=recorder.follow, args=each, daemon=True) for each in listed
            ]
            for thread in threads:
                thread.start()
            recorder.over.wait(seconds)
            recorder.over.set()
            with recorder.lock:
                return recorder.recording
    finally:
        pool.close()


class _ChangeRecorder:
    """The recorder of several kinds, which share a file."""

    def __init__(self, pool: ApiPool, file: IO[bytes], most: int) -> None:
        self._pool, self._file, self._most = pool, file, most
        self._known: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self._begun = time.monotonic()
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.recording = RecorderResult()

    def begin(self) -> None:
        """The clock starts now."""
        self._begun = time.monotonic()

    def existing(self, kind: RecordedKind) -> str:
        """Write down what is there; the revision that it is of."""
        listed = _asked(self._pool, kind.path)
        for item in listed.get("items") or ():
            self._write(kind, "ADDED", item, 0.0)
        return str(listed["metadata"]["resourceVersion"])

    def follow(self, kind: RecordedKind, revision: str) -> None:
        """Write down what changes, until it is over."""
        try:
            while not self.over.is_set():
                revision = self._watch(kind, revision)
        except (ClusterFailed, urllib3.exceptions.HTTPError, msgspec.DecodeError) as error:
            if not self.over.is_set():  # else its connection was closed, and the result is read
                self._end(f"the watch of {kind.name} broke: {error}")

    def _watch(self, kind: RecordedKind, revision: str) -> str:
        """One watch, to its end; the revision that it came to."""
        query = f"watch=1&allowWatchBookmarks=true&timeoutSeconds={_WATCH}"
        path = f"{kind.path}?{query}&resourceVersion={revision}"
        answer = self._pool.request("GET", path, preload=False)
        try:
            if answer.status != 200:
                raise ClusterFailed(f"it was answered with {answer.status}")
            for text in _lines(answer):
                if self.over.is_set():
                    break
                event = msgspec.json.decode(text)
                if event["type"] == "ERROR":
                    raise ClusterFailed(str(event["object"].get("message", "it ended")))
                revision = str(event["object"]["metadata"]["resourceVersion"])
                if event["type"] != "BOOKMARK":
                    self._write(kind, event["type"], event["object"], self._now())
        finally:
            answer.close()
        return revision

    def _now(self) -> float:
        return time.monotonic() - self._begun

    def _write(
        self, kind: RecordedKind, event: str, item: Mapping[str, Any], seconds: float
    ) -> None:
        with self.lock:
            made = self._change(kind, event, item, seconds)
            if made is None or self.over.is_set():
                return
            text = line(made)
            if self.recording.size + len(text) > self._most:
                self._end(f"it has {self._most} bytes, and may have no more")
                return
            self._file.write(text)
            self.recording.size += len(text)
            self.recording.counts[made.method, kind.name] += 1

    def _change(
        self, kind: RecordedKind, event: str, item: Mapping[str, Any], seconds: float
    ) -> RecordedChange | None:
        """The change that an event is; None where nothing of it would be sent again."""
        metadata = item["metadata"]
        key = (kind.name, metadata.get("namespace", ""), metadata["name"])
        of: dict[str, Any] = {"group": kind.group, "version": kind.version, "plural": kind.plural}
        if event == "DELETED":
            self._known.pop(key, None)
            return change("delete", **of, metadata=metadata, seconds=seconds)
        now, before = plain(item, kind), self._known.get(key)
        self._known[key] = now
        if before is None:
            return change("create", **of, metadata=metadata, seconds=seconds, template=now)
        patch = difference(before, now)
        if not patch:
            return None
        return change("patch", **of, metadata=metadata, seconds=seconds, template=patch)

    def _end(self, why: str) -> None:
        self.recording.ended = self.recording.ended or why
        self.over.set()


def plain(item: Mapping[str, Any], kind: RecordedKind) -> dict[str, Any]:
    """An object without what its server gave it."""
    kept = {name: value for name, value in item["metadata"].items() if name not in _GIVEN}
    version = f"{kind.group}/{kind.version}" if kind.group else kind.version
    return {"apiVersion": version, **item, "metadata": kept}


def _kind(pool: ApiPool, name: str) -> RecordedKind:
    """The kind of a name as kubectl takes it: `pods`, or `leases.coordination.k8s.io`."""
    plural, _, group = name.partition(".")
    version = "v1"
    if group:
        groups = _asked(pool, "/apis").get("groups") or ()
        known = {each["name"]: each["preferredVersion"]["version"] for each in groups}
        if group not in known:
            raise UsageError(
                f"the cluster has no group {group}",
                next_step=did_you_mean(group, known) or "`kubectl api-resources` lists them",
            )
        version = known[group]
    listed = _asked(pool, api_root(group, version))
    names = [each["name"] for each in listed.get("resources") or ()]
    if plural not in names:
        raise UsageError(
            f"the cluster has no {name}",
            next_step=did_you_mean(plural, names) or "`kubectl api-resources` lists them",
        )
    return RecordedKind(group=group, version=version, plural=plural)


def _asked(pool: ApiPool, path: str) -> dict[str, Any]:
    try:
        answer = pool.request("GET", path)
    except urllib3.exceptions.HTTPError as error:
        raise ClusterFailed(f"no answer to GET {path}: {error}") from error
    if answer.status != 200:
        said = answer.data[:200].decode(errors="replace")
        raise ClusterFailed(f"GET {path} was answered with {answer.status}: {said}")
    found: dict[str, Any] = msgspec.json.decode(answer.data)
    return found


def _lines(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    rest = b""
    for piece in answer.stream(_PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (each for each in lines if each)
