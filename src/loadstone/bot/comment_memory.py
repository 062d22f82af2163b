"""The memory of the comment: its sections as data of its marker, and back.

The jobs of the bot share nothing but what GitHub keeps. What the comment says now is in the comment
itself, beside the words, so that the next job can go on from there. Only our own comment is read;
data that cannot be decoded are forgotten, as if there were no comment yet.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import msgspec
from msgspec import convert

from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    CommentSection,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SkippedState,
    SupersededState,
    VerdictState,
)

FIELD = "sections"  # of the marker
_MOST = 20_000  # characters; a section has some hundred
_KINDS: Mapping[str, type[SectionState]] = {
    "queued": QueuedState,
    "running": RunningState,
    "verdict": VerdictState,
    "bisected": BisectedState,
    "skipped": SkippedState,
    "failed": FailedState,
    "cancelled": CancelledState,
    "outdated": OutdatedState,
    "superseded": SupersededState,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def remember(sections: Sequence[CommentSection]) -> dict[str, str]:
    """The sections as data of a marker: letters, digits, `-` and `_` alone."""
    plain = [{**msgspec.to_builtins(each), "state": _plain(each.state)} for each in sections]
    packed = base64.urlsafe_b64encode(msgspec.json.encode(plain)).decode()
    return {FIELD: packed.rstrip("=")}


def recall(data: Mapping[str, str]) -> list[CommentSection]:
    """The sections that a marker remembers; none where they cannot be read."""
    packed = data.get(FIELD, "")
    try:
        if len(packed) > _MOST:
            return []
        text = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(text or b"[]", type=list[dict[str, Any]])
        return [_section(each) for each in found]
    except (ValueError, KeyError, TypeError, binascii.Error, msgspec.MsgspecError, RecursionError):
        return []


def _plain(state: SectionState) -> dict[str, Any]:
    said = {each.name: getattr(state, each.name) for each in fields(state)}
    if isinstance(state, OutdatedState | SupersededState) and state.said is not None:
        said["said"] = _plain(state.said)
    return {"kind": _NAMES[type(state)], **msgspec.to_builtins(said)}


def _section(plain: dict[str, Any]) -> CommentSection:
    return CommentSection(
        component=convert(plain["component"], str),
        state=_state(plain["state"]),
        run=convert(plain["run"], int),
        attempt=convert(plain["attempt"], int),
        alarmed=convert(plain["alarmed"], bool),
    )


def _state(plain: dict[str, Any]) -> SectionState:
    if plain["kind"] not in ("outdated", "superseded"):
        return convert(plain, _KINDS[plain["kind"]])
    inner = plain.get("said")
    said = None if inner is None else _state(inner)
    if isinstance(said, QueuedState | RunningState | OutdatedState | SupersededState):
        raise TypeError("nothing was said yet")
    sha = convert(plain["sha"], str)
    if plain["kind"] == "outdated":
        return OutdatedState(sha=sha, newer=convert(plain["newer"], str), said=said)
    return SupersededState(sha=sha, run=convert(plain["run"], int), said=said)
