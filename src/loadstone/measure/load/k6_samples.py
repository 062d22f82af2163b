"""k6's samples, request by request, turned into the result of a load. Pure.

k6 does not say when a request was due. It numbers its iterations in the order in which they were
due, and it starts none early; so with d the number of iterations dropped before number i, it was
due at `phase + (i + d) / rate`, and the phase is the largest one that lets none start before it was
due. What k6 calls late is therefore late against its own best; a constant delay of all starts
cannot be seen.
"""

from __future__ import annotations

import bisect
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import Counts
from loadstone.measure.load.recorder import EXAMPLES

# metric_name,timestamp,metric_value,extra_tags,metadata
_ROW = re.compile(
    r"(?P<name>dropped_iterations|http_req_duration|iteration_duration)"
    r",(?P<ns>[0-9]+),(?P<value>[0-9]+(\.[0-9]+)?),[^,]*,(i=(?P<i>[0-9]+))?\s*",
    re.ASCII,
)


@dataclass(kw_only=True)
class K6Iteration:
    """One iteration of the script: one request."""

    started: float | None = None  # Unix s
    ended: float | None = None  # Unix s; None where k6 ended before the answer came
    service: float = 0.0  # s


@dataclass(frozen=True, kw_only=True)
class K6Iterations:
    """Iterations by number, and the moments (Unix s, rising) at which one was dropped."""

    iterations: Mapping[int, K6Iteration]
    drops: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class K6Faults:
    """The faults of iterations, by number: answers that were not right, and answers missing."""

    wrong: Mapping[int, str]
    errors: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class K6Window:
    """The measured window."""

    opened: float  # Unix s
    closed: float  # Unix s

    @property
    def seconds(self) -> float:
        return max(self.closed - self.opened, 1e-6)

    def holds(self, moment: float) -> bool:
        return self.opened <= moment < self.closed


def read_samples(lines: Iterable[str]) -> K6Iterations:
    """The rows of k6's CSV output (times in Unix ns, values in ms) that matter here.

    Rows that are cut off or unknown are passed over: what is missing is then missing in the result,
    where it counts as unanswered.
    """
    iterations: defaultdict[int, K6Iteration] = defaultdict(K6Iteration)
    drops: list[float] = []
    for found in filter(None, map(_ROW.fullmatch, lines)):
        name, moment, value = found["name"], int(found["ns"]) / 1e9, float(found["value"])
        if name == "dropped_iterations":
            drops.extend([moment] * int(value))
        elif found["i"] is None:
            continue
        elif name == "http_req_duration":
            sample = iterations[int(found["i"])]
            sample.ended, sample.service = moment, value / 1e3
        else:
            iterations[int(found["i"])].started = moment - value / 1e3
    return K6Iterations(iterations=dict(iterations), drops=sorted(drops))


def read_faults(lines: Iterable[str]) -> K6Faults:
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
    return K6Faults(wrong=wrong, errors=errors)


def kind(error: str) -> str:
    """k6's words for a failed request, as the kinds the built-in generator has."""
    known = {
        "timeout": "timeout",
        "refused": "no connection",
        "reset": "reset",
        "EOF": "closed",
    }
    return next((ours for theirs, ours in known.items() if theirs in error), error or "unknown")


def dues(samples: K6Iterations, rate: float) -> dict[int, float]:
    """The moments (Unix s) at which iterations were due, for 0 to the last number seen."""
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


def results(
    *,
    samples: K6Iterations,
    faults: K6Faults,
    rate: float,
    order: Sequence[int],
    window: K6Window,
    cpu: float,
    cores: int,
) -> list[LoadResult]:
    """The requests that were due in the window, for each lane; `rate` is that of one.

    `order`: the lane of each iteration, over and over. Whose turn a dropped one was, k6 does not
    say: they are dealt out.
    """
    lanes = len(set(order))
    due = dues(samples, rate * lanes)
    return [
        _of_lane(
            samples=K6Iterations(
                iterations={
                    i: one for i, one in samples.iterations.items() if order[i % len(order)] == lane
                },
                drops=samples.drops[lane::lanes],
            ),
            faults=faults,
            rate=rate,
            due={i: moment for i, moment in due.items() if order[i % len(order)] == lane},
            window=window,
            cpu=cpu,
            cores=cores,
        )
        for lane in range(lanes)
    ]


def _of_lane(
    *,
    samples: K6Iterations,
    faults: K6Faults,
    rate: float,
    due: Mapping[int, float],
    window: K6Window,
    cpu: float,
    cores: int,
) -> LoadResult:
    due = {i: moment for i, moment in due.items() if window.holds(moment)}
    wrong = [i for i in due if i in faults.wrong]
    right = {i: ended for i in due if (ended := _answered(i, samples, faults)) is not None}
    lost = Counter(
        faults.errors.get(i, "unanswered") for i in due if i not in right and i not in faults.wrong
    )
    dropped = sum(map(window.holds, samples.drops))
    return LoadResult(
        generator="k6",
        asked_rate=rate,
        achieved_rate=_arrived(samples, faults, window) / window.seconds,
        seconds=window.seconds,
        requests=len(due) + dropped,
        answers=len(right),
        wrong=len(wrong),
        errors=dict(lost),
        examples=_examples(faults, due),
        dropped=dropped,
        connect_errors=lost["no connection"],
        latency=_histogram(ended - due[i] for i, ended in right.items()),
        service=_histogram(samples.iterations[i].service for i in right),
        lateness=_histogram(_lateness(samples, due)),
        cpu=cpu,
        cores=cores,
        series=_series(due, wrong, samples.drops, window),
    )


def _answered(i: int, samples: K6Iterations, faults: K6Faults) -> float | None:
    """When the right answer to request i had come; None when there was none."""
    sample = samples.iterations.get(i)
    if sample is None or i in faults.wrong or i in faults.errors:
        return None
    return sample.ended


def _arrived(samples: K6Iterations, faults: K6Faults, window: K6Window) -> int:
    """Answers, right or wrong, while the window was open, whenever their requests were due."""
    return sum(
        sample.ended is not None and i not in faults.errors and window.holds(sample.ended)
        for i, sample in samples.iterations.items()
    )


def _lateness(samples: K6Iterations, due: Mapping[int, float]) -> Iterator[float]:
    for i, moment in due.items():
        sample = samples.iterations.get(i)
        if sample is not None and sample.started is not None:
            yield sample.started - moment


def _histogram(seconds: Iterable[float]) -> str:
    counts = Counts()
    for each in seconds:
        counts.add(each)
    return counts.encode()


def _examples(faults: K6Faults, due: Mapping[int, float]) -> list[str]:
    said = {**faults.errors, **faults.wrong}
    return [said[i] for i in sorted(said) if i in due][:EXAMPLES]


def _series(
    due: Mapping[int, float], wrong: Sequence[int], drops: Sequence[float], window: K6Window
) -> dict[str, list[list[float]]]:
    moments = [*due.values(), *filter(window.holds, drops)]
    requests = Counter(int(moment - window.opened) for moment in moments)
    faulty = Counter(int(due[i] - window.opened) for i in wrong)
    return {
        "load.requests": [[s, requests[s]] for s in sorted(requests)],
        "load.wrong": [[s, faulty[s]] for s in sorted(requests)],
    }
