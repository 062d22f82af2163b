"""Context of a task of the bot: the event, the configuration, and the places that they name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.bot import events
from loadstone.bot.acceptance import for_pull_request, of_configuration
from loadstone.bot.events import UnusedEvent
from loadstone.bot.minutes import LedgerEntry, SpentMinutes, noted, spent
from loadstone.bot.stored_documents import (
    ACCEPTED,
    MINUTES,
    accepted_changes,
    minutes_document,
    minutes_ledger,
)
from loadstone.errors import UsageError
from loadstone.flows import settings
from loadstone.flows.bot import base_files
from loadstone.flows.prepare import now as this_moment
from loadstone.formats.configuration import Config
from loadstone.github.client import Client
from loadstone.model.accepted import AcceptedChange
from loadstone.model.bot import BotEvent
from loadstone.store.documents import Documents
from loadstone.store.protocol import Store
from loadstone.store.table import open_documents, open_store


@dataclass(frozen=True, kw_only=True)
class BotContext:
    """A task's surroundings. `repository`: the checkout, which is also where Git is asked.

    `config` is what stands in the checkout, or in the revision that `at_revision` was given.
    """

    event: BotEvent | UnusedEvent
    config: Config
    inputs: ActionInputs
    run: RunnerContext
    now: str  # RFC 3339, UTC
    repository: Path
    token: str = field(default="", repr=False)

    def client(self) -> Client:
        """The API of the repository, as the step's token sees it; a context manager."""
        return Client.of_workflow(
            {"GITHUB_REPOSITORY": self.run.repository, "GITHUB_API_URL": self.run.api_url},
            self.token,
            say=progress,
        )

    def documents(self) -> Documents:
        """The documents beside the baselines."""
        return open_documents(self.config.baselines)

    def store(self) -> Store:
        """The baselines."""
        return open_store(self.config.baselines)

    def accepted(self, number: int) -> list[AcceptedChange]:
        """The changes that hold for a pull request (0: for none), of configuration and store."""
        blob = self.documents().read(ACCEPTED)
        stored = accepted_changes(blob.data if blob else None)
        return for_pull_request([*of_configuration(self.config), *stored], number)

    def spent(self, number: int) -> SpentMinutes:
        """The minutes that are spent today, and on a pull request."""
        blob = self.documents().read(MINUTES)
        return spent(minutes_ledger(blob.data if blob else None), now=self.now, number=number)

    def note_minutes(self, entries: list[LedgerEntry]) -> None:
        """Put what measurings cost into the ledger, each once."""

        def change(document: bytes | None) -> bytes:
            ledger = minutes_ledger(document)
            for each in entries:
                ledger = noted(ledger, each, now=self.now)
            return minutes_document(ledger)

        if entries:
            self.documents().update(MINUTES, change)


def read(inputs: ActionInputs, run: RunnerContext, *, configured: bool = True) -> BotContext:
    """Read the event and the configuration of the checkout. Raises `InvalidFile`.

    `configured`: False where the checkout's does not count, be it broken; see `at_revision`.
    """
    return BotContext(
        event=events.parse(run.event_name, run.event),
        config=settings.read_config(inputs.config or None) if configured else Config(),
        inputs=inputs,
        run=run,
        now=this_moment(),
        repository=run.workspace,
        token=inputs.token,
    )


@contextmanager
def at_revision(context: BotContext, commit: str) -> Iterator[BotContext]:
    """The context with the files of a commit: its configuration, and the directory to work in.

    Paths of the configuration are found there, and Git is the same repository. Raises
    `LoadstoneError` where the commit is not here.
    """
    files = base_files.checked_out(context.repository, commit, context.run.temporary)
    with files as place, chdir(place):
        config = settings.read_config(context.inputs.config or None)
        yield replace(context, config=config)


def unconfigured(commit: str) -> UsageError:
    """The error of a branch that is older than the configuration."""
    return UsageError(
        f"{commit[:12]}, where this branched off, has no configuration that names a component",
        next_step="merge the default branch into it, once that has one",
    )


def progress(text: str) -> None:
    """A line in the log of the step, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
