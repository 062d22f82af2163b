"""The looks around a window at the pod that sends a load, and at its node."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from loadstone.measure.load.generator import SenderState
from loadstone.measure.load.sender_state import StateLook, conntrack, look, state

_EVERY = 1.0  # s between two looks at the connection table


class SenderWatch:
    """The looks from when a window opens to when it closes, by a thread of their own."""

    def __init__(self) -> None:
        self._looks: list[StateLook] = []
        self._table: list[float] = []
        self._ended = 0.0
        self._closing = threading.Event()
        self._looking: threading.Thread | None = None

    def open(self, moment: float) -> None:
        """Begin to look at that moment of `time.monotonic`."""
        self._looking = threading.Thread(
            target=self._look_on, args=(moment,), name="sender-state", daemon=True
        )
        self._looking.start()

    def close(self, moment: float) -> None:
        """Look once more at that moment, and no more."""
        self._ended = moment
        self._closing.set()

    def stop(self) -> None:
        """End. Fine at any time, and more than once."""
        self._closing.set()

    def state(self) -> SenderState:
        """The state over the window, which has been closed."""
        if self._looking is not None:
            self._looking.join()
        return state(_read, self._looks, conntrack=max(self._table, default=None), names=os.environ)

    def _look_on(self, opened: float) -> None:
        time.sleep(max(opened - time.monotonic(), 0))
        self._look()
        while not self._closing.wait(_EVERY):
            self._look()
        time.sleep(max(self._ended - time.monotonic(), 0))
        self._look()

    def _look(self) -> None:
        self._looks.append(look(_read, time.monotonic()))
        if (share := conntrack(_read)) is not None:
            self._table.append(share)


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None
