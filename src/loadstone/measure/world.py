"""The world of a side: an API server, a client of it, and the upstream behind the component.

A solo run has the first of a session's worlds. The two sides of a mixed pair have one each, so that
each side's API requests are counted apart and neither waits for what the other asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone import formats
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.steps.templates import Backend
from loadstone.measure.upstream import RunningUpstream
from loadstone.model import Accounting
from loadstone.protocols import Accountable, Cluster, Dialable, Resettable, Scalable


@dataclass(frozen=True, kw_only=True)
class World:
    """An API server, a client of it, and an upstream where a case needs one."""

    cluster: Cluster
    objects: ObjectClient
    upstream: RunningUpstream | None

    def prepare(self, dials: Sequence[formats.Dial], *, nodes: int = 0) -> None:
        """The cluster as new, with the nodes and the faults that the case asks for."""
        if isinstance(self.cluster, Resettable):
            self.cluster.reset()
        if isinstance(self.cluster, Scalable):
            self.cluster.scale(nodes)
        self.dial(dials)

    def dial(self, dials: Sequence[formats.Dial]) -> None:
        """The faults that the API server has from now on, where it can have any."""
        if isinstance(self.cluster, Dialable):
            self.cluster.dial(dials)

    def accounting(self) -> Accounting | None:
        """The requests that the API server got; None from one that does not count."""
        return self.cluster.accounting() if isinstance(self.cluster, Accountable) else None

    def backends(self) -> list[Backend]:
        """The upstream's servers, by the names they say in `x-upstream`."""
        if self.upstream is None:
            return []
        ports = enumerate(self.upstream.ports)
        return [Backend(name=f"s{k}", host=self.upstream.host, port=port) for k, port in ports]
