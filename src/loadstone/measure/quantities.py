"""Quantities of a run by their dotted names, from the readings of probes. Pure.

Base units: s, By, counts, 1/s. A quantity that was not measured is absent; it is never 0 instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.measure.probes import scrape_notes
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.probe import ProbeReading
from loadstone.measure.probes.process import ProcessData
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.probes.scrape import ScrapeData
from loadstone.measure.steps.outcome import Outcome

WRITES = ("create", "update", "patch", "delete", "deletecollection")
PROFILED = "profile.cpu_seconds"  # the kernel's CPU time while the CPU profile was taken
_SHOWN = 240  # points of a series that are kept in the record
_PAIRED = 300  # points that a slope is fitted to

Points = Sequence[tuple[float, float]]


def of_readings(readings: Mapping[str, ProbeReading]) -> Outcome:
    """The quantities, series and notes of every probe's reading."""
    found = Outcome()
    for reading in readings.values():
        found += _of(reading.data)
    return found


def _of(data: Any) -> Outcome:
    match data:
        case ProcessData():
            return of_process(data)
        case ScrapeData():
            return of_scrape(data)
        case ApiData():
            return of_api(data)
        case ProfileData():
            return Outcome(quantities={} if data.cpu is None else {PROFILED: data.cpu})
        case None:  # the probe had nothing to look at
            return Outcome()
        case _:
            raise TypeError(f"no quantities are read from {type(data).__name__}")


def of_process(data: ProcessData) -> Outcome:
    """`process.*`: CPU seconds of the window, memory in bytes, its growth in By/s."""
    found = {
        "process.cpu_seconds": data.cpu[1] - data.cpu[0],
    }
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
    """`scrape.<alias>.*`: growth, last and largest value, growth per second.

    What appears while we look has grown from 0. A counter that begins anew counts on, and the
    growth of a gauge is its last value less its first.
    """
    found: dict[str, float] = {}
    for alias, points in data.values.items():
        if points:
            grown = _grown(alias, points, data)
            found[f"scrape.{alias}.delta"] = grown[-1][1]
            found[f"scrape.{alias}.end"] = points[-1][1]
            found[f"scrape.{alias}.max"] = max(value for _, value in points)
            found |= _slope(f"scrape.{alias}.slope", grown)
    return Outcome(
        quantities={name: value for name, value in found.items() if math.isfinite(value)},
        series={f"scrape.{alias}": thinned(points) for alias, points in data.values.items()},
        notes=scrape_notes.notes(data),
    )


def _grown(alias: str, points: Points, data: ScrapeData) -> Points:
    """[s, growth since the first look], of a counter or a gauge."""
    if alias in data.gauges:
        start = points[0][1] if alias in data.at_open else 0.0
        return [(moment, value - start) for moment, value in points]
    return data.grown[alias].points


def of_api(data: ApiData) -> Outcome:
    """`api.*`: counts of the component's requests over the run, and what it was sent."""
    by_verb: dict[str, int] = {}
    for key, count in data.requests.items():
        verb = key.split(" ", 1)[0]
        by_verb[verb] = by_verb.get(verb, 0) + count
    return Outcome(
        quantities={
            "api.requests": float(sum(by_verb.values())),
            **{f"api.requests.{verb}": float(count) for verb, count in by_verb.items()},
            "api.writes": float(sum(by_verb.get(verb, 0) for verb in WRITES)),
            "api.watch_events": float(sum(data.events.values())),
            "api.bytes_out": float(sum(data.sent.values())),
        }
    )


def slope(points: Points) -> float | None:
    """The median of the slopes between all pairs of points (Theil 1950, Sen 1968), or None.

    One jump, or a few outliers, move it little; under 3 points there is nothing to fit.
    """
    if len(points) < 3:
        return None
    import numpy as np
    from scipy.stats import theilslopes

    times, values = zip(*evenly(points, _PAIRED), strict=True)
    if max(times) <= min(times):
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the largest there are
        found = float(theilslopes(values, times).slope)
    return found if math.isfinite(found) else None


def evenly(points: Points, most: int) -> Points:
    """At most `most` of the points, evenly spaced, the first and the last among them."""
    if len(points) <= most:
        return points
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def thinned(points: Points) -> list[list[float]]:
    """A series as it is kept: [s, value], rounded to milliseconds."""
    return [[round(moment, 3), value] for moment, value in evenly(points, _SHOWN)]


def _slope(name: str, points: Points) -> dict[str, float]:
    found = slope(points)
    return {} if found is None else {name: found}
