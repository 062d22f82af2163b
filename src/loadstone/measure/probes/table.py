"""The table of probes, and the window in which they measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loadstone.measure.probes.api_requests import ApiProbe
from loadstone.measure.probes.probe import Probe, ProbeReading, Subject
from loadstone.measure.probes.process import ProcessProbe
from loadstone.measure.probes.profile import ProfileProbe
from loadstone.measure.probes.scrape import ScrapeProbe

# In the order in which they are closed: what is quickest to change is read first, and profiles,
# which keep the component busy, last.
PROBES: Mapping[str, Callable[[], Probe]] = {
    "process": ProcessProbe,
    "api": ApiProbe,
    "scrape": ScrapeProbe,
    "pprof": ProfileProbe,
}


class ProbeWindow:
    """The window of all probes, opened and closed together; each probe is used once."""

    def __init__(
        self, subject: Subject, *, probes: Mapping[str, Callable[[], Probe]] = PROBES
    ) -> None:
        self._subject = subject
        self._probes = [make() for make in probes.values()]
        self._opened = False
        self.readings: dict[str, ProbeReading] = {}

    def __enter__(self) -> ProbeWindow:
        return self

    def open(self) -> None:
        """Open the most expensive probe first, so that `process` sees none of the others' work."""
        self._opened = True
        for probe in reversed(self._probes):
            probe.open(self._subject)

    def close(self) -> None:
        for probe in self._probes:
            self.readings[probe.name] = probe.close()
        self._opened = False

    def __exit__(self, *_: object) -> None:
        """An aborted window still ends its probes."""
        for probe in self._probes if self._opened else ():
            probe.stop()
