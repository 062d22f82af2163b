"""Open watches and the dials: faults that are dialled while a watch is open reach it, too."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from loadstone.apiserver.accounting import RequestCounts, RequestKind
from loadstone.apiserver.dials import Dials, Effect
from loadstone.apiserver.watchers.watcher import Watcher


class DialledWatches:
    """All open watches, each with the faults that match it now."""

    def __init__(self, dials: Dials, accounting: RequestCounts, rng: random.Random) -> None:
        self._dials, self._accounting, self._rng = dials, accounting, rng
        self._asked: dict[Watcher, RequestKind] = {}
        self._drops: dict[Watcher, asyncio.TimerHandle] = {}
        dials.on_set.append(self._redial)

    def add(self, watcher: Watcher, asked: RequestKind, effect: Effect) -> None:
        """A watch that is about to open, with its effect so far."""
        self._asked[watcher] = asked
        watcher.on_close.append(lambda: self._forget(watcher))
        self._drop_in_time(watcher, asked, effect)

    def delay(self, effect: Effect) -> Callable[[], float] | None:
        """What holds back the events of a watch, None where nothing does."""
        if not (effect.latency or effect.jitters):
            return None
        return lambda: effect.delay(self._rng)

    def _redial(self) -> None:
        for watcher, asked in list(self._asked.items()):
            effect = self._dials.effect(asked.verb, asked.resource, asked.group, asked.agent)
            watcher.delayed(self.delay(effect))
            self._drop_in_time(watcher, asked, effect)

    def _drop_in_time(self, watcher: Watcher, asked: RequestKind, effect: Effect) -> None:
        if (before := self._drops.pop(watcher, None)) is not None:
            before.cancel()
        if effect.drop_after:
            loop = asyncio.get_running_loop()
            self._drops[watcher] = loop.call_later(effect.drop_after, self._drop, watcher, asked)

    def _drop(self, watcher: Watcher, asked: RequestKind) -> None:
        self._accounting.tally(asked).injected += 1
        watcher.drop()

    def _forget(self, watcher: Watcher) -> None:
        self._asked.pop(watcher, None)
        if (drop := self._drops.pop(watcher, None)) is not None:
            drop.cancel()
