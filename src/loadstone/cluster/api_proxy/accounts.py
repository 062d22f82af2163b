"""Accounts: requests by verb, resource and client, as `model.Accounting` has them. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from loadstone.cluster.api_proxy.request_sorts import RequestSort

AGENTS = 500  # clients that are told apart
KEYS = 20_000  # accounts: paths and resources are chosen by clients, too
OTHER = "other"


@dataclass(kw_only=True, slots=True)
class Account:
    """The account of one sort of request of one client."""

    requests: int = 0
    events: int = 0
    received: int = 0  # By
    sent: int = 0  # By
    injected: int = 0


class Accounts:
    """All accounts since the start or the last clearing."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._agents: set[str] = set()

    def of(self, sort: RequestSort, agent: str) -> Account:
        """The account of a sort and a client, all zero where it is new."""
        if sort.aside:
            return Account()  # that nobody reads
        key = f"{sort.verb} {sort.resource} {self._agent(agent)}"
        found = self._accounts.get(key)
        if found is None:
            if len(self._accounts) >= KEYS:
                key = f"{sort.verb} {OTHER} {OTHER}"
            found = self._accounts.setdefault(key, Account())
        return found

    def _agent(self, name: str) -> str:
        name = name or "-"
        if name in self._agents:
            return name
        if len(self._agents) >= AGENTS:
            return OTHER
        self._agents.add(name)
        return name

    def clear(self) -> None:
        """Count from zero again."""
        self._accounts.clear()
        self._agents.clear()

    def document(self) -> dict[str, Any]:
        """The fields of `loadstone.model.Accounting`."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for key, account in self._accounts.items():
            for name in ("requests", "events", "received", "sent"):
                if value := getattr(account, name):
                    found[name][key] = value
        names = ("requests", "events", "received", "sent")
        return {
            **{name: found[name] for name in names},
            "bytes_in": sum(found["received"].values()),
            "bytes_out": sum(found["sent"].values()),
            "watch_events": sum(found["events"].values()),
            "injected": sum(account.injected for account in self._accounts.values()),
        }
