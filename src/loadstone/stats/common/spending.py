"""Alpha spending over looks: the power family, and the nominal level of each look.

Looking again is another chance to be wrong. α is spent as `α·(k/k_max)^ρ` by round k (the power
family of Lan and DeMets 1983; Kim and DeMets 1987); the level of each look is found by the
recursion of Armitage, McPherson and Rowe (1969): carry the density of the statistic of those who
have not crossed a boundary from look to look, and put the next boundary where exactly the next
share crosses.

The recursion runs at α divided by the number of tests, and its levels are scaled back: the looks of
a single test at 5 % overlap more than those of a hundred at 0.05 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from loadstone.stats.common.samples import Floats

# ρ, a choice: late, as what few rounds say rests on borrowed scales, and going on costs little. The
# settings with something that lasts show what it does ("two modes", "deployed once").
RHO = 2.0
APART = 1.5  # ρ of what is tested alone and exactly: 4 of 4 against 0 of 4 is sure at once
ROWS = 0.8  # of α, for all rows that are tested together; the rest is for those tested apart
_POINTS = 401


def spent(alpha: float, rounds: float, last: float, rho: float = RHO) -> float:
    """Power spending function: the part of `alpha` spent by `rounds` of at most `last`."""
    return float(alpha * min(rounds / last, 1.0) ** rho)


def so_far(looks: Sequence[int], rounds: int) -> tuple[list[int], int]:
    """Looks up to these rounds, the present one last; and the last one planned."""
    last = looks[-1] if looks else max(rounds, 1)
    now = min(max(rounds, 1), last)
    return [*(look for look in looks if look < now), now], last


def levels(
    looks: Sequence[int], last: int, alpha: float, tests: float = 1, rho: float = RHO
) -> list[float]:
    """The nominal two-sided level of each look, for a family of `tests` held to `alpha` together.

    The recursion runs for one test at `alpha / tests`, where the tails of a real family are, and
    the levels are scaled back: looks overlap less, the further out in the tail a test decides.
    """
    count = max(round(tests), 1)
    single = _single(tuple(looks), last, alpha / count, rho)
    return [level * count for level in single]


@lru_cache(maxsize=256)
def _single(looks: tuple[int, ...], last: int, alpha: float, rho: float) -> tuple[float, ...]:
    found: list[float] = []
    places = np.zeros(1)
    mass = np.ones(1)  # of the statistic √k·z at `places`, for those still going on
    before, used = 0, 0.0
    for look in looks:
        share = max(spent(alpha, look, last, rho) - used, 0.0)
        used += share
        step = np.sqrt(look - before)
        high = _boundary(places, mass, step, share)
        found.append(float(2 * ndtr(-high / np.sqrt(look))))
        places, mass = _carry(places, mass, step, high)
        before = look
    return tuple(found)


def _boundary(places: Floats, mass: Floats, step: float, share: float) -> float:
    """The |statistic| beyond which exactly `share` of the mass goes in this step."""
    if share <= 0:
        return float(60 * step)
    low, high = 0.0, float(np.abs(places).max() + 40 * step)
    for _ in range(80):
        middle = (low + high) / 2
        out = ndtr((places - middle) / step) + ndtr((-places - middle) / step)
        low, high = (middle, high) if float(mass @ out) > share else (low, middle)
    return (low + high) / 2


def _carry(places: Floats, mass: Floats, step: float, high: float) -> tuple[Floats, Floats]:
    """The mass between ±`high` after this step, on a fresh grid."""
    edges = np.linspace(-high, high, _POINTS + 1)
    below = ndtr((edges[:, None] - places[None, :]) / step) @ mass
    return (edges[1:] + edges[:-1]) / 2, np.diff(below)


def critical(level: Floats) -> Floats:
    """Critical values: the |z| of two-sided levels."""
    return np.asarray(-ndtri(level / 2))
