"""Profiles of any form that we read, told by their first bytes: pprof, or what other tools write.

py-spy, memray, async-profiler and many more write collapsed stacks or files of speedscope, V8 and
Node `.cpuprofile`, and `perf script` prints samples as text. All become the same `Profile`, within
the same bounds, and what is none of them is said in words.
"""

from __future__ import annotations

from loadstone.formats import gzipped
from loadstone.profiles import collapsed, cpuprofile, perf_script, speedscope
from loadstone.profiles.pprof import LARGEST, NotAProfile, Profile, parse

_EVENTS = frozenset({"contentions", "delay"})  # where none happened, there is nothing to sample
_LOOKED_AT = 65_536  # By, by which a form is told


def read(data: bytes) -> Profile:
    """Read a profile, gzipped or as it is. Raises `NotAProfile`, and nothing else."""
    plain = _unpacked(data)
    start = plain[:_LOOKED_AT].lstrip()
    if start.startswith(b"{"):
        if cpuprofile.looks_so(plain):
            return cpuprofile.parse(plain)
        if speedscope.looks_so(plain):
            return speedscope.parse(plain)
    elif perf_script.looks_so(start):
        return perf_script.parse(plain)
    elif collapsed.looks_so(start):
        return collapsed.parse(plain)
    return parse(data)


def problem(data: bytes) -> str | None:
    """The fault of `data` that is no usable profile, in words; None when it is one.

    A profile over a time in which nothing ran has no samples and is good, and so is one of events
    that did not happen; one of a state has some.
    """
    try:
        profile = read(data)
    except NotAProfile as error:
        return str(error)
    sampled = any(any(sample.values) for sample in profile.samples)
    events = any(kind.name in _EVENTS for kind in profile.types)
    if not sampled and not profile.duration and not events:
        return "it has no samples"
    return None


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(gzipped.MAGIC):
        return data[: LARGEST + 1]
    try:
        return gzipped.unpacked(data, LARGEST)
    except gzipped.DamagedGzip as error:
        raise NotAProfile(str(error)) from error
