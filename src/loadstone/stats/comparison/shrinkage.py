"""Shrinkage: every row estimated with scales and pair weights borrowed from all the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loadstone.stats.common import prior
from loadstone.stats.common.estimates import Estimates, ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import ExpectedScale, RowIndex, Spread
from loadstone.stats.common.samples import Floats
from loadstone.stats.comparison.pair_weights import trust


@dataclass(frozen=True, kw_only=True)
class ModeratedRows:
    """Moderated estimates of all rows, with the prior they rest on."""

    scale: ScalePrior  # ν given the other metrics of the case
    estimates: Estimates
    tests: Floats  # of how many independent tests each row is worth one


def moderate(
    ratios: Floats,
    floor: Floats,
    rows: RowIndex,
    expected: ExpectedScale | None = None,
    kappa: Floats | None = None,
    bias: Floats | None = None,
    cold: tuple[ExpectedScale, Spread] | None = None,
) -> ModeratedRows:
    """Moderate the estimates of all rows.

    `kappa`, `bias`: see `location.estimate`; `cold`: see `prior.scale_priors`.
    """
    scale = prior.scale_priors(ratios, floor, rows, expected, cold)
    trusted = trust(ratios, scale, rows)
    scale = replace(scale, nu=trusted.nu)
    found = estimate(ratios, scale, kappa, trusted.pairs, bias=bias)
    return ModeratedRows(scale=scale, estimates=found, tests=trusted.tests)
