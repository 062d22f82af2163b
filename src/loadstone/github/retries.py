"""Retries of requests, below PyGithub: which are sent again, after what, and for how long.

PyGithub's own never send a PATCH again, send a POST again whose effect is unknown, and wait for as
long as they are told to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from github.Requester import Requester
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import MaxRetryError

from loadstone.github.waits import (
    REPEATABLE,
    Patience,
    limited,
    wait_of_failure,
    wait_of_limit,
)


class Retries(Retry):
    """What urllib3 asks after each answer. `say` hears of every wait of a second or more."""

    def __init__(
        self,
        patience: Patience,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
        **more: Any,
    ) -> None:
        self._patience = patience
        self._say = say
        self._sleep = sleep
        self._wait = 0.0
        self._why = ""
        fixed: dict[str, Any] = {
            "total": patience.again,
            "allowed_methods": REPEATABLE,
            "raise_on_status": False,
        }
        super().__init__(**fixed | more)

    def new(self, **changes: Any) -> Retries:
        """The retries that are left."""
        own = {"patience": self._patience, "say": self._say, "sleep": self._sleep}
        return super().new(**own | changes)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: ARG002
        """Whether an answer is looked at; a refused request had no effect, whatever its verb."""
        return status_code in (403, 429) or (status_code >= 500 and method in REPEATABLE)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *rest: Any,
        **more: Any,
    ) -> Retries:
        """One try less, or the error where no further one is worth it."""
        tried = len(self.history)
        if response is None:
            left = super().increment(method, url, response, *rest, **more)
            return self._after(left, wait_of_failure({}, tried=tried, patience=self._patience))
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status >= 500:
            left = super().increment(method, url, response, *rest, **more)
            wait = wait_of_failure(headers, tried=tried, patience=self._patience)
            return self._after(left, min(wait, self._patience.longest))
        body = _read(response)
        refused = Requester.createException(response.status, headers, body)
        if not limited(response.status, headers, str(body.get("message", ""))):
            raise refused
        wait = wait_of_limit(headers, tried=tried, now=time.time(), patience=self._patience)
        if wait > self._patience.longest:
            raise refused
        try:
            left = super().increment(method, url, response, *rest, **more)
        except MaxRetryError:
            raise refused from None
        return self._after(left, wait, "requests come too fast for GitHub")

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:  # noqa: ARG002
        """Wait, and say so."""
        if self._wait >= 1:
            self._say(f"{self._why}: waiting {self._wait:.0f} s")
        self._sleep(self._wait)

    def _after(self, left: Retries, wait: float, why: str = "GitHub failed") -> Retries:
        left._wait, left._why = wait, why
        return left


def _read(response: BaseHTTPResponse) -> dict[str, Any]:
    try:
        body = json.loads(response.data)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
