"""The baselines of a measuring, or nothing in their place where they cannot be read.

A laptop without the network, or a copy of a repository without its data branch, can measure two
revisions all the same: what is known of earlier noise makes intervals narrower, and nothing of a
comparison is held against a baseline.
"""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import LoadstoneError
from loadstone.model import Note, Plan
from loadstone.store.empty import EmptyStore
from loadstone.store.protocol import Query, Store
from loadstone.store.table import open_store


def reached(where: str, plan: Plan) -> tuple[Store, Sequence[Note]]:
    """The store, as far as it can be read, and the note that it cannot.

    Raises `UsageError` for an address that is none.
    """
    store = open_store(where)
    try:
        store.latest(Query(component=plan.component))
    except LoadstoneError as error:
        said = error.message.strip().partition("\n")[0]
        return EmptyStore(), [Note.of("baselines-unreached", said=said)]
    return store, []
