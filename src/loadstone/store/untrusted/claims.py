"""Claims of an artifact: what its session says it measured, and its runs, by a strict schema.

Names, numbers and lists have bounds, and what the schema does not know is not kept. A claim is only
ever compared with what we know, or checked and counted; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Any, TypeVar

import msgspec

from loadstone.model import PLACES
from loadstone.store.untrusted.artifact_limits import Limits

T = TypeVar("T")
_Text = Annotated[str, msgspec.Meta(max_length=300)]
_Name = Annotated[str, msgspec.Meta(max_length=120)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
_Scalar = Annotated[str, msgspec.Meta(max_length=10_000)] | float | int | bool
_Point = Annotated[list[float], msgspec.Meta(min_length=2, max_length=2)]


class ClaimedRevision(msgspec.Struct, frozen=True):
    """A side, as the artifact says."""

    asked: _Text = ""
    commit: _Text = ""


class ClaimedShard(msgspec.Struct, frozen=True):
    """A shard, as the artifact says."""

    number: Annotated[int, msgspec.Meta(ge=1, le=999)]
    of: Annotated[int, msgspec.Meta(ge=1, le=999)]


class ClaimedPlan(msgspec.Struct, frozen=True):
    """A plan, as the artifact says: what of it is compared with ours."""

    component: _Text
    tier: _Text
    provider: _Text
    base: ClaimedRevision
    head: ClaimedRevision
    place: _Text = PLACES[0]
    seed: int = 0
    shard: ClaimedShard | None = None


class ClaimedEnvironment(msgspec.Struct, frozen=True):
    """An environment, as the artifact says: the release that measured."""

    harness: _Text = ""
    key: _Name = ""


class ClaimedSession(msgspec.Struct, frozen=True):
    """A session, as the artifact says."""

    plan: ClaimedPlan
    environment: ClaimedEnvironment
    started: _Text = ""


class ClaimedNote(msgspec.Struct, frozen=True):
    """A note of a run, as the artifact says."""

    code: _Name
    data: Annotated[dict[_Name, _Scalar], msgspec.Meta(max_length=20)] = {}
    voids: Annotated[list[_Name], msgspec.Meta(max_length=20)] = []


class ClaimedRun(msgspec.Struct, frozen=True):
    """A run, as the artifact says; its values are not read, since they follow from quantities."""

    case: _Text
    side: _Name
    round: _Count
    order: _Count
    started: _Name
    seconds: _Seconds
    design: _Name = "solo"
    lane: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    quantities: Annotated[dict[_Name, float], msgspec.Meta(max_length=2_000)] = {}
    histograms: Annotated[
        dict[_Name, Annotated[str, msgspec.Meta(max_length=100_000)]], msgspec.Meta(max_length=50)
    ] = {}
    series: Annotated[
        dict[_Name, Annotated[list[_Point], msgspec.Meta(max_length=50_000)]],
        msgspec.Meta(max_length=200),
    ] = {}
    profiles: Annotated[dict[_Name, _Text], msgspec.Meta(max_length=20)] = {}
    invalid: Annotated[list[ClaimedNote], msgspec.Meta(max_length=100)] = []
    notes: Annotated[list[ClaimedNote], msgspec.Meta(max_length=100)] = []


def session(data: bytes, limits: Limits) -> ClaimedSession | None:
    """Decode a session; None for anything that is none."""
    return _decoded(data, ClaimedSession) if len(data) <= limits.line else None


def runs(data: bytes, limits: Limits, *, most: int) -> Iterator[ClaimedRun | None]:
    """Decode the lines of a log of rounds after its first, at most `most`; None for a bad one.

    A last line that was not written to its end is none.
    """
    start = data.find(b"\n") + 1
    for _ in range(most if start else 0):
        end = data.find(b"\n", start)
        if end < 0:
            return
        line = data[start:end] if end - start <= limits.line else b""
        found = _decoded(line, ClaimedRun)
        yield found if found is not None and _finite(found) else None
        start = end + 1


def _decoded(data: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        return None


def _finite(run: ClaimedRun) -> bool:
    """Whether all numbers are; JSON has no others, and some readers of it do."""
    numbers: list[Any] = [run.seconds, *run.quantities.values()]
    numbers += [each for points in run.series.values() for point in points for each in point]
    return all(isfinite(each) for each in numbers)
