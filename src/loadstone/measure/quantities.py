"""Quantities of a run by their dotted names, from the readings of probes. Pure.

Base units: s, By, counts, 1/s. A quantity that was not measured is absent; it is never 0 instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from loadstone.measure.points import Points, slope, thinned
from loadstone.measure.probes import scrape_notes
from loadstone.measure.probes.allocations import AllocationData
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.counters import CounterData
from loadstone.measure.probes.distributions import WindowDistribution
from loadstone.measure.probes.neighbours import NeighbourData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.process import ProcessData
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.probes.promql import PromqlData
from loadstone.measure.probes.scrape_data import ScrapeData
from loadstone.measure.steps.outcome import Outcome

WRITES = ("create", "update", "patch", "delete", "deletecollection")
PROFILED = "profile.cpu_seconds"  # the kernel's CPU time while the CPU profile was taken
_RESOURCE = re.compile(r"[a-z][a-z0-9-]*(/[a-z]+)?")  # and no path, as `/version`


def of_readings(readings: Mapping[str, ProbeReading]) -> Outcome:
    """The quantities, series and notes of every probe's reading."""
    found = Outcome()
    for reading in readings.values():
        found += _of(reading.data)
    return found + _of_both(readings)


def _of(data: Any) -> Outcome:
    match data:
        case ProcessData():
            return of_process(data)
        case ScrapeData():
            return of_scrape(data)
        case ApiData():
            return of_api(data)
        case PromqlData():
            answers = {f"promql.{alias}": value for alias, value in data.values.items()}
            return Outcome(quantities=answers, notes=data.notes)
        case _:
            return Outcome(quantities=_numbers(data))


def _numbers(data: Any) -> dict[str, float]:
    """The quantities of a probe that tells nothing else."""
    match data:
        case ProfileData():
            return {} if data.cpu is None else {PROFILED: data.cpu}
        case NeighbourData():
            return {f"{name}.cpu_seconds": seconds for name, seconds in data.cpu.items()}
        case CounterData():
            return {f"process.{name}": count for name, count in data.counted.items()}
        case None | AllocationData():  # nothing to look at; what takes a second probe's reading
            return {}
        case _:
            raise TypeError(f"no quantities are read from {type(data).__name__}")


def of_process(data: ProcessData) -> Outcome:
    """`process.*`: CPU seconds of the window, memory in bytes, its growth in By/s."""
    found = {
        "process.cpu_seconds": data.cpu[1] - data.cpu[0],
        "process.lifetime_cpu_seconds": data.cpu[1],
    }
    if data.coarse:
        found["process.cpu_seconds.resolution"] = data.coarse
    for name, counts in (("threads", data.threads), ("fds", data.fds)):
        if counts:
            found[f"process.{name}"] = float(max(value for _, value in counts))
            found |= _slope(f"process.{name}_slope", counts)
    for name, points, peak in (("rss", data.rss, data.peak), ("anon", data.anon, None)):
        if points:
            largest = max(value for _, value in points)
            found[f"process.{name}_peak"] = float(max(peak or 0, largest))
            found[f"process.{name}_end"] = float(points[-1][1])
            found |= _slope(f"process.{name}_slope", points)
    series = {"rss": data.rss, "anon": data.anon, "threads": data.threads, "fds": data.fds}
    return Outcome(
        quantities=found,
        series={f"process.{name}": thinned(points) for name, points in series.items()},
    )


def of_scrape(data: ScrapeData) -> Outcome:
    """`scrape.<alias>.*`: growth, last and largest value, growth per second; of a histogram or
    summary count and mean, and of a histogram quantiles.

    What appears while we look has grown from 0. A counter that begins anew counts on, and the
    growth of a gauge is its last value less its first. Without the pages of the window's beginning
    and end nobody knows what was counted in it, nor of what the page of the end no longer shows.
    """
    found: dict[str, float] = {}
    whole = data.opened and data.closed
    for alias, seen in data.distributions.items():
        if whole and alias not in data.gone:
            found |= _of_distribution(f"scrape.{alias}", seen)
    for alias, points in data.values.items():
        if points:
            grown = _grown(alias, points, data)
            if whole and alias not in data.gone:
                found[f"scrape.{alias}.delta"] = grown[-1][1]
            if data.closed and alias not in data.gone:
                found[f"scrape.{alias}.end"] = points[-1][1]
            found[f"scrape.{alias}.max"] = max(value for _, value in points)
            found |= _slope(f"scrape.{alias}.slope", grown)
    return Outcome(
        quantities={name: value for name, value in found.items() if math.isfinite(value)},
        series={f"scrape.{alias}": thinned(points) for alias, points in data.values.items()},
        notes=scrape_notes.notes(data),
    )


