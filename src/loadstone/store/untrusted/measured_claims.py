"""Claims of a measuring job about its components, read as hostile."""

from __future__ import annotations

from typing import Annotated

import msgspec

from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.claims import ClaimedNote, ClaimedSession, session
from loadstone.store.untrusted.contents_read import ArtifactFiles
from loadstone.store.untrusted.entry_names import MEASURED

_MOST = 100_000  # By
_Minutes = Annotated[float, msgspec.Meta(ge=0, le=10_000)]
_Label = Annotated[str, msgspec.Meta(max_length=120)]


class ClaimedComponent(msgspec.Struct, frozen=True):
    """A component, as the job says: measured within `budget` (s), or why not."""

    minutes: _Minutes = 0.0
    budget: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None = None
    skip: ClaimedNote | None = None
    failed: Annotated[str, msgspec.Meta(max_length=300)] = ""


class ClaimedJob(msgspec.Struct, frozen=True):
    """A job, as it says: the pull request and base it knew of, and its components by folder."""

    number: Annotated[int, msgspec.Meta(ge=0, le=999_999_999)] = 0
    base: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{40})?$")] = ""
    components: Annotated[dict[_Label, ClaimedComponent], msgspec.Meta(max_length=100)] = {}


def measuring(artifact: ArtifactFiles) -> ClaimedJob:
    """The claims of an artifact; none where they cannot be read."""
    data = artifact.files.get(MEASURED, b"")
    try:
        return msgspec.json.decode(data[: _MOST + 1], type=ClaimedJob)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        return ClaimedJob()


def begun(artifact: ArtifactFiles, limits: Limits | None = None) -> ClaimedSession | None:
    """The session of an opened folder, as it says; None for none."""
    data = artifact.files.get("session.json")
    return session(data, limits or Limits()) if data is not None else None
