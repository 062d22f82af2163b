"""Samples as `perf script` prints them: a line of who and when, then a stack from the leaf up.

traefik  4242/4250  123.456789:   10101010 cpu-clock:u:
        7f00aa main.work+0x1a (/usr/bin/traefik)
        7f00bb main.main+0x2c (/usr/bin/traefik)
"""

from __future__ import annotations

import re

from loadstone.profiles.bounded_stacks import BoundedStacks, text
from loadstone.profiles.pprof import NotAProfile, Profile
from loadstone.profiles.units import SampleType

# Blanks and words are matched once and whole, so that a line that is none is refused at once,
# however long it is: the file may be anybody's.
_HEADER = re.compile(
    r"(?P<comm>\S.*?)(?<!\s)\s++(?P<pid>\d++)(?:/\d++)?\s++(?:\[\d++\]\s++)?(?:[\w.]++\s++)?"
    r"(?P<time>\d{1,18}\.\d{1,18}):\s++(?:(?P<period>\d{1,18})\s++)?(?P<event>[\w/,=:.-]+):.*"
)
_FRAME = re.compile(
    r"\s++[0-9a-f]++(?:\s++(?P<name>\S.*?)(?<!\s))?\s++"
    r"\((?P<file>[^()]*+(?:\([^()]*+\)[^()]*+)?)\)\s*+(?:\(inlined\))?\s*+"
)
_OFFSET = re.compile(r"\+0x[0-9a-f]+$")
_CLOCKS = ("cpu-clock", "task-clock")  # their period is in ns
_CPU = SampleType(name="cpu", unit="nanoseconds")
_SAMPLES = SampleType(name="samples", unit="count")
_MOST_EVENTS = 1  # of two, the costs cannot be added


def looks_so(start: bytes) -> bool:
    """Whether the beginning of a file is of this form."""
    for line in start.decode(errors="replace").splitlines()[:50]:
        if line.strip() and not line.startswith("#"):
            return _HEADER.fullmatch(line) is not None
    return False


def parse(data: bytes) -> Profile:
    """Read what `perf script` printed. Raises `NotAProfile`.

    Samples of a clock are CPU seconds; of another event (cycles), samples.
    """
    found = BoundedStacks()
    stack: list[str] = []
    event, value = "", 0
    events: set[str] = set()
    first = last = 0.0
    period = 0
    for number, line in enumerate(text(data).splitlines(), 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if event:
                found.add(reversed(stack), value)
            stack, event = [], ""
            continue
        if line[0].isspace() and event:
            stack.append(_frame(line, number))
            continue
        header = _HEADER.fullmatch(line)
        if header is None:
            raise NotAProfile(f"its line {number} is no sample of `perf script`")
        if event:
            found.add(reversed(stack), value)
        stack, event = [], header["event"].partition(":")[0]
        events.add(event)
        clock = event in _CLOCKS and header["period"] is not None
        value = int(header["period"]) if clock else 1
        period = max(period, value)
        last = float(header["time"])
        first = first or last
    if event:
        found.add(reversed(stack), value)
    if len(events) > _MOST_EVENTS:
        raise NotAProfile(f"it has samples of {len(events)} events; record one")
    timed = bool(events) and events <= set(_CLOCKS) and period > 1
    kind = _CPU if timed else _SAMPLES
    return found.profile(kind, duration=max(0.0, last - first), period=period)


def _frame(line: str, number: int) -> str:
    match = _FRAME.fullmatch(line)
    if match is None:
        raise NotAProfile(f"its line {number} is no function of a stack")
    name = _OFFSET.sub("", match["name"] or "")
    if name in ("", "[unknown]"):
        return f"[{match['file'].rpartition('/')[2] or 'unknown'}]"
    return name + ("_[k]" if match["file"].startswith("[kernel") else "")
