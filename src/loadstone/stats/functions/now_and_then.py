"""Work that comes now and then: in some runs much of it, in others none, whatever the side.

Of many such functions, some are by chance in all of a few runs of one side and in none of the
other. That looks like work that one side alone does, and no count of samples tells it apart. What
tells is how many functions of the profile are there in one run of a side and missing in another in
which the other side had them. Their part of all functions is the chance that one more is of that
sort; then its p is that of its runs, not of its samples (Fisher's exact test).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from loadstone.stats.common.prior import Places
from loadstone.stats.common.samples import Floats

_SURELY = 10.0  # samples of a run, beside none of its pair's other run: by chance 2 · ½¹⁰ = 0.2 %


@np.errstate(all="ignore")
def less_sure(
    p: Floats, base: Floats, head: Floats, known: NDArray[np.bool_], profiles: Places
) -> Floats:
    """The p-values of rows × rounds of samples, larger where work comes now and then.

    `known`: the rounds that there were; the others are without samples.
    """
    there = [(side > 0).sum(axis=1) for side in (base, head)]
    surely = [(side >= _SURELY).any(axis=1) for side in (base, head)]
    missing = [
        ((one == 0) & (other >= _SURELY)).any(axis=1) for one, other in ((base, head), (head, base))
    ]
    seldom = (missing[0] & surely[0]) | (missing[1] & surely[1])
    lone = np.minimum(*there) == 0
    every = np.bincount(profiles, surely[0] | surely[1])
    part = (np.bincount(profiles, seldom) / np.maximum(every, 1.0))[profiles]
    by_runs = _fisher(there[0], there[1], known.sum(axis=1))
    found = np.where(lone & ~seldom, np.minimum(p + part * by_runs, 1.0), p)
    return np.asarray(np.where(seldom, np.maximum(p, by_runs), found))


def _fisher(base: Places, head: Places, runs: Places) -> Floats:
    """The chance that runs that have it are as unevenly the sides' as these, or more so."""
    every = base + head
    splits = np.arange(int(runs.max(initial=0)) + 1)[:, None]
    chances = _ways(runs, splits) + _ways(runs, every - splits) - _ways(2 * runs, every)
    as_far = np.abs(2 * splits - every) >= np.abs(2 * head - every)
    return np.asarray(np.where(as_far, np.exp(chances), 0.0).sum(axis=0))


def _ways(of: Places, taken: Places) -> Floats:
    """The logarithm of how many ways there are to take so many; there is none beyond all."""
    possible = (taken >= 0) & (taken <= of)
    number = np.where(possible, taken, 0)
    found = -np.log(of + 1.0) - betaln(of - number + 1.0, number + 1.0)
    return np.asarray(np.where(possible, found, -np.inf))
