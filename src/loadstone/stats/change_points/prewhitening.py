"""Prewhitening: the lag-1 autocorrelation of a series, and its points without it.

Where neighbouring sessions resemble each other, not every order of them is as likely. A step makes
neighbours alike too, and is no resemblance: evident steps are taken out before it is measured.

In the 29 real releases of the tests, a correction that took two steps for drift left two falls of
memory by a third unseen.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from loadstone.stats.change_points.contrasts import LEAST, best
from loadstone.stats.common.samples import Floats

# Choices, far out of the reach of noise; `python -m benchmarks.change_points` shows their alarms.
EVIDENT = 6.0  # standard errors of a step that no noise makes
WILD = 5.0  # standard deviations of a single point that is no level


def prewhiten(values: Floats) -> Floats:
    """Prewhiten the points: without what each has from the one before, any order is as likely.

    A step keeps 1 − ρ of its size, and the noise √(1 − ρ²) of its own.
    """
    rho = _resemblance(values)
    return np.asarray(values - rho * np.concatenate([values[:1], values[:-1]]))


def _resemblance(values: Floats) -> float:
    """Lag-1 autocorrelation ρ of the residuals about the best split and evident steps.

    k fitted means make it too small by about k·(1 + 3ρ)/n (Kendall 1954); that the split between
    them was chosen too, by as much again in simulated series.
    """
    usual = hampel(values)
    ends = sorted({0, best(usual), *_evident(usual, 0), usual.size})
    sides = [usual[start:end] for start, end in pairwise(ends)]
    rest = np.concatenate([side - side.mean() for side in sides])
    total = float(rest @ rest)
    rho = float(rest[1:] @ rest[:-1]) / total if total > 0 else 0.0
    return min(max(rho + 2 * len(sides) * (1 + 3 * rho) / usual.size, 0.0), 0.9)


def hampel(values: Floats) -> Floats:
    """Hampel filter of width three (1974): a point far from both neighbours becomes like them."""
    padded = np.concatenate([values[1:2], values, values[-2:-1]])
    usual = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return np.where(np.abs(values - usual) > WILD * _noise(values), usual, values)


def _noise(values: Floats) -> float:
    """The standard deviation of a point, from what neighbours differ by: steps hardly touch it."""
    return 1.05 * float(np.median(np.abs(np.diff(values))))  # 1.4826/√2: as for normal points


def _evident(values: Floats, start: int) -> list[int]:
    """The steps that no noise makes."""
    if values.size < 2 * LEAST:
        return []
    place = best(values)
    step = abs(float(values[:place].mean() - values[place:].mean()))
    error = _noise(values) * (1 / place + 1 / (values.size - place)) ** 0.5
    if step <= EVIDENT * error:
        return []
    return [
        *_evident(values[:place], start),
        start + place,
        *_evident(values[place:], start + place),
    ]
