"""Sampling: how often something was seen, and what one sighting stands for. Pure.

A CPU profile's samples all stand for the same. Of allocations one is sampled every so many bytes:
what is larger than that is sampled each time, and one sample of it stands for all its bytes. Ten
megabytes are twenty samples of small objects and one of a large buffer, which is a matter of luck
sooner.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

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


def sampling(profile: Profile, sample_type: str) -> Callable[[Sequence[int]], float] | None:
    """The counter of samples that the values of a stack stand for, negative for what is taken off.

    None where all samples stand for the same, or all is counted.
    """
    each = quantum(profile, sample_type)
    column = profile.column(sample_type)
    scale = profile.types[column].scale
    objects = _objects(profile, column)
    if not each or objects is None:
        return None

    def samples(values: Sequence[int]) -> float:
        cost, number = values[column] * scale, values[objects]
        if not number or not cost:
            return cost / each
        size = abs(cost / number)
        return cost / size * -math.expm1(-size / each)

    return samples


def _objects(profile: Profile, column: int) -> int | None:
    """The column that counts the objects whose bytes another one has."""
    kind = profile.types[column]
    if kind.base_unit != "By" or not kind.name.endswith("_space"):
        return None
    wanted = kind.name.removesuffix("space") + "objects"
    return next((at for at, each in enumerate(profile.types) if each.name == wanted), None)