def _of_distribution(name: str, seen: WindowDistribution) -> dict[str, float]:
    """Of what was observed in the window; a quantile with the width of its bucket."""
    found = {f"{name}.count": seen.count}
    if seen.sum is not None and seen.count:
        found[f"{name}.mean"] = seen.sum / seen.count
    for part, each in seen.quantiles().items():
        if each is not None:
            found |= {f"{name}.{part}": each.value, f"{name}.{part}.resolution": each.resolution}
    return found


def _grown(alias: str, points: Points, data: ScrapeData) -> Points:
    """[s, growth since the first look], of a counter or a gauge."""
    if alias in data.gauges:
        start = points[0][1] if alias in data.at_open else 0.0
        return [(moment, value - start) for moment, value in points]
    return data.grown[alias].points


def _of_both(readings: Mapping[str, ProbeReading]) -> Outcome:
    """What takes the readings of two probes."""
    allocated, scraped = (
        readings[name].data if name in readings else None for name in ("allocations", "scrape")
    )
    if not isinstance(allocated, AllocationData):
        return Outcome()
    return of_allocations(allocated, scraped.between if isinstance(scraped, ScrapeData) else 0)


def of_allocations(data: AllocationData, pages: int) -> Outcome:
    """`allocations.*`: growth of the counters less what `pages` and one reading of them allocated.

    A counter that began anew, or whose reading has no known cost, has no quantity.
    """
    found: dict[str, float] = {}
    reading, page = data.reading or {}, data.page or {}
    for what, first in data.first.items():
        if what not in data.last or what not in reading or (pages and what not in page):
            continue
        own = reading[what] + pages * page.get(what, 0.0)
        grown = data.last[what] - first
        if grown >= 0:
            found[f"allocations.{what}"] = max(grown - own, 0.0)
            found[f"allocations.own_{what}"] = own
    return Outcome(quantities=found)


def of_api(data: ApiData) -> Outcome:
    """`api.*`: counts of the component's requests over the run, and what it was sent.

    By verb, by verb and resource, and by agent: what its User-Agent begins with, up to the first
    `/`, so that of several programs it is seen which one asked.
    """
    by_verb: dict[str, int] = {}
    by_resource: dict[str, int] = {}
    by_agent: dict[str, int] = {}
    for key, count in data.requests.items():
        verb, resource, agent = key.split(" ", 2)
        by_verb[verb] = by_verb.get(verb, 0) + count
        program = agent.split("/", 1)[0]
        by_agent[program] = by_agent.get(program, 0) + count
        if _RESOURCE.fullmatch(resource):
            kind = f"{verb}.{resource}"
            by_resource[kind] = by_resource.get(kind, 0) + count
    return Outcome(
        quantities={
            "api.requests": float(sum(by_verb.values())),
            **{f"api.requests.{verb}": float(count) for verb, count in by_verb.items()},
            **{f"api.requests.{kind}": float(count) for kind, count in by_resource.items()},
            **{f"api.requests.by_agent.{name}": float(n) for name, n in by_agent.items()},
            "api.writes": float(sum(by_verb.get(verb, 0) for verb in WRITES)),
            **{
                name: float(sum(counts.values()))
                for name, counts in (
                    ("api.watch_events", data.events),
                    ("api.bytes_out", data.sent),
                )
                if counts is not None
            },
        }
    )


def _slope(name: str, points: Points) -> dict[str, float]:
    found = slope(points)
    return {} if found is None else {name: found}
