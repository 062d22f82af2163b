"""A run as far as it has come, and the run of the record that it is when it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from loadstone.measure import by_process, validity
from loadstone.measure.context import RunContext
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.profile import CPU, ProfileData
from loadstone.measure.probes.profile_files import save, save_series
from loadstone.measure.probes.promql import PromqlData
from loadstone.measure.steps.outcome import NOTHING, Outcome
from loadstone.model import Note, Run, Slot, reasons, values
from loadstone.model.profile_kinds import of_process

T = TypeVar("T")


@dataclass(kw_only=True)
class PartialRun:
    """The part of a run that is done; it stays when the run breaks off."""

    slot: Slot
    outcome: Outcome = NOTHING
    # by process, then by probe
    readings: Mapping[str, Mapping[str, ProbeReading]] = field(default_factory=dict)

    def spoil(self, *reasons: Note) -> None:
        """Add reasons for which the run, or a part of it, does not count."""
        self.outcome += Outcome(invalid=reasons)

    def found(self, context: RunContext) -> Outcome:
        """All that was found, with the reasons for which it does not count."""
        seen = by_process.of_readings(self.readings, context.inputs.component)
        outcome = (self.outcome + seen).finite()
        gate = context.workload(self.slot.case).gate
        _, false = self._profiles(context)
        invalid = [*validity.of_quantities(outcome.quantities, gate), *false]
        return outcome + Outcome(invalid=invalid)

    def finished(
        self,
        context: RunContext,
        found: Outcome,
        partner: Sequence[Note],
        *,
        started: datetime,
        seconds: float,
    ) -> Run:
        """The run of the record, with its profiles on disk; what spoils it voids its values.

        `partner`: what the other side of a mixed pair spoils of this one.
        """
        slot, case = self.slot, context.case(self.slot.case)
        main = context.inputs.component.main()
        api = self._data(main, "api", ApiData)
        taken, _ = self._profiles(context)
        told = self._data(main, "promql", PromqlData)
        if told is not None and told.snapshot is not None:
            save_series(context.inputs.out, slot, told.snapshot.content)
        invalid = [*found.invalid, *partner]
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
            probe_cost=self._costs(),
            profiles=save(context.inputs.out, slot, taken),
            invalid=tuple(dict.fromkeys(invalid)),  # two may have seen the same thing
            notes=found.notes,
            design=slot.design,
            lane=slot.lane,
        )

    def _profiles(self, context: RunContext) -> tuple[Mapping[str, bytes], list[Note]]:
        """The profiles of every process, by names that say whose they are."""
        profiles: dict[str, bytes] = {}
        problems: dict[str, str] = {}
        for process in self.readings:
            data = self._data(process, "pprof", ProfileData) or ProfileData()
            if len(data.pieces) > 1:
                whole = context.inputs.profile_merged(data.pieces)
                data = replace(data, profiles={**data.profiles, CPU: whole}, pieces=())
            profiles |= {of_process(kind, process): each for kind, each in data.profiles.items()}
            problems |= {of_process(kind, process): why for kind, why in data.problems.items()}
        every = ProfileData(profiles=profiles, problems=problems)
        return validity.profiles(every, context.inputs.profile_problem)

    def _costs(self) -> dict[str, float]:
        """CPU seconds of our own probes, by probe, over all processes."""
        costs: dict[str, float] = {}
        for readings in self.readings.values():
            for name, reading in readings.items():
                costs[name] = costs.get(name, 0.0) + reading.cost
        return costs

    def _data(self, process: str, probe: str, kind: type[T]) -> T | None:
        reading = self.readings.get(process, {}).get(probe)
        return reading.data if reading is not None and isinstance(reading.data, kind) else None
