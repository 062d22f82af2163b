"""Thin CPU profiles: those that saw too little of what the kernel counted. Pure.

Timers come at the kernel's ticks. Where a program runs between them, as it may under a load that is
as even as they are, or where they are lost, a profiler is woken far more seldom than it asked for:
of 920 ms that a program ran, 50 ms were seen. What it was seen doing then is chance, and a picture
of it tells a story that is not so. Such a profile is left out. One that saw more than a quarter is
scaled to what the kernel counted, and each of its samples stands for more, which its intervals
show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loadstone.profiles.pprof import Profile, fold
from loadstone.profiles.sampling import quantum
from loadstone.profiles.units import SampleType

LEAST = 0.25  # of the kernel's CPU time that a profile has to have seen
ENOUGH = 20  # samples that there should be, for their number to say anything
_USUAL = 0.01  # s that a sample stands for, where the profile does not say it


@dataclass(frozen=True, kw_only=True)
class ThinProfile:
    """A CPU profile that saw only some of the CPU seconds that the kernel counted meanwhile."""

    seen: float
    counted: float


def thin(profile: Profile, counted: float | None) -> ThinProfile | None:
    """The thinness of a CPU profile; None of one that is not thin, or of which nobody knows.

    `counted`: the kernel's CPU seconds of the program while the profile was taken. A program that
    ran too little for 20 samples has no thin profile, only a short one. Types that do not count CPU
    seconds say nothing here.
    """
    if counted is None or not math.isfinite(counted):
        return None
    seen, name = counted_cpu(profile), _cpu_type(profile)
    if seen is None or name is None:
        return None
    if seen >= LEAST * counted or counted / quantum(profile, name, usual=_USUAL) < ENOUGH:
        return None
    return ThinProfile(seen=seen, counted=counted)


def counted_cpu(profile: Profile) -> float | None:
    """The CPU seconds that a profile saw; None of one that does not count them."""
    name = _cpu_type(profile)
    return None if name is None else math.fsum(fold(profile, name).values())


def _cpu_type(profile: Profile) -> str | None:
    return next((each.name for each in profile.types if _counts_cpu(each)), None)


def _counts_cpu(kind: SampleType) -> bool:
    return "cpu" in kind.name and kind.base_unit == "s"
