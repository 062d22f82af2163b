"""Suite rows: a precision-weighted mean over cases per metric, for changes that all share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loadstone.stats.common.estimates import Estimates, ScalePrior
from loadstone.stats.common.prior import Places, extent
from loadstone.stats.common.samples import Floats

PRESENT = 0.6  # a round counts for a suite row when this share of the cases was in it: a choice
SD = 0.2  # log of how much wider than its scale s the noise of a row is, as standard deviation
NORMAL = 30.0  # ν of a mean over cases


def suite(
    ratios: Floats, rows: Estimates, scale: ScalePrior, metrics: Places, speaks: NDArray[np.bool_]
) -> tuple[Floats, ScalePrior, list[int]]:
    """Pooled log-ratios, their priors and metrics: round by round the weighted mean over cases.

    `speaks`: rows that may. A case without noise would drown the others and is left out, and so are
    rounds in which only a chosen few cases were measured. One wild run must not speak for a suite
    either: a ratio counts at most 3 scales away from its own row.
    """
    reach = 3 * np.nan_to_num(rows.scale, nan=np.inf)[:, None]
    middle = np.nan_to_num(rows.location)[:, None]
    tame = np.clip(ratios, middle - reach, middle + reach)
    speaks = speaks & (rows.n >= 2) & (extent(ratios) > 2 * scale.floor)
    found, centers, floor, named = [], [], [], []
    for metric in np.unique(metrics):
        inside = np.flatnonzero((metrics == metric) & speaks)
        if inside.size < 2:
            continue
        known = np.isfinite(ratios[inside])
        weight = np.where(known, rows.scale[inside, None] ** -2.0, 0.0)
        total = weight.sum(axis=0)
        full = known.sum(axis=0) >= PRESENT * known.any(axis=1).sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known, tame[inside] * weight, 0.0).sum(axis=0) / total
        found.append(np.where(full, mean, np.nan))
        centers.append(SD - 0.5 * np.log(np.max(total)))
        floor.append(scale.floor[inside].min() / np.sqrt(inside.size))
        named.append(int(metric))
    size = len(named)
    return (
        np.array(found).reshape(size, ratios.shape[1]),
        ScalePrior(
            center=np.maximum(np.array(centers), np.log(np.array(floor))),
            spread=np.full(size, 0.5),
            floor=np.array(floor),
            nu=np.full(size, NORMAL),
        ),
        named,
    )
