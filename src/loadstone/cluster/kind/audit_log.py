"""The audit log of an API server: its requests by verb, resource and client, as it goes on.

A request that may last, as a watch, is logged when it is answered and again when it ends; it counts
once, when it is answered, as the proxy and the embedded server count it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from loadstone.model import Accounting

LONGEST_PATH = 100  # characters of a path in accounts, as elsewhere
_BEGUN, _ENDED = "ResponseStarted", ("ResponseComplete", "Panic")
# What an API server takes for requests that last, and so logs as they begin.
_LASTING_VERBS = frozenset({"watch", "proxy"})
_LASTING = frozenset({"attach", "exec", "log", "portforward", "proxy"})  # subresources


class _AuditUser(msgspec.Struct, frozen=True):
    """The user of a request."""

    username: str = ""


class _AuditObject(msgspec.Struct, frozen=True):
    """The object of a request, as far as it is counted by it."""

    resource: str = ""
    subresource: str = ""


class _AuditEvent(msgspec.Struct, frozen=True, rename="camel"):
    """A line of the log, as far as it is looked at."""

    stage: str = ""
    verb: str = ""
    user: _AuditUser = _AuditUser()
    user_agent: str = ""
    request_uri: str = msgspec.field(default="", name="requestURI")
    object_ref: _AuditObject | None = None


@dataclass(frozen=True, kw_only=True)
class AuditedRequest:
    """A request as the audit log has it."""

    user: str
    account: str  # "verb resource user-agent"


def audited_request(line: str) -> AuditedRequest | None:
    """The request that a line counts; None for the end of one that lasted, and for other lines."""
    try:
        event = msgspec.json.decode(line, type=_AuditEvent)
    except msgspec.DecodeError:
        return None
    if event.stage != _BEGUN and (event.stage not in _ENDED or _lasting(event)):
        return None
    account = f"{event.verb} {_resource(event)} {event.user_agent or '-'}"
    return AuditedRequest(user=event.user.username, account=account)


def _lasting(event: _AuditEvent) -> bool:
    what = event.object_ref
    return event.verb in _LASTING_VERBS or (what is not None and what.subresource in _LASTING)


def _resource(event: _AuditEvent) -> str:
    what = event.object_ref
    if what is None or not what.resource:
        return event.request_uri.partition("?")[0][:LONGEST_PATH]
    return f"{what.resource}/{what.subresource}" if what.subresource else what.resource


class AuditLog:
    """A log that grows.

    `read` gives its lines from one on, the first being 1, and `length` their number. A line that
    is still being written has no end yet, and is not counted among them.
    """

    def __init__(self, read: Callable[[int], str], length: Callable[[], int]) -> None:
        self._read = read
        self._length = length
        self._lines = 0  # that need not be read any more
        self._counted: Counter[tuple[str, str]] = Counter()  # (user, account)
        self._lock = threading.Lock()

    def accounting(self, users: str = "") -> Accounting:
        """The requests since the last clearing by users whose name begins so."""
        found: Counter[str] = Counter()
        with self._lock:
            *lines, _ = self._read(self._lines + 1).split("\n")
            self._lines += len(lines)
            for request in filter(None, map(audited_request, lines)):
                self._counted[request.user, request.account] += 1
            for (user, account), count in self._counted.items():
                if user.startswith(users):
                    found[account] += count
        return Accounting(requests=dict(found), requests_only=True)

    def clear(self) -> None:
        """Count from zero again, whatever has been logged."""
        with self._lock:
            self._lines = self._length()
            self._counted.clear()
