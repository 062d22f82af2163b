"""Reactions on comments."""

from __future__ import annotations

from loadstone.github.client import Client
from loadstone.github.comments import lazy
from loadstone.github.refusals import in_words
from loadstone.model.bot import React


def react(client: Client, wanted: React) -> None:
    """React; GitHub keeps one of a kind, so it is sent again where its effect is unknown."""

    def send() -> None:
        with in_words("the reaction on the command"):
            lazy(client, wanted.comment).create_reaction(str(wanted.content))

    client.insist(send)
