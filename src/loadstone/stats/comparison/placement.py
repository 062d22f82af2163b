"""Common random effect: how far all cases of a report moved together, and what p-values it costs.

Where a side's processes are placed, in memory or on cores, moves all of its cases at once; the next
session places them anew. What every case shares is then one draw, not as many as there are rows.
How far it reaches is read off the report: the *common shift* is what more than half of the cases
moved by at least, where that is clear of its own error (a variance component by the method of
moments: Searle, Casella and McCulloch 1992). It joins the bias that every row is tested against
(see `bias`), up to `MOST` of it, so that a change of all cases far beyond a placement is found, and
one of a few cases is not touched. Intervals say what differed in this session, and stay.

Nothing in one session tells a placement from a change of every case by as much, so `MOST` trades
one for the other. Chosen by trial with `python -m benchmarks.operating_characteristics --seed 11`,
`--only "placement: 2 %"` and `--only "calm, cold" --share 1`. Without it 11 of 100 unchanged
reports alarmed, and 5 % of all cases was found in 100 of 100; at 1.5 it was 1 of 60 and 25 of 60;
at 2.5, 1 of 100 and none of 100.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from loadstone.stats.common.estimates import Estimates
from loadstone.stats.common.samples import Floats

MOST = 1.5  # times the bias: 1.2 % where that is the usual 0.8 %
_FEWEST = 4  # cases of which more than half can share something
_CLEAR = 2.0  # standard errors that no few changed cases move the middle by
_MEDIAN = np.pi / 2  # variance of a median, by that of the mean


def common_shift(locations: Floats, errors: Floats) -> float:
    """Standard deviation of the effect that all cases share, as a log-ratio; 0 where none shows.

    `locations`, `errors`: per case the log-ratio of all its metrics, up is worse, and its error.
    """
    known = np.isfinite(locations) & np.isfinite(errors)
    moved = np.sort(locations[known])
    if moved.size < _FEWEST:
        return 0.0
    low, high = moved[(moved.size - 1) // 2], moved[moved.size // 2]
    least = min(abs(low), abs(high)) if low * high > 0 else 0.0
    chance = _MEDIAN * float(np.median(errors[known])) ** 2 / moved.size
    return float(np.sqrt(max(least**2 - _CLEAR**2 * chance, 0.0)))


def reaches(shift: Floats | float, bias: Floats) -> Floats:
    """The part of a common shift that a row of this bias is tested against."""
    return np.minimum(shift, MOST * bias)


def with_shift(rows: Estimates, shift: Floats) -> Estimates:
    """The estimates with p-values that reckon with a normal shift of this standard deviation.

    `shift`: per row, in the unit of the estimates. Normal approximation: z counts by how much
    narrower the estimate is than estimate and shift together.
    """
    z = -ndtri(rows.p / 2)
    with np.errstate(all="ignore"):
        wider = np.sqrt(1 + np.nan_to_num(shift * z / np.abs(rows.location), posinf=0.0) ** 2)
    return replace(rows, p=2 * ndtr(-z / wider))
