"""Permissions: what a user may do in the repository, as its own settings say."""

from __future__ import annotations

from loadstone.errors import GithubFailed
from loadstone.github.client import Client, quoted
from loadstone.github.refusals import in_words
from loadstone.model.bot import Permission

LEVELS = {"maintain": "write", "triage": "read"}  # which GitHub's own answer folds already


def permission(client: Client, login: str) -> Permission | None:
    """The permission of a login, None for who is no user. 1 request.

    Not the comment's `author_association`: that shows members who hide it as strangers.
    """
    try:
        with in_words(f"the permission of {login}"):
            found = client.ask("GET", f"/collaborators/{quoted(login)}/permission")
            level = str(found["permission"])
            role = str(found["role_name"])
            return Permission(user=login, level=LEVELS.get(level, level), role=role)
    except GithubFailed as failed:
        if failed.status != 404:
            raise
        return None
