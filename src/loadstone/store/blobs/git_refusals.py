"""Refusals of Git, told apart by its words: lost races, failures that pass, and the rest. Pure.

Git has one exit status for all of them. Its words are those of the C locale, which it is run in;
what a server adds to them is its own, so a failure that nobody knows is one for good: the record is
put aside then, and lost by nobody.
"""

from __future__ import annotations

import re
from enum import Enum


class Refusal(Enum):
    """A kind of failure to read or to move a branch."""

    RACE = "somebody else moved the branch first"
    PASSING = "the server was not reached, or was not well"
    PERMISSION = "whoever asks may not"
    RULES = "the rules of the repository forbid it"
    MISSING = "there is no such repository"
    OTHER = "another failure"


_STATUS = r"\b(error|http|status)(/[\d.]+)?:? "  # a number alone may be of a path or a branch
_KINDS = {  # % is what comes before a status of HTTP
    Refusal.RACE: (
        r"\(fetch first\)|\(non-fast-forward\)|\(stale info\)|failed to update ref|cannot lock ref"
        r"|failed to lock|incorrect old value|reference already exists|shallow update not allowed"
        r"|not updating refs/|but expected [0-9a-f]"
    ),
    Refusal.RULES: (
        r"hook declined|protected branch|rule violations|deny updating|denycurrentbranch"
        r"|branch is currently checked out"
    ),
    Refusal.PERMISSION: (
        r"permission (to \S+ )?denied|%40[13]\b|authentication failed|access denied|write access"
        r"|could not read (username|password)|insufficient permission"
        r"|terminal prompts disabled|host key verification"
    ),
    Refusal.MISSING: (
        r"repository not found|repository '.*' not found|does not appear to be a git repository"
        r"|no such file or directory|%404\b"
    ),
    Refusal.PASSING: (
        r"could not resolve|temporary failure|failed to connect|couldn't connect|timed out"
        r"|connection (was )?(reset|refused|closed|aborted)|early eof|hung up|rpc failed"
        r"|%(429|5\d\d)\b|internal server error|not done after"
        r"|unable to create '.*\.lock'|unpacker error|remote unpack failed|gnutls|openssl|ssl_"
    ),
}


def refusal(said: str) -> Refusal:
    """The kind of failure that these words of Git tell."""
    low = said.lower()
    patterns = ((kind, words.replace("%", _STATUS)) for kind, words in _KINDS.items())
    return next((kind for kind, words in patterns if re.search(words, low)), Refusal.OTHER)


def next_step(kind: Refusal, *, branch: str, remote: str) -> str:
    """The step that mends a failure for good."""
    match kind:
        case Refusal.PERMISSION:
            return (
                f"let it push to {branch} of {remote}: in a workflow `permissions: contents: "
                "write`, else a login of `git` that may"
            )
        case Refusal.RULES:
            return (
                f"let the rules of the repository allow plain pushes to {branch}: Loadstone alone "
                "writes it, and never by force"
            )
        case Refusal.PASSING | Refusal.RACE:
            return f"try again when `git ls-remote {remote}` works"
        case Refusal.MISSING | Refusal.OTHER:
            return f"`git ls-remote {remote}` has to work without a question"
