"""A run as far as it has come, and the run of the record that it is when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from loadstone.measure import quantities, validity
from loadstone.measure.context import RunContext
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.probes.profile_files import save
from loadstone.measure.steps.outcome import NOTHING, Outcome
from loadstone.model import Run, Slot, reasons, values

T = TypeVar("T")


@dataclass(kw_only=True)
class PartialRun:
    """The part of a run that is done; it stays when the run breaks off."""

    outcome: Outcome = NOTHING
    readings: Mapping[str, ProbeReading] = field(default_factory=dict)  # by probe

    def finished(
        self, context: RunContext, slot: Slot, *, started: datetime, seconds: float
    ) -> Run:
        """The run of the record, with its profiles on disk; what spoils it voids its values."""
        case, workload = context.case(slot.case), context.workload(slot.case)
        found = (self.outcome + quantities.of_readings(self.readings)).finite()
        profiles = self._data("pprof", ProfileData) or ProfileData()
        api = self._data("api", ApiData)
        taken, false = validity.profiles(profiles, context.inputs.profile_problem)
        invalid = [*found.invalid, *validity.of_quantities(found.quantities, workload.gate), *false]
        measured = values(case.sources, found.quantities)
        return Run(
            case=slot.case,
            side=slot.side,
            round=slot.round,
            order=slot.order,
            started=started.isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
            values=reasons.kept(measured, invalid, case),
            quantities=found.quantities,
            histograms=found.histograms,
            series=found.series,
            requests=api.requests if api else {},
            probe_cost={name: reading.cost for name, reading in self.readings.items()},
            profiles=save(context.inputs.out, slot, taken),
            invalid=tuple(dict.fromkeys(invalid)),  # two may have seen the same thing
            notes=found.notes,
        )

    def _data(self, probe: str, kind: type[T]) -> T | None:
        reading = self.readings.get(probe)
        return reading.data if reading is not None and isinstance(reading.data, kind) else None
