"""Waits: how long to wait before a request is sent again, after an answer that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Sent twice they do what they do once. A POST may make two of a thing; who sends one looks first.
REPEATABLE = frozenset(("GET", "HEAD", "PATCH", "PUT", "DELETE"))


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often a request is sent again, and how long one wait may be. Times in seconds.

    `unsaid`: the wait where a rate limit does not say how long, doubled each time, as GitHub asks.
    `pause`: the first wait after a failure of GitHub's own, doubled each time.
    """

    again: int = 4
    longest: float = 300.0
    unsaid: float = 60.0
    pause: float = 1.0


def limited(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Whether an answer means that requests come too fast, or that the hour's are used up.

    Header names are in small letters. A 403 without such a sign is a missing permission.
    """
    if status == 429:
        return True
    if status != 403:
        return False
    said = "rate limit" in message.lower() or "abuse detection" in message.lower()
    return said or "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def wait_of_limit(
    headers: Mapping[str, str], *, tried: int, now: float, patience: Patience
) -> float:
    """Seconds that a rate limit asks for, after `tried` refusals; `now` in seconds of the epoch."""
    after = headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(0.0, float(reset) - now) + 1  # somewhen in that second
    return patience.unsaid * 2.0**tried


def wait_of_failure(headers: Mapping[str, str], *, tried: int, patience: Patience) -> float:
    """Seconds to wait after a failure of GitHub's own."""
    after = headers.get("retry-after", "")
    return float(after) if after.isdecimal() else patience.pause * 2.0**tried
