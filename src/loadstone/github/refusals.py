"""Refusals of requests, in words: what GitHub said, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from github.GithubException import BadAttributeException, GithubException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from loadstone.errors import GithubFailed
from loadstone.github.waits import limited

LONGEST = 300  # characters of what GitHub said
LATER = "try again later: loadstone deliver"
# An answer that is not what GitHub describes, as a proxy's page, fails where it is used.
UNREADABLE = (
    AssertionError,
    AttributeError,
    BadAttributeException,
    LookupError,
    TypeError,
    ValueError,
)
NO_PERMISSION = "resource not accessible"


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Make a `GithubFailed` of what goes wrong inside; `what`: a noun, as "the comment on #5"."""
    try:
        yield
    except GithubException as error:
        raise _refused(what, error) from error
    except OSError as error:  # which all errors of requests are
        message = f"{what}: no answer from GitHub ({type(error).__name__})"
        raise GithubFailed(
            message, next_step=LATER, effect_unknown=not _never_sent(error), hopeless=True
        ) from error
    except UNREADABLE as error:
        message = f"{what}: GitHub's answer cannot be read: {error}"[:LONGEST]
        raise GithubFailed(message, effect_unknown=True) from error


def _never_sent(error: OSError) -> bool:
    """Whether there was no connection, and so no effect."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _refused(what: str, error: GithubException) -> GithubFailed:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    said = _said(error)
    message = f"{what}: GitHub answered {error.status}: {said}"
    if error.status >= 500:
        return GithubFailed(message, status=error.status, next_step=LATER, effect_unknown=True)
    if limited(error.status, headers, said):
        step = f"requests come too fast; {LATER}"
        return GithubFailed(message, status=error.status, next_step=step, hopeless=True)
    step = _step(error.status, said, headers.get("x-accepted-github-permissions", ""))
    return GithubFailed(message, status=error.status, next_step=step, hopeless=error.status == 401)


def _said(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors")
    details = errors if isinstance(errors, list) else []
    more = [one["message"] for one in details if isinstance(one, dict) and "message" in one]
    return ": ".join(str(part) for part in (data.get("message") or "", *more) if part)[:LONGEST]


def _step(status: int, said: str, accepted: str) -> str:
    if status == 401:
        return "give it a token that is valid"
    if status == 403 and said.lower().startswith(NO_PERMISSION):
        wanted = accepted.replace("=", ": ").replace("_", "-") or "what it writes"
        return f"give the job's token the permission ({wanted})"
    return "see that it is there, and that the token may see it" if status == 404 else ""
