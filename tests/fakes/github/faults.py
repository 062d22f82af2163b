"""Faults: what goes wrong, queued for the requests that match."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.fakes.github.call import Answer, Refusal


class Kind(StrEnum):
    """What goes wrong."""

    STATUS = "status"  # an answer with that status
    DROP = "drop"  # the connection is closed without an answer
    PRIMARY = "primary"  # the hour's requests are used up
    SECONDARY = "secondary"  # too fast
    RACE = "race"  # something else happens first, and then the request is answered
    BREAK = "break"  # the answer is not what the description says


@dataclass(kw_only=True)
class Fault:
    """A fault for the next `times` requests that match, after the first `skip` of them.

    `after`: the request takes effect, and is answered with the fault all the same. `wait`: what a
    rate limit says is to be waited, in seconds; None for a secondary one that does not say.
    """

    kind: Kind = Kind.STATUS
    verb: str = ""
    path: str = ""  # a pattern, searched for
    times: int = 1
    skip: int = 0
    after: bool = False
    status: int = 500
    wait: float | None = 1
    race: Callable[[], object] | None = None

    def meets(self, verb: str, path: str) -> bool:
        """Whether it is this one's turn; counts down."""
        if self.verb not in ("", verb) or not re.search(self.path, path) or self.times < 1:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def answer(self, now: float) -> Answer | None:
        """What is answered; None for nothing at all."""
        if self.kind is Kind.DROP:
            return None
        if self.kind is Kind.PRIMARY:
            return exhausted(now + (self.wait or 0), self.status)
        if self.kind is Kind.SECONDARY:
            return too_fast(self.wait, self.status)
        words = {500: "Internal Server Error", 502: "Server Error", 503: "Service Unavailable"}
        body = {"message": words.get(self.status, "A fault")}
        return Answer(status=self.status, body=body)


def exhausted(reset: float, status: int = 403) -> Answer:
    """The answer to who has used up the hour's requests."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset))}
    message = "API rate limit exceeded for installation ID 1."
    return Refusal(429 if status == 429 else 403, message, headers=headers).answer


def too_fast(wait: float | None, status: int = 403) -> Answer:
    """The answer to who asks too fast."""
    headers = {} if wait is None else {"Retry-After": str(int(wait))}
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    return Refusal(429 if status == 429 else 403, message, headers=headers).answer


def first(faults: Sequence[Fault], verb: str, path: str) -> Fault | None:
    """The fault that meets a request."""
    return next((fault for fault in faults if fault.meets(verb, path)), None)


def read(data: dict[str, Any]) -> Fault:
    """A fault as the control API takes it."""
    return Fault(**data | {"kind": Kind(data.get("kind", "status"))})
