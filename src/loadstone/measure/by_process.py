"""Quantities of a component of several processes: those of each, and of all together. Pure.

Each process has its own under its name (`process.envoy.cpu_seconds`). Without a name, what can be
added up is the sum (`process.*`, `allocations.*`), and what cannot is the main process's; a scraped
one is of the first process whose page has the alias.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TypeVar

from loadstone.formats import ALONE, Component
from loadstone.measure import quantities
from loadstone.measure.probes.allocations import ALIASES
from loadstone.measure.probes.counters import CounterData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.process import ProcessData
from loadstone.measure.steps.outcome import Outcome
from loadstone.model import Note
from loadstone.model.reasons import named

NAMED = ("process", "scrape", "allocations", "profile")  # what each process has of its own
Readings = Mapping[str, Mapping[str, ProbeReading]]  # by process, then by probe
Points = Sequence[tuple[float, int]]
T = TypeVar("T")


def of_readings(readings: Readings, component: Component) -> Outcome:
    """The quantities, series and notes of every process's readings, and of all together."""
    if not component.processes:
        return quantities.of_readings(readings.get(ALONE, {}))
    each = {name: quantities.of_readings(found) for name, found in readings.items()}
    outcome = Outcome()
    for name, found in each.items():
        outcome += _of_one(found, name)
    return outcome + _of_main(each, component) + _of_all(readings, each, component)


def _of_one(found: Outcome, process: str) -> Outcome:
    def own(name: str) -> bool:
        return name.split(".", 1)[0] in NAMED

    notes = [Note(code=n.code, data={**n.data, "process": process}) for n in found.notes]
    return Outcome(
        quantities={named(k, process): v for k, v in found.quantities.items() if own(k)},
        series={named(k, process): points for k, points in found.series.items() if own(k)},
        notes=notes,
    )


def _of_main(each: Mapping[str, Outcome], component: Component) -> Outcome:
    """What is not added up: that of the main process, and of each alias's owner."""
    main, owners = component.main(), component.owners()

    def plain(name: str, process: str) -> bool:
        head, _, rest = name.partition(".")
        if head == "scrape":
            return owners.get(rest.split(".", 1)[0]) == process
        return process == main and head not in ("process", "allocations")

    return Outcome(
        quantities={
            name: value
            for process, found in each.items()
            for name, value in found.quantities.items()
            if plain(name, process)
        },
        series={
            name: points
            for process, found in each.items()
            for name, points in found.series.items()
            if plain(name, process)
        },
    )


def _of_all(readings: Readings, each: Mapping[str, Outcome], component: Component) -> Outcome:
    """What is added up. A sum that lacks one of its parts is not known."""
    looked = [_data(found, "process", ProcessData) for found in readings.values()]
    known = [data for data in looked if data is not None]
    outcome = Outcome()
    if known and len(known) == len(component.processes):
        outcome += quantities.of_process(together(known))
    counted = [_data(found, "counters", CounterData) for found in readings.values()]
    names = {name for data in counted if data is not None for name in data.counted}
    sums = {
        f"process.{name}": sum(data.counted[name] for data in counted if data is not None)
        for name in names
        if all(data is not None and name in data.counted for data in counted)
    }
    return outcome + Outcome(quantities={**sums, **_allocations(each, component)})


def _allocations(each: Mapping[str, Outcome], component: Component) -> dict[str, float]:
    found = {}
    for what, alias in ALIASES.items():
        counting = [name for name, one in component.processes.items() if alias in one.scrape]
        for quantity in (f"allocations.{what}", f"allocations.own_{what}"):
            values = [each[name].quantities.get(quantity) for name in counting if name in each]
            numbers = [value for value in values if value is not None]
            if numbers and len(numbers) == len(counting):
                found[quantity] = sum(numbers)
    return found


def together(data: Sequence[ProcessData]) -> ProcessData:
    """Several processes as one tree: sums, at the moments at which the first one was looked at."""
    if len(data) == 1:
        return data[0]
    return ProcessData(
        cpu=(sum(each.cpu[0] for each in data), sum(each.cpu[1] for each in data)),
        rss=added([each.rss for each in data]),
        anon=added([each.anon for each in data]),
        peak=None,
        threads=added([each.threads for each in data]),
        fds=added([each.fds for each in data]),
        coarse=sum(each.coarse for each in data),
    )


def added(series: Sequence[Points]) -> Points:
    """The sum of series at the moments of the first one, each with its last value until then.

    Nothing where one has no points.
    """
    if not all(series):
        return []
    first, *others = series
    times = [[moment for moment, _ in points] for points in others]

    def at(moment: float) -> int:
        return sum(
            points[max(bisect_right(known, moment) - 1, 0)][1]
            for points, known in zip(others, times, strict=True)
        )

    return [(moment, value + at(moment)) for moment, value in first]


def _data(readings: Mapping[str, ProbeReading], probe: str, kind: type[T]) -> T | None:
    data = readings[probe].data if probe in readings else None
    return data if isinstance(data, kind) else None
