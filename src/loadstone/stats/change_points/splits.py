"""Permutation test of splits: where a stretch of points changes, by binary segmentation.

Points become normal scores of their ranks, so a wild record counts as the largest and no more. The
p comes from the largest statistic over all splits, of this order and of random ones: that the best
split was chosen is part of it (what a t test at the chosen split leaves out), and no distribution
is assumed, only that sessions without a change could have come in any order.

A split that is found divides the stretch, and each part is tested at half its level. So the chance
that a flat series shows any change point is at most its level, however long it is.

No split in two tells a middle from its ends, so a quarter of a stretch's level goes to the best
middle: a change that was taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.random import Generator
from scipy.special import ndtri

from loadstone.stats.change_points.contrasts import LEAST, best, bumps, edge, statistics
from loadstone.stats.change_points.prewhitening import hampel, prewhiten
from loadstone.stats.common.samples import Floats

SPLIT = 0.75  # of the level is for one split, the rest for a middle that differs: a choice
FEWEST, MOST, CHUNK = 400, 40_000, 4000  # random orders: at first, at most, at a time

Split = tuple[int, float, float]  # place, p, threshold


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Permutation p of a stretch: how often random orders differ as much."""

    p: float
    bump: bool = False  # between a middle and both ends of it, not between two parts


def splits(
    values: Floats, start: int, share: float, rng: Generator, known: Chance | None = None
) -> list[Split]:
    """Change points inside one stretch, by halving it; `start` is where it begins in the series."""
    if values.size < 2 * LEAST:
        return []
    found = known or chance(values, rng, share)
    if found.p > share:
        return []
    place = edge(hampel(values)) if found.bump else best(hampel(values))
    return [
        *splits(values[:place], start, share / 2, rng),
        (start + place, found.p, share),
        *splits(values[place:], start + place, share / 2, rng),
    ]


def chance(values: Floats, rng: Generator, share: float) -> Chance:
    """Permutation test of the best split; or else of the best middle, which no split can tell.

    A change that was taken back leaves both ends alike. Most of the level is the split's.
    """
    scores = _scores(prewhiten(values))
    split = _p(scores, lambda orders: statistics(orders).max(axis=1), rng, SPLIT * share) / SPLIT
    if split <= share or values.size < 3 * LEAST:
        return Chance(p=min(split, 1.0))
    bump = _p(scores, bumps, rng, (1 - SPLIT) * share) / (1 - SPLIT)
    return Chance(p=min(bump, split, 1.0), bump=bump < split)


def _p(
    scores: Floats, statistic: Callable[[Floats], Floats], rng: Generator, share: float
) -> float:
    """How often random orders reach the statistic: as many of them as `share` needs."""
    here = float(statistic(scores[None, :])[0]) * (1 - 1e-12)
    orders, beyond, enough = 0, 0, min(max(FEWEST, ceil(20 / share)), MOST)
    while orders < enough:
        more = min(FEWEST, enough - orders) if not orders else min(CHUNK, enough - orders)
        shuffled = rng.permuted(np.tile(scores, (more, 1)), axis=1)
        beyond += int((statistic(shuffled) >= here).sum())
        orders += more
        if beyond > 4 * max(share * orders, 2):
            break
    return (1 + beyond) / (1 + orders)


def _scores(values: Floats) -> Floats:
    """Normal scores of the ranks (Blom 1958); equal values have equal scores."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    rank = (last - (count - 1) / 2)[place]
    return np.asarray(ndtri((rank - 0.375) / (values.size + 0.25)))
