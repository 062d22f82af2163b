"""The runner's side of a step: which run this is, what happened, and where to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from loadstone.errors import InvalidFile, Problem

EVENT_LIMIT = 25 * 1024 * 1024  # By; GitHub sends no larger one
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_NEEDED = ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_EVENT_NAME", "GITHUB_WORKSPACE")
_STEP = "run this as a step of a GitHub workflow, where the runner sets them"
Announce = Callable[[Mapping[str, str]], None]


def _unheard(_outputs: Mapping[str, str]) -> None:
    """Where no runner listens."""


@dataclass(frozen=True, kw_only=True)
class RunnerContext:
    """The run that a step belongs to. `event`: the payload as GitHub sent it, unchecked.

    `announce` tells the runner outputs at once, for a step that may be killed before its end.
    """

    repository: str  # owner/name
    run: int
    attempt: int
    job: str
    runner: str  # the name of the machine's runner: it does one job at a time
    event_name: str
    event: Mapping[str, Any] = field(repr=False)
    sha: str
    ref: str
    workspace: Path
    temporary: Path
    api_url: str
    server_url: str
    announce: Announce = field(default=_unheard, repr=False)

    @property
    def url(self) -> str:
        """The page of this run."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run}"


def run_label(run: int | str, attempt: int | str) -> str:
    """What names an attempt of a run wherever something of it may be left."""
    return f"{run}-{attempt}"


def context(environment: Mapping[str, str]) -> RunnerContext:
    """Read the environment that the runner gives, and the event's file.

    Raises `InvalidFile` with everything that is missing or wrong.
    """
    if problems := list(_problems(environment)):
        raise InvalidFile(problems, next_step=_STEP)
    said = environment.get
    return RunnerContext(
        repository=environment["GITHUB_REPOSITORY"],
        run=int(environment["GITHUB_RUN_ID"]),
        attempt=int(said("GITHUB_RUN_ATTEMPT") or 1),
        job=said("GITHUB_JOB", ""),
        runner=said("RUNNER_NAME", ""),
        event_name=environment["GITHUB_EVENT_NAME"],
        event=_event(said("GITHUB_EVENT_PATH", "")),
        sha=said("GITHUB_SHA", ""),
        ref=said("GITHUB_REF", ""),
        workspace=Path(environment["GITHUB_WORKSPACE"]),
        temporary=Path(said("RUNNER_TEMP") or "/tmp"),  # noqa: S108  (where there is no runner)
        api_url=said("GITHUB_API_URL") or "https://api.github.com",
        server_url=said("GITHUB_SERVER_URL") or "https://github.com",
    )


def _problems(environment: Mapping[str, str]) -> Iterator[Problem]:
    for name in _NEEDED:
        if not environment.get(name):
            yield Problem(where=name, what="is not set")
    for name in ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"):
        value = environment.get(name, "")
        if value and not (value.isascii() and value.isdecimal()):
            yield Problem(where=name, what=f"`{value}` is no number")
    repository = environment.get("GITHUB_REPOSITORY", "")
    if repository and not _REPOSITORY.fullmatch(repository):
        yield Problem(where="GITHUB_REPOSITORY", what=f"`{repository}` is not owner/name")


def _event(name: str) -> Mapping[str, Any]:
    if not name:
        return {}
    path = Path(name)
    try:
        if path.stat().st_size > EVENT_LIMIT:
            raise _unreadable(name, f"has more than {EVENT_LIMIT} bytes")
        event = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise _unreadable(name, f"cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(name, f"is no JSON: {error}") from error
    if not isinstance(event, dict):
        raise _unreadable(name, "holds no object")
    return event


def _unreadable(name: str, what: str) -> InvalidFile:
    return InvalidFile([Problem(where=f"GITHUB_EVENT_PATH {name}", what=what)], next_step=_STEP)


def files_of(environment: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    """The files of outputs and of the summary, which the runner reads; None where it has none."""
    output, summary = (environment.get(name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"))
    return Path(output) if output else None, Path(summary) if summary else None
