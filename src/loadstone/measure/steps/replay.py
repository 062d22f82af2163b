"""The step `replay`: recorded changes are sent again, by threads that share them out by object."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from loadstone import formats
from loadstone.errors import UsageError
from loadstone.formats import recording
from loadstone.formats.recording import RecordedChange
from loadstone.measure.api_client import MERGE_PATCH, ApiRequestFailed
from loadstone.measure.load.histogram import Counts, summary
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note

_EXAMPLES = 3  # errors that a note has


def replay(scene: Scene, step: formats.ChangeReplay) -> Outcome:
    """Send the changes of a recording when they are due. Gives `replay.*`.

    Raises `InvalidFile` for a file that is no recording, `StepFailed` when all changes are refused,
    `UsageError` in a cluster of others.
    """
    scene.objects.refuse_foreign("`do: replay` changes objects")
    changes = recording.read(_text(Path(step.file)), step.file)
    shared: dict[int, list[RecordedChange]] = defaultdict(list)
    for each in changes:
        shared[crc32(each.path.encode()) % step.connections].append(each)
    sender = _ChangeSender(scene.objects, {each.root for each in changes})
    begun = time.monotonic()
    first = changes[0].seconds
    players = [
        _ReplayClient(sender, each, begun=begun, first=first, speed=float(step.speed))
        for each in shared.values()
    ]
    for player in players:
        player.start()
    try:
        while any(player.is_alive() for player in players):
            scene.wait_until(time.monotonic() + 0.05)
    finally:
        for player in players:
            player.over.set()
        for player in players:
            player.join()
    return _outcome(players, time.monotonic() - begun)


class _ChangeSender:
    """A sender of recorded changes; what has a status of its own gets that by a second request."""

    def __init__(self, objects: ObjectClient, roots: set[str]) -> None:
        self._objects = objects
        self._served = {root: objects.resources(root) for root in roots}

    def send(self, each: RecordedChange) -> None:
        """Send a change. Raises `ApiRequestFailed`."""
        if each.method == "delete":
            self._objects.send("DELETE", each.path)
            return
        template = dict(each.template or {})
        apart = f"{each.resource.resource}/status" in self._served[each.root]
        status = template.pop("status", None) if apart else None
        if each.method == "create":
            self._objects.send("POST", each.collection, template)
        elif template:
            self._patch(each.path, template)
        if status:
            self._patch(f"{each.path}/status", {"status": status})

    def _patch(self, path: str, body: Mapping[str, Any]) -> None:
        self._objects.send("PATCH", path, body, content_type=MERGE_PATCH)


class _ReplayClient(threading.Thread):
    """A client that sends changes one after another, none before it is due."""

    def __init__(
        self,
        sender: _ChangeSender,
        changes: Sequence[RecordedChange],
        *,
        begun: float,
        first: float,
        speed: float,
    ) -> None:
        super().__init__(name="replay", daemon=True)
        self._sender, self._changes = sender, changes
        self._begun, self._first, self._speed = begun, first, speed
        self.over = threading.Event()
        self.took, self.late = Counts(), Counts()
        self.sent = 0
        self.errors: list[str] = []
        self.broke: BaseException | None = None

    def run(self) -> None:
        try:
            for each in self._changes:
                due = self._begun + (each.seconds - self._first) / self._speed
                if self.over.wait(max(0.0, due - time.monotonic())):
                    return
                self._send(each, due)
        except BaseException as error:
            self.broke = error

    def _send(self, each: RecordedChange, due: float) -> None:
        self.sent += 1
        self.late.add(max(time.monotonic() - due, 0.0))
        try:
            self._sender.send(each)
        except ApiRequestFailed as error:
            self.errors.append(error.message)
        else:
            self.took.add(time.monotonic() - due)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the recording {path}: {error}",
            next_step="record one: loadstone record --help",
        ) from error


def _outcome(players: Sequence[_ReplayClient], seconds: float) -> Outcome:
    for player in players:
        if player.broke is not None:
            raise player.broke
    took, late = _together([each.took for each in players]), _together([p.late for p in players])
    errors = [said for player in players for said in player.errors]
    sent = sum(player.sent for player in players)
    if len(errors) == sent:
        raise StepFailed(Note.of("api-errors", message=errors[0]))
    encoded, lateness = took.encode(), summary(late.encode())
    shown = "; ".join(errors[:_EXAMPLES])
    return Outcome(
        quantities={
            **{f"replay.{name}": value for name, value in summary(encoded).items()},
            "replay.count": sent,
            "replay.errors": len(errors),
            "replay.seconds": seconds,
            "replay.late_p99": lateness["p99"],
        },
        histograms={"replay": encoded},
        notes=[Note.of("wrong-answer-examples", said=shown)] if shown else [],
    )


def _together(parts: Sequence[Counts]) -> Counts:
    found = Counts()
    for part in parts:
        for microsecond, count in part.by_microsecond.items():
            found.by_microsecond[microsecond] += count
    return found
