"""The activity of a component: what it asks of the API server, and what waits in its queues."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})


@dataclass(frozen=True, kw_only=True)
class Activity:
    """The requests of the component alone so far, by "verb resource user-agent".

    `events`: those it was sent, likewise; `undelivered`: those on their way to any watcher.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    undelivered: int = 0

    def without(self, resources: Collection[str]) -> Activity:
        """The activity that is not about these resources, nor their subresources."""
        return Activity(
            requests=_without(self.requests, resources),
            events=_without(self.events, resources),
            undelivered=self.undelivered,
        )

    @property
    def asked(self) -> int:
        """The number of requests."""
        return sum(self.requests.values())

    @property
    def writes(self) -> int:
        """Of these, the ones that change something."""
        return sum(count for key, count in self.requests.items() if key.partition(" ")[0] in WRITES)

    @property
    def told(self) -> int:
        """The number of events."""
        return sum(self.events.values())


@dataclass(frozen=True, kw_only=True)
class WorkSigns:
    """The signs of work of a component, as steps may ask for them.

    `activity`: None where the cluster counts no requests. `queued`: the sum of a series of the
    metrics page, None where there is none.
    """

    activity: Callable[[], Activity] | None = None
    queued: Callable[[str], float | None] = lambda _series: None


def _without(counts: Mapping[str, int], resources: Collection[str]) -> dict[str, int]:
    return {
        key: count
        for key, count in counts.items()
        if key.split(" ", 2)[1].partition("/")[0] not in resources
    }
