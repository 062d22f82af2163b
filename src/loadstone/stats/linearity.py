"""Whether a cost is a straight line in size: how much of it a line explains, and if it bends."""

from __future__ import annotations

import numpy as np

from loadstone.model import Line
from loadstone.stats.means import Mean, estimate, mean
from loadstone.stats.samples import Floats

EXPLAINED = 0.98  # R² that a straight line must reach
BENT = 0.05  # a smaller bend, as a share of the rise, does not matter


@np.errstate(all="ignore")
def linearity(sizes: Floats, values: Floats) -> Line | None:
    """The check of `values` (sizes × rounds) against a line; None under three sizes.

    What differs by less than `BENT` from size to size is flat, which is as good. Else the check
    fails when R² is under `EXPLAINED` or the bend is surely there and matters. What surely does
    not bend by more than `BENT` passes.
    """
    usable = values[:, np.isfinite(values).all(axis=0)]
    if sizes.size < 3 or not usable.shape[1]:
        return None
    means = usable.mean(axis=1)
    spread = ((means - means.mean()) ** 2).sum()
    line = np.polynomial.Polynomial.fit(sizes, means, 1)
    left = ((means - line(sizes)) ** 2).sum()
    r2 = 1.0 if spread == 0 else float(1 - left / spread)
    flat = bool(np.ptp(means) < BENT * abs(means.mean()))
    bend = mean(_bends(sizes, usable), floor=1e-6)
    return Line(r2=r2, bend=estimate(bend), straight=flat or _straight(r2, bend))


def _straight(r2: float, bend: Mean | None) -> bool | None:
    if r2 < EXPLAINED:
        return False
    if bend is None:
        return None
    if (bend.low > 0 or bend.high < 0) and abs(bend.estimate) >= BENT:
        return False
    return True if bend.low90 > -BENT and bend.high90 < BENT else None


def _bends(sizes: Floats, values: Floats) -> Floats:
    """Per round the sag of a fitted parabola in the middle of the sizes, by the mean rise."""
    x = (sizes - sizes.mean()) / np.ptp(sizes)
    fitted = np.linalg.lstsq(np.stack([np.ones_like(x), x, x**2], axis=1), values, rcond=None)[0]
    rise = float(np.mean(fitted[1]))
    return np.asarray(fitted[2] / 4 / abs(rise) if rise else np.full(values.shape[1], np.nan))
