"""Linearity of a cost in size: R² of a straight line, and the curvature of a parabola."""

from __future__ import annotations

import numpy as np

from loadstone.model import Linearity
from loadstone.stats.common.means import Mean, estimate, mean
from loadstone.stats.common.samples import Floats

EXPLAINED = 0.98  # R² that a straight line must reach: a choice
BENT = 0.05  # a smaller bend, as a share of the rise, does not matter: a choice
_STEP = 1e-6  # of the rise: a standard deviation that is believed at least


@np.errstate(all="ignore")
def linearity(sizes: Floats, values: Floats) -> Linearity | None:
    """Test `values` (sizes × rounds) against a straight line; None under three sizes.

    What differs by less than `BENT` from size to size is flat, which is as good. Else the check
    fails when the bend is surely there and matters, or when R² is under `EXPLAINED` and some size
    surely lies off the line. What surely does not bend by more than `BENT` passes.
    """
    usable = values[:, np.isfinite(values).all(axis=0)]
    if sizes.size < 3 or not usable.shape[1]:
        return None
    means = usable.mean(axis=1)
    spread = ((means - means.mean()) ** 2).sum()
    off = _off(sizes, usable)  # round by round: the noise of every size is in it
    r2 = 1.0 if spread == 0 else float(1 - (off.mean(axis=1) ** 2).sum() / spread)
    flat = bool(np.ptp(means) < BENT * abs(means.mean()))
    line = means - off.mean(axis=1)
    bend = mean(_bends(sizes, usable), floor=_STEP)
    apart = [mean(row, floor=_STEP) for row in off / abs(line[-1] - line[0])]
    crooked = r2 < EXPLAINED and any(map(_sure, apart))
    straight = None if r2 < EXPLAINED else _straight(bend)
    return Linearity(
        r2=r2, bend=estimate(bend), straight=flat or (False if crooked or _sure(bend) else straight)
    )


def _off(sizes: Floats, values: Floats) -> Floats:
    """How far each size of each round lies off the line fitted to that round."""
    x = np.stack([np.ones_like(sizes), (sizes - sizes.mean()) / np.ptp(sizes)], axis=1)
    return np.asarray(values - x @ np.linalg.lstsq(x, values, rcond=None)[0])


def _sure(part: Mean | None) -> bool:
    """Whether a part of the rise is surely there, and large enough to matter."""
    return bool(part and (part.low > 0 or part.high < 0) and abs(part.estimate) >= BENT)


def _straight(bend: Mean | None) -> bool | None:
    small = bend and bend.low90 > -BENT and bend.high90 < BENT
    return True if small else None


def _bends(sizes: Floats, values: Floats) -> Floats:
    """Per round the sag of a fitted parabola in the middle of the sizes, by the mean rise."""
    x = (sizes - sizes.mean()) / np.ptp(sizes)
    fitted = np.linalg.lstsq(np.stack([np.ones_like(x), x, x**2], axis=1), values, rcond=None)[0]
    rise = float(np.mean(fitted[1]))
    return np.asarray(fitted[2] / 4 / abs(rise) if rise else np.full(values.shape[1], np.nan))
