"""What k6 wrote down, request by request, as a result. Pure.

k6 does not say when a request was due. It numbers its iterations in the order in which they were
due, and it starts none early; so with d the number of iterations dropped before number i, it was
due at `phase + (i + d) / rate`, and the phase is the largest one that lets none start before it was
due. What k6 calls late is therefore late against its own best; a constant delay of all starts
cannot be seen.
"""

from __future__ import annotations

import bisect
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import Counts
from loadstone.measure.load.recorder import EXAMPLES

_COLUMNS = 5  # metric_name, timestamp, metric_value, extra_tags, metadata


@dataclass(kw_only=True)
class Sample:
    """One iteration: when it started and when its answer had come (Unix s), and for how long.

    `ended` is None for an iteration whose request was not answered before k6 ended.
    """

    started: float | None = None
    ended: float | None = None
    service: float = 0.0  # s


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Iterations by number, and the moments (Unix s, rising) at which one was dropped."""

    iterations: Mapping[int, Sample]
    drops: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What was wrong, by number of the iteration: answers that were not right, and no answers."""

    wrong: Mapping[int, str]
    errors: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Window:
    """From `opened` to `closed`, Unix seconds."""

    opened: float
    closed: float


def read_samples(lines: Iterable[str]) -> Samples:
    """The rows of k6's CSV output (times in Unix ns, values in ms) that matter here.

    Rows that are cut off or unknown are passed over: what is missing is then missing in the result,
    where it counts as unanswered.
    """
    iterations: defaultdict[int, Sample] = defaultdict(Sample)
    drops: list[float] = []
    for row in csv.reader(lines):
        if len(row) != _COLUMNS or not row[1].isdecimal():
            continue
        name, moment, value = row[0], int(row[1]) / 1e9, float(row[2])
        if name == "dropped_iterations":
            drops.extend([moment] * int(value))
        elif not row[4].startswith("i="):
            continue
        elif name == "http_req_duration":
            sample = iterations[int(row[4][2:])]
            sample.ended, sample.service = moment, value / 1e3
        elif name == "iteration_duration":
            iterations[int(row[4][2:])].started = moment - value / 1e3
    return Samples(iterations=dict(iterations), drops=sorted(drops))


def read_faults(lines: Iterable[str]) -> Faults:
    """The faults that the script printed, a line of JSON each."""
    wrong: dict[int, str] = {}
    errors: dict[int, str] = {}
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue  # `ready`, or cut off
        if not isinstance(said, dict) or not isinstance(said.get("i"), int):
            continue
        if "wrong" in said:
            wrong[said["i"]] = str(said["wrong"])
        else:
            errors[said["i"]] = kind(str(said.get("error", "")))
    return Faults(wrong=wrong, errors=errors)


def kind(error: str) -> str:
    """k6's words for a failed request, as the kinds the built-in generator has."""
    known = {
        "timeout": "timeout",
        "refused": "no connection",
        "reset": "reset",
        "EOF": "closed",
    }
    return next((ours for theirs, ours in known.items() if theirs in error), error or "unknown")


def dues(samples: Samples, rate: float) -> dict[int, float]:
    """When each iteration was due (Unix s), for all numbers from 0 to the last one seen."""
    starts = {i: s.started for i, s in samples.iterations.items() if s.started is not None}
    if not starts:
        return {}
    before = {i: bisect.bisect_left(samples.drops, started) for i, started in starts.items()}
    phase = min(started - (i + before[i]) / rate for i, started in starts.items())
    found: dict[int, float] = {}
    dropped = 0
    for i in range(max(starts) + 1):
        dropped = before.get(i, dropped)
        found[i] = phase + (i + dropped) / rate
    return found


def result(
    *, samples: Samples, faults: Faults, rate: float, window: Window, cpu: float, cores: int
) -> LoadResult:
    """The requests that were due in the window."""
    due = {
        i: moment
        for i, moment in dues(samples, rate).items()
        if window.opened <= moment < window.closed
    }
    latency, service, lateness = Counts(), Counts(), Counts()
    errors: Counter[str] = Counter()
    wrong: list[int] = []
    for i, moment in due.items():
        sample = samples.iterations.get(i, Sample())
        if sample.started is not None:
            lateness.add(sample.started - moment)
        if i in faults.wrong:
            wrong.append(i)
        elif i in faults.errors or sample.ended is None:
            errors[faults.errors.get(i, "unanswered")] += 1
        else:
            latency.add(sample.ended - moment)
            service.add(sample.service)
    dropped = sum(window.opened <= moment < window.closed for moment in samples.drops)
    seconds = window.closed - window.opened
    arrived = sum(
        window.opened <= s.ended < window.closed
        for i, s in samples.iterations.items()
        if s.ended is not None and i not in faults.errors
    )
    return LoadResult(
        generator="k6",
        asked_rate=rate,
        achieved_rate=arrived / seconds if seconds > 0 else 0.0,
        seconds=seconds,
        requests=len(due) + dropped,
        answers=len(due) - len(wrong) - sum(errors.values()),
        wrong=len(wrong),
        errors=dict(errors),
        examples=_examples(faults, due),
        dropped=dropped,
        connect_errors=errors["no connection"],
        latency=latency.encode(),
        service=service.encode(),
        lateness=lateness.encode(),
        cpu=cpu,
        cores=cores,
        series=_series(due, wrong, window),
    )


def _examples(faults: Faults, due: Mapping[int, float]) -> list[str]:
    said = {**faults.errors, **faults.wrong}
    return [said[i] for i in sorted(said) if i in due][:EXAMPLES]


def _series(
    due: Mapping[int, float], wrong: Sequence[int], window: Window
) -> dict[str, list[list[float]]]:
    def second(i: int) -> int:
        return int(due[i] - window.opened)

    requests, faulty = Counter(map(second, due)), Counter(map(second, wrong))
    return {
        "load.requests": [[s, requests[s]] for s in sorted(requests)],
        "load.wrong": [[s, faulty[s]] for s in sorted(requests)],
    }
