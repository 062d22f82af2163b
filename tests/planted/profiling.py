"""Real CPU profiles of this program, in pprof's format, and a plain heap profile."""

from __future__ import annotations

import gzip
import signal
import time
from collections import Counter
from collections.abc import Mapping
from types import FrameType

import psutil

_EVERY = 0.01  # s of CPU between two samples
Stack = tuple[str, ...]  # the innermost function first, as the format has it


class Sampler:
    """Notes where the main thread is, every 10 ms of CPU time, while it is on."""

    def __init__(self) -> None:
        self._seen: Counter[Stack] = Counter()

    def start(self) -> None:
        self._seen.clear()
        self._begun = time.monotonic()
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def stop(self) -> bytes:
        """End, and return the profile."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        period = round(_EVERY * 1e9)
        values = {stack: [count, count * period] for stack, count in self._seen.items()}
        kinds = [("samples", "count"), ("cpu", "nanoseconds")]
        seconds = time.monotonic() - self._begun
        return encoded(kinds, values, period=period, seconds=seconds)

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            code = frame.f_code
            module = frame.f_globals.get("__name__", "?").removeprefix("tests.planted.")
            stack.append(f"{module}.{code.co_qualname}")
            frame = frame.f_back
        self._seen[tuple(stack)] += 1


def heap(kept: int) -> bytes:
    """A heap profile with two sites: the leak (`kept` bytes), and all other resident memory."""
    rest = psutil.Process().memory_info().rss - kept
    values: dict[Stack, list[int]] = {("flaws.Planted.on_request", "controller.main"): [kept]}
    values["interpreter", "controller.main"] = [rest]
    return encoded([("inuse_space", "bytes")], values, period=1)


def encoded(
    kinds: list[tuple[str, str]],
    values: Mapping[Stack, list[int]],
    *,
    period: int,
    seconds: float = 0.0,
) -> bytes:
    """Stacks with their values as a pprof profile, of a state or over so many seconds."""
    from loadstone.profiles import wire  # heavy, and only needed when somebody asks

    strings: dict[str, int] = {"": 0}

    def number(text: str) -> int:
        return strings.setdefault(text, len(strings))

    profile = wire.Profile(period=period, duration_nanos=round(seconds * 1e9))
    for kind, unit in kinds:
        profile.sample_type.add(type=number(kind), unit=number(unit))
    profile.period_type.type, profile.period_type.unit = map(number, kinds[-1])
    names = sorted({name for stack in values for name in stack})
    ids = {name: place for place, name in enumerate(names, start=1)}
    for name, place in ids.items():
        profile.function.add(id=place, name=number(name))
        profile.location.add(id=place).line.add(function_id=place)
    for stack, of in values.items():
        profile.sample.add(location_id=[ids[name] for name in stack], value=of)
    profile.string_table.extend(text.encode() for text in strings)
    return gzip.compress(profile.SerializeToString())
