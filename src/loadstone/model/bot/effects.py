"""Effects: what the bot wants done, as one union; deciding on them and doing them are apart.

A performer that forgets a kind is a type error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from loadstone.model.accepted import AcceptedChange


class Reaction(StrEnum):
    """The answer to a command, on the comment that gave it."""

    EYES = "eyes"  # read, and under way
    ROCKET = "rocket"  # done, or started
    CONFUSED = "confused"  # refused; the reply says why


class StatusState(StrEnum):
    """The state of a commit status."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class UpsertComment:
    """Make or edit the one comment of a key. `data` goes into its marker; `body` is below that."""

    number: int
    key: str
    body: str
    data: Mapping[str, str] = field(default_factory=dict)
    create: bool = True  # False: edit it where there is one, else do nothing


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A comment of its own, as an answer to a command."""

    number: int
    body: str


@dataclass(frozen=True, kw_only=True)
class React:
    """A reaction on a comment."""

    comment: int
    content: Reaction


@dataclass(frozen=True, kw_only=True)
class SetStatus:
    """A commit status; its description has at most 140 characters."""

    sha: str
    context: str
    state: StatusState
    description: str
    target_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Start a workflow file (`loadstone.yml`) on a ref that is trusted, with inputs."""

    workflow: str
    ref: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CancelRun:
    """Cancel a workflow run."""

    run: int


@dataclass(frozen=True, kw_only=True)
class SaveBaseline:
    """Keep the record of an output directory in a store, as what a commit of a ref measured."""

    store: str  # as `loadstone.store` takes it: `directory:baselines`, `git:…`
    component: str
    directory: str
    sha: str
    ref: str


@dataclass(frozen=True, kw_only=True)
class AcceptChange:
    """Put an acknowledged change among those that are stored."""

    store: str
    change: AcceptedChange


@dataclass(frozen=True, kw_only=True)
class ReleaseSection:
    """Put a section into the notes of a release, in place of an earlier one of its key."""

    tag: str
    key: str
    body: str


@dataclass(frozen=True, kw_only=True)
class ReleaseAsset:
    """Attach a file to a release."""

    tag: str
    name: str
    path: str
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class SetOutputs:
    """The outputs of the action's step."""

    outputs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AddSummary:
    """A part of the job's summary, in Markdown."""

    body: str


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A message beside a line of a file: `level` is notice, warning or error."""

    level: str
    path: str
    line: int
    title: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Annotate:
    """Messages beside lines, the most important first: the platform shows few."""

    annotations: Sequence[Annotation]


BotEffect = (
    UpsertComment
    | Reply
    | React
    | SetStatus
    | Dispatch
    | CancelRun
    | SaveBaseline
    | AcceptChange
    | ReleaseSection
    | ReleaseAsset
    | SetOutputs
    | AddSummary
    | Annotate
)
