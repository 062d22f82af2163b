"""The board of copies that are not right yet, each stamped when the event comes that it lacked.

Objects are watched, one watch a kind, from before the first request about them is sent. So nothing
is polled but addresses, and no event is missed.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from loadstone.measure.expectations.dialler import Dialler
from loadstone.measure.expectations.expected import (
    CopyExpectation,
    ObjectKind,
    generation,
    name_of,
)
from loadstone.measure.expectations.kind_watch import KindWatch
from loadstone.measure.expectations.object_index import ObjectIndex, wanted
from loadstone.measure.expectations.tracker import Tracker
from loadstone.measure.object_client import ObjectClient

_TICK = 0.02  # s between two looks at whether the component is still there
Floors = Mapping[str, int]  # by the name of an expectation


@dataclass(kw_only=True, eq=False)
class PendingCopy:
    """A copy whose expectations are waited for. Moments are monotonic, s."""

    trackers: Sequence[Tracker]
    since: float | None = None  # when our request for it had been answered
    right_at: float | None = None  # when all held at once

    @property
    def why(self) -> str:
        """Why it is not right, in words."""
        return next((each.why for each in self.trackers if not each.holds), "")

    def firsts(self) -> dict[str, float]:
        """When each expectation first held, by its name."""
        return {each.expected.name: each.first for each in self.trackers if each.first is not None}


class Board:
    """A board of pending copies, and the watches behind it. Safe from several threads."""

    def __init__(self, client: ObjectClient) -> None:
        self._client = client
        self._watches: dict[ObjectKind, KindWatch] = {}
        self._index = ObjectIndex()
        self._by_name: defaultdict[tuple[ObjectKind, str], list[Tracker]] = defaultdict(list)
        self._by_label: defaultdict[tuple[ObjectKind, str, str], list[Tracker]] = defaultdict(list)
        self._places: dict[Tracker, list[Tracker]] = {}
        self._copies: dict[Tracker, PendingCopy] = {}
        self._changed = threading.Condition()
        self._starting = threading.Lock()
        self._dialler = Dialler(self._dialled)

    def watch(self, kinds: Sequence[ObjectKind]) -> None:
        """Watch these kinds from now on. Raises `ApiRequestFailed`, also for an unknown one."""
        with self._starting:
            for kind in dict.fromkeys(kinds):
                if kind not in self._watches:
                    watch = KindWatch(self._client, kind, partial(self._told, kind))
                    watch.start()
                    self._watches[kind] = watch

    def expect(
        self, expected: Sequence[CopyExpectation], *, floors: Floors = MappingProxyType({})
    ) -> PendingCopy:
        """Put a copy on the board, right at once where it is right now.

        `floors`: the generation from which on objects count, by expectation.
        """
        self.watch([each.kind for each in expected if not each.dial])
        expected = [self._placed(each) for each in expected]
        copy = PendingCopy(
            trackers=[Tracker(each, floor=floors.get(each.name, 0)) for each in expected]
        )
        with self._changed:
            now = time.monotonic()
            for each in copy.trackers:
                self._copies[each] = copy
                self._place(each)
                for thing in self._index.of(each.expected):
                    each.told(now, thing, gone=False)
                each.begin(now)
            self._settle(copy.trackers[0], now)
        self._dialler.add([each for each in copy.trackers if each.expected.dial and not each.holds])
        return copy

    def generation(self, expected: CopyExpectation) -> int:
        """The generation of the object that an expectation is about; 0 where it counts none."""
        self.watch([expected.kind])
        with self._changed:
            return max(map(generation, self._index.of(self._placed(expected))), default=0)

    def wait(
        self, copies: Sequence[PendingCopy], *, deadline: float, check: Callable[[], None]
    ) -> list[PendingCopy]:
        """Wait until all are right, or a monotonic deadline; those that are not right then.

        `check` is called now and then and may raise. Raises `ApiRequestFailed` for a watch that
        could not go on.
        """
        late = list(copies)
        while True:
            with self._changed:
                late = [each for each in late if each.right_at is None]
                left = deadline - time.monotonic()
                if not late or left <= 0:
                    return late
                self._changed.wait(min(left, _TICK))
            check()
            for watch in self._watches.values():
                if watch.failed is not None:
                    raise watch.failed

    def enter(self, network: str) -> None:
        """The component is up: what is dialled from where it is, is dialled from now on.

        `network`: the file that names the network that it has for itself, or "".
        """
        self._dialler.enter(network)

    @property
    def late(self) -> int:
        """The changes that were seen later than they came, since a watch had expired."""
        return sum(each.late for each in self._watches.values())

    def close(self) -> None:
        """End all watches. Fine more than once."""
        self._dialler.close()
        for each in self._watches.values():
            each.close()

    def _placed(self, expected: CopyExpectation) -> CopyExpectation:
        """An expectation of where its objects really are, in a cluster that is not ours alone."""
        if expected.dial:
            return expected
        version, kind = expected.kind
        namespace = self._client.namespace(version, kind, expected.namespace)
        return replace(expected, namespace=namespace)

    def _told(self, kind: ObjectKind, moment: float, thing: Mapping[str, Any], gone: bool) -> None:
        with self._changed:
            concerned = list(self._by_name.get((kind, name_of(thing).name), ()))
            for label in self._index.told(kind, thing, gone=gone):
                concerned += self._by_label.get(label, ())
            for tracker in concerned:
                tracker.told(moment, thing, gone=gone)
                self._settle(tracker, moment)

    def _dialled(self, tracker: Tracker, moment: float, why: str) -> None:
        with self._changed:
            tracker.dialled(moment, why)
            self._settle(tracker, moment)

    def _settle(self, tracker: Tracker, moment: float) -> None:
        """Take the copy of a tracker off the board when it is right."""
        copy = self._copies.get(tracker)
        if copy is None or not all(each.holds for each in copy.trackers):
            return
        copy.right_at = moment
        for each in copy.trackers:
            del self._copies[each]
            if each in self._places:
                self._places.pop(each).remove(each)
        self._changed.notify_all()

    def _place(self, tracker: Tracker) -> None:
        """Have a tracker told of the objects that it may be about."""
        expected = tracker.expected
        if expected.dial:
            return
        if expected.object:
            place = self._by_name[expected.kind, expected.object]
        else:  # by the label that the fewest others ask for: an event concerns few copies
            place = min((self._by_label[each] for each in wanted(expected)), key=len)
        place.append(tracker)
        self._places[tracker] = place
