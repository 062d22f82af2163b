"""The dials of a scene as they are now: those of its workload, and of faults that last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from loadstone.formats import Dial

DialCluster = Callable[[Sequence[Dial]], None]


class DialBoard:
    """The dials of one API server, which several faults add to and take from."""

    def __init__(self, always: Sequence[Dial], dial: DialCluster) -> None:
        self._always, self._dial = always, dial
        self._added: list[Sequence[Dial]] = []
        self._lock = threading.Lock()

    def set(self, dials: Sequence[Dial], *, dialled: bool) -> None:
        """Add these dials, or take them back. Raises `ClusterFailed`."""
        with self._lock:
            if dialled:
                self._added.append(dials)
            elif dials in self._added:
                self._added.remove(dials)
            self._dial([*self._always, *(each for some in self._added for each in some)])
