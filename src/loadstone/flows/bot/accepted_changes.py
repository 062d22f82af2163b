"""Accepted changes in the store: one added, whoever else adds one meanwhile; and all that hold."""

from __future__ import annotations

from loadstone.bot.acceptance import of_configuration
from loadstone.bot.stored_documents import ACCEPTED, accepted_changes, with_accepted
from loadstone.formats.configuration import Config
from loadstone.model.accepted import AcceptedChange
from loadstone.model.bot import AcceptChange
from loadstone.store.table import open_documents


def keep(wanted: AcceptChange) -> None:
    """Put a change among those that are stored. Raises `LoadstoneError` where it cannot be."""
    documents = open_documents(wanted.store)
    documents.update(ACCEPTED, lambda before: with_accepted(before, wanted.change))


def of_release(config: Config) -> list[AcceptedChange]:
    """All that is accepted, on whichever pull request: what was merged is part of a release."""
    found = open_documents(config.baselines).read(ACCEPTED)
    return [*of_configuration(config), *accepted_changes(found.data if found else None)]
