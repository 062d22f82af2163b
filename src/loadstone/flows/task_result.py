"""The result of a task of the action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model.bot import Annotation


@dataclass(frozen=True, kw_only=True)
class TaskResult:
    """The result of a task: its text for the log, and what the runner is to read.

    `summary` is Markdown that may be shown as it is; `code` is the exit code of the step.
    """

    text: str
    code: int = 0
    summary: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    annotations: Sequence[Annotation] = ()
    secrets: Sequence[str] = ()  # to be hidden in the log
