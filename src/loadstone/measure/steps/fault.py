"""The step `fault`: a thread that breaks something when it is time, and mends it."""

from __future__ import annotations

import threading
import time

from loadstone import formats
from loadstone.errors import ComponentFailed, LoadstoneError
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene, control_of
from loadstone.model import Note


class BackgroundFault:
    """A fault that waits for its time. Mended when it has lasted, or with the window."""

    def __init__(self, scene: Scene, step: formats.TimedFault) -> None:
        self._scene, self._step = scene, step
        control_of(scene).require(step.process)
        self._opened = threading.Event()
        self._over = threading.Event()
        self._lasted = 0.0
        self._failed: LoadstoneError | None = None
        self._thread = threading.Thread(target=self._work, name="fault", daemon=True)
        self._thread.start()

    def open_window(self) -> None:
        self._opened.set()

    def close_window(self) -> None:
        self.stop()

    def finish(self) -> Outcome:
        self.stop()
        return Outcome(quantities={"fault.seconds": self._lasted}, invalid=self._reasons())

    def _reasons(self) -> list[Note]:
        match self._failed:
            case None:
                return []
            case ComponentFailed():  # it did not come back
                return [Note.of("not-ready", message=self._failed.message)]
            case _:
                return [Note.of("failed", message=self._failed.message)]

    def stop(self) -> None:
        self._over.set()
        self._opened.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        self._opened.wait()
        if self._over.wait(self._step.at):
            return
        begun = time.monotonic()
        try:
            self._set(broken=True)
            self._over.wait(self._step.lasts)
        except LoadstoneError as error:
            self._failed = error
        finally:
            self._lasted = time.monotonic() - begun
            self._mend()

    def _mend(self) -> None:
        try:
            self._set(broken=False)
        except LoadstoneError as error:
            self._failed = error

    def _set(self, *, broken: bool) -> None:
        control, process = control_of(self._scene), self._step.process
        match self._step.act:
            case "stop":
                control.stop(process, stopped=broken)
            case "cut":
                control.cut(cut=broken)
            case "kill" if broken:
                self._scene.halt(process, kill=True)
            case "kill":
                self._scene.start_again(process)
            case None:
                self._scene.faults.set(self._step.dials, dialled=broken)
