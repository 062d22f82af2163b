"""The points of a series, [s, value]: their slope, and as many of them as are kept. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

_SHOWN = 240  # points of a series that are kept in the record
_PAIRED = 300  # points that a slope is fitted to

Points = Sequence[tuple[float, float]]


def slope(points: Points) -> float | None:
    """The median of the slopes between all pairs of points (Theil 1950, Sen 1968), or None.

    One jump, or a few outliers, move it little; under 3 points there is nothing to fit.
    """
    if len(points) < 3:
        return None
    import numpy as np
    from scipy.stats import theilslopes

    times, values = zip(*evenly(points, _PAIRED), strict=True)
    if max(times) <= min(times):
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the largest there are
        found = float(theilslopes(values, times).slope)
    return found if math.isfinite(found) else None


def evenly(points: Points, most: int) -> Points:
    """At most `most` of the points, evenly spaced, the first and the last among them."""
    if len(points) <= most:
        return points
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def thinned(points: Points) -> list[list[float]]:
    """A series as it is kept: [s, value], rounded to milliseconds."""
    return [[round(moment, 3), value] for moment, value in evenly(points, _SHOWN)]
