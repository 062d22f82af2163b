"""Sampling: the cost that one sample stands for. Pure.

Of allocations one is sampled every so many bytes. What is larger than that is seen each time and
exactly, which is better than is assumed of it.
"""

from __future__ import annotations

from loadstone.profiles.pprof import Profile


def quantum(profile: Profile, sample_type: str, *, usual: float = 0.0) -> float:
    """The cost that one sample stands for at least, in the base unit; 0 where all is counted.

    From its period, or else from how many samples it says it holds; `usual` where it tells neither.
    """
    column = profile.column(sample_type)
    kind, period = profile.types[column], profile.period_type
    if kind.counts_samples:
        return 1.0
    if kind.base_unit == "1":
        return 0.0
    if period is not None and period.base_unit == kind.base_unit and profile.period > 0:
        return profile.period * period.scale
    counting = next((at for at, each in enumerate(profile.types) if each.counts_samples), None)
    if counting is None:
        return usual
    samples = sum(sample.values[counting] for sample in profile.samples)
    total = sum(sample.values[column] for sample in profile.samples) * kind.scale
    return total / samples if samples > 0 and total > 0 else usual
