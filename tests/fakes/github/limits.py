"""Limits of a token: requests an hour, and content made a minute."""

from __future__ import annotations

from tests.fakes.github.call import Answer
from tests.fakes.github.faults import exhausted, too_fast
from tests.fakes.github.state import PRIMARY, Token

HOUR = 3600.0
CONTENT = 80  # a minute


def spend(token: Token, *, makes_content: bool, now: float) -> Answer | None:
    """Count a request; the refusal where it is one too many."""
    if now >= token.reset:
        token.remaining, token.reset = PRIMARY, now + HOUR
    if token.remaining <= 0:
        return exhausted(token.reset)
    token.remaining -= 1
    if not makes_content:
        return None
    token.writes = [when for when in token.writes if when > now - 60] + [now]
    return too_fast(60) if len(token.writes) > CONTENT else None


def headers(token: Token) -> dict[str, str]:
    """What every answer says of them."""
    return {
        "X-RateLimit-Limit": str(PRIMARY),
        "X-RateLimit-Remaining": str(token.remaining),
        "X-RateLimit-Reset": str(int(token.reset)),
        "X-RateLimit-Resource": "core",
    }
