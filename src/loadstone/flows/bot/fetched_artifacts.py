"""Artifacts of a measuring run, brought here to be read as hostile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.action.runner import run_label
from loadstone.bot.broken_runs import refused, without_result
from loadstone.bot.news import FailureNews
from loadstone.errors import ArtifactExpired, ArtifactRefused
from loadstone.github.artifacts import ArtifactEntry, artifacts_of, download
from loadstone.github.client import Client
from loadstone.model.bot import WorkflowRunEvent
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.measured_claims import (
    ClaimedComponent,
    ClaimedJob,
    measuring,
)
from loadstone.store.untrusted.opened_artifact import opened

ENDED = ("success", "failure")  # conclusions of a run that may have left a result
_MOST = 32  # shards of a run


@dataclass(frozen=True, kw_only=True)
class FetchedArtifacts:
    """The archives of a run, one for each shard, what they claim; or why there are none."""

    paths: Sequence[Path] = ()
    said: ClaimedJob = field(default_factory=ClaimedJob)
    lost: FailureNews | None = None


def fetched(client: Client, run: WorkflowRunEvent, into: Path) -> FetchedArtifacts:
    """Download the artifacts of an attempt of a run. Raises `GithubFailed`."""
    name = f"loadstone-{run_label(run.run, run.attempt)}"
    found = [
        entry
        for entry in artifacts_of(client, run.run)
        if entry.name == name or entry.name.startswith(f"{name}-")
    ]
    newest: dict[str, ArtifactEntry] = {}
    for entry in found:
        newest.setdefault(entry.name, entry)
    if not newest:
        return FetchedArtifacts(lost=without_result())
    if len(newest) > _MOST:
        return FetchedArtifacts(lost=refused(f"it is in more than {_MOST} parts"))
    return _downloaded(client, list(newest.values()), into)


def _downloaded(client: Client, entries: Sequence[ArtifactEntry], into: Path) -> FetchedArtifacts:
    paths, left = [], Limits().archive  # of all parts together, as of a run in one
    for number, entry in enumerate(entries, start=1):
        path = into / f"artifact-{number}.zip"
        try:
            left -= download(client, entry, path, most=left)
        except ArtifactExpired:
            return FetchedArtifacts(lost=without_result(expired=True))
        except ArtifactRefused:
            return FetchedArtifacts(lost=refused("it is larger than may be"))
        paths.append(path)
    return FetchedArtifacts(paths=paths, said=_said(paths))


def _said(paths: Sequence[Path]) -> ClaimedJob:
    """What the shards claim; each says the same of pull request and base, and its own minutes."""
    claims = [measuring(opened(path)) for path in paths]
    components: dict[str, ClaimedComponent] = {}
    for claim in claims:
        for folder, each in claim.components.items():
            known = components.get(folder)
            minutes = each.minutes + (known.minutes if known else 0.0)
            components[folder] = ClaimedComponent(
                minutes=min(minutes, 10_000.0),
                budget=each.budget,
                skip=each.skip,
                failed=each.failed or (known.failed if known else ""),
            )
    first = claims[0]
    return ClaimedJob(number=first.number, base=first.base, components=components)
