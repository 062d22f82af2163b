"""Attempts of measuring runs that have ended, and what they left to judge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from loadstone.bot.broken_runs import news_of, without_result
from loadstone.bot.news import CancelNews, FailureNews
from loadstone.flows.bot.fetched_artifacts import ENDED, FetchedArtifacts, fetched
from loadstone.github.client import Client
from loadstone.github.workflows import read_run
from loadstone.model import Note
from loadstone.model.bot import WorkflowRunEvent


@dataclass(frozen=True, kw_only=True)
class EarlierAttempt:
    """An attempt of a run as GitHub tells it, and what it left."""

    event: WorkflowRunEvent
    found: FetchedArtifacts


@dataclass(kw_only=True)
class AttemptReader:
    """Attempts of earlier runs, each asked for once. `work`: an empty directory of ours."""

    client: Client
    work: Path
    known: dict[tuple[int, int], EarlierAttempt] = field(default_factory=dict)

    def read(self, run: int, attempt: int) -> EarlierAttempt:
        """Read an attempt. Raises `GithubFailed`."""
        key = (run, attempt)
        if key not in self.known:
            event = replace(read_run(self.client, run), attempt=attempt)
            place = self.work / f"earlier-{len(self.known)}"
            place.mkdir()
            self.known[key] = EarlierAttempt(event=event, found=left(self.client, event, place))
        return self.known[key]


def left(client: Client, event: WorkflowRunEvent, into: Path) -> FetchedArtifacts:
    """The artifacts of a run that has ended; of one that was stopped none, whatever is there."""
    found = fetched(client, event, into) if event.conclusion in ENDED else FetchedArtifacts()
    return found if found.paths else unfetched(event, found)


def unfetched(event: WorkflowRunEvent, found: FetchedArtifacts) -> FetchedArtifacts:
    """The artifacts of a run that left nothing to judge: none, and the reason why."""
    if found.lost is not None and found.lost.reason.code != "no-result":
        return found
    news = news_of(event)
    if isinstance(news, CancelNews):
        news = FailureNews(reason=Note.of("measuring-failed", said="it was cancelled"))
    return FetchedArtifacts(lost=news or without_result())
