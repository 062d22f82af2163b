"""Profile diffs: two sides' profiles compared, function by function.

Several runs per side tell what differs from what one profile merely happened to sample. The
intervals are those of single rows, for reading; no verdict rests on them.

A function that was sampled fewer than six times, in all runs of both sides together, has no row and
is counted instead: readers take the top rows for causes, and if nothing changed all six samples
fall on one side with a chance of 3 %, five of 6 %. Exact counts always have rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from loadstone.model import ProfileDiff, ProfileRow
from loadstone.profiles.frames import Stack
from loadstone.profiles.names import normal
from loadstone.profiles.pprof import Profile, fold
from loadstone.profiles.sample_type import choose, other
from loadstone.profiles.thin import quantum

ROWS = 40  # functions that are kept: what follows them costs next to nothing
LEVEL = 0.95  # of an interval
_ENOUGH = 3  # runs a side for an interval
SAMPLES = 6  # of both sides: the fewest of which any split says something, as 2 · 0.5⁶ < 5 %


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The costs of one profile by function, in the base unit: its own, and with all it called."""

    own: Mapping[str, float]
    total: Mapping[str, float]
    sum: float


def diff(
    base: Sequence[Profile], head: Sequence[Profile], *, case: str, kind: str, rows: int = ROWS
) -> ProfileDiff:
    """Compare the profiles of the base's runs with those of the head's, largest |delta| first.

    Shares are means over the runs of each run's share, 0…1. `delta` is the difference of the means
    of the function's own cost per run, in the base unit; from 3 runs a side on it has an interval
    (Welch's t, 95 %) that is never narrower than the sampling of the profiles allows. A function
    whose own code was sampled less than `SAMPLES` times in all runs has no row: even if all of them
    fell on one side, that would be chance. `thin` counts these. `by` is the sample type where the
    profiles have not the usual one of `kind`. Raises `ValueError` for no profiles, or profiles
    without a sample type in common that suits the kind.
    """
    if not base or not head:
        raise ValueError(f"{case}: no {kind} profiles of {'the base' if not base else 'the head'}")
    sample_type = choose(base, head, kind)
    before = [costs(fold(profile, sample_type)) for profile in base]
    after = [costs(fold(profile, sample_type)) for profile in head]
    one = max(quantum(profile, sample_type) for profile in (*base, *head))
    functions = {name for run in (*before, *after) for name in run.total}
    enough = {name for name in functions if _samples(name, [*before, *after], one) >= SAMPLES}
    compared = sorted((_row(name, before, after, one) for name in enough), key=_importance)
    return ProfileDiff(
        case=case,
        kind=kind,
        unit=head[0].types[head[0].column(sample_type)].base_unit,
        rows=compared[:rows],
        base_total=_mean([run.sum for run in before]),
        head_total=_mean([run.sum for run in after]),
        runs=min(len(base), len(head)),
        thin=len(functions - enough),
        by=other(sample_type, kind),
    )


def costs(stacks: Mapping[Stack, float]) -> Costs:
    """Sum up stacks by function; a function that calls itself counts once in a stack."""
    own: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    for stack, value in stacks.items():
        names = [normal(name) for name in stack]
        if names:
            own[names[-1]] += value
        for name in set(names):
            total[name] += value
    return Costs(own=dict(own), total=dict(total), sum=math.fsum(stacks.values()))


def _samples(name: str, runs: Sequence[Costs], one: float) -> float:
    """How often the function's own code was sampled; infinite where nothing was left to chance."""
    if one == 0.0:
        return math.inf
    return round(math.fsum(run.own.get(name, 0.0) for run in runs) / one, 3)


def _row(name: str, base: Sequence[Costs], head: Sequence[Costs], one: float) -> ProfileRow:
    before, after = ([run.own.get(name, 0.0) for run in side] for side in (base, head))
    delta = _mean(after) - _mean(before)
    half = _half_width(before, after, one)
    return ProfileRow(
        function=name,
        base_self=_mean([_share(run.own, name, run.sum) for run in base]),
        head_self=_mean([_share(run.own, name, run.sum) for run in head]),
        base_total=_mean([_share(run.total, name, run.sum) for run in base]),
        head_total=_mean([_share(run.total, name, run.sum) for run in head]),
        delta=delta,
        low=None if half is None else delta - half,
        high=None if half is None else delta + half,
    )


def _half_width(before: Sequence[float], after: Sequence[float], one: float) -> float | None:
    """Half the width of Welch's interval for the difference of two means; None for too few runs.

    A sampled value of mean m has at least the variance m × one sample of a Poisson count, even when
    three runs happen to agree. m is taken over both sides, so that a zero is not held for certain.
    """
    if min(len(before), len(after)) < _ENOUGH:
        return None
    floor = one * abs(_mean([*before, *after]))
    errors = [max(_variance(side), floor) / len(side) for side in (before, after)]
    total = sum(errors)
    if total == 0.0:
        return 0.0
    squares = [
        error**2 / (len(side) - 1) for error, side in zip(errors, (before, after), strict=True)
    ]
    freedom = total**2 / sum(squares)  # Welch and Satterthwaite
    return float(stdtrit(freedom, (1 + LEVEL) / 2)) * math.sqrt(total)


def _importance(row: ProfileRow) -> tuple[float, float, str]:
    return (-abs(row.delta), -abs(row.head_total - row.base_total), row.function)


def _share(values: Mapping[str, float], name: str, whole: float) -> float:
    return values.get(name, 0.0) / whole if whole else 0.0


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    mean = _mean(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
