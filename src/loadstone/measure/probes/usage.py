"""The probe `process`, wherever the process is: looked at here, or asked for of its node."""

from __future__ import annotations

from loadstone.measure.probes.container import ContainerProbe
from loadstone.measure.probes.probe import ProbeReading, Subject
from loadstone.measure.probes.process import ProcessProbe


class UsageProbe:
    """The probe that looks at a process of this machine itself, and asks for all others."""

    name = "process"

    def __init__(self) -> None:
        self._inner: ProcessProbe | ContainerProbe = ProcessProbe()

    def open(self, subject: Subject) -> None:
        if subject.pid is None:
            self._inner = ContainerProbe()
        self._inner.open(subject)

    def close(self) -> ProbeReading:
        self._reading = self._inner.close()
        return self._reading

    def settle(self) -> ProbeReading:
        if isinstance(self._inner, ContainerProbe):
            return self._inner.settle()
        return self._reading

    def stop(self) -> None:
        self._inner.stop()
