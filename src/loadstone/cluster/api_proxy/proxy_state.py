"""The state of the proxy: what all of its connections share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from loadstone.cluster.api_proxy.accounts import Accounts
from loadstone.cluster.api_proxy.faults import FaultPlans
from loadstone.cluster.api_proxy.server_access import ServerAccess
from loadstone.formats import Dial


class ConnectedClient(Protocol):
    """A client that is connected, as far as the proxy as a whole has to know it."""

    def redial(self) -> None:
        """Act by the dials as they are now on a watch that is open."""

    def abort(self) -> None: ...


@dataclass(kw_only=True)
class ProxyState:
    """The state that all connections share."""

    access: ServerAccess
    accounts: Accounts = field(default_factory=Accounts)
    faults: FaultPlans = field(default_factory=FaultPlans)
    rng: random.Random = field(default_factory=random.Random)
    clients: set[ConnectedClient] = field(default_factory=set)

    def dial(self, dials: Sequence[Dial]) -> None:
        """Replace the dials; watches that are open feel them, too."""
        self.faults.set(dials)
        for client in tuple(self.clients):
            client.redial()
