"""Replies: comments of their own, with a hidden first line by which they are known again.

It is the first, so that nothing a reply quotes can make it look like the one comment.
"""

from __future__ import annotations

import hashlib

from loadstone.errors import GithubFailed
from loadstone.github import hidden_line
from loadstone.github.client import Client
from loadstone.github.refusals import in_words
from loadstone.model.bot import Reply

TRIES = 3


def reply(client: Client, wanted: Reply, *, origin: str, resent: bool = False) -> None:
    """Reply once. `origin`: what the reply is an answer to, as the id of a workflow run.

    Whether it is there already is asked where that is possible: when it is `resent`, or after a
    failure that leaves its effect unknown. Raises `GithubFailed`.
    """
    line = signature(wanted, origin)
    text = f"{line}\n{hidden_line.fitting(wanted.body, hidden_line.LIMIT - len(line) - 1)}"
    look = resent
    for tried in range(TRIES):
        if look and _there(client, wanted.number, line):
            return
        try:
            with in_words(f"the reply on #{wanted.number}"):
                client.repo.get_issue(wanted.number).create_comment(text)
            return
        except GithubFailed as failed:
            if not failed.effect_unknown or tried + 1 == TRIES:
                raise
            look = True
            client.sleep(client.patience.pause)


def signature(wanted: Reply, origin: str) -> str:
    """The hidden line: the same for the same answer to the same thing, and for no other."""
    said = "\0".join((origin, str(wanted.number), wanted.body))
    return f"<!-- loadstone:reply {hashlib.sha256(said.encode()).hexdigest()[:32]} -->"


def _there(client: Client, number: int, line: str) -> bool:
    with in_words(f"the comments of #{number}"):
        return any(
            str(comment.get("body") or "").startswith(line)
            and comment["user"]["login"].lower() == client.author.lower()
            for page in client.pages(f"/issues/{number}/comments")
            for comment in page
        )
