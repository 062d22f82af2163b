"""Shrinkage: every row estimated with scales and pair weights borrowed from all the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loadstone.stats.common import prior
from loadstone.stats.common.location import Estimates, ScalePrior, estimate
from loadstone.stats.common.prior import ExpectedScale, RowIndex
from loadstone.stats.common.samples import Floats
from loadstone.stats.comparison.pair_weights import trust


@dataclass(frozen=True, kw_only=True)
class Moderated:
    """What was believed of each row's noise, with ν given its case's other metrics; estimates; and
    of how many independent tests each row is worth one."""

    scale: ScalePrior
    estimates: Estimates
    tests: Floats


def moderated(
    ratios: Floats,
    floor: Floats,
    rows: RowIndex,
    expected: ExpectedScale | None = None,
    kappa: Floats | None = None,
    bias: Floats | None = None,
) -> Moderated:
    """The estimates of all rows. `kappa`, `bias`: see `location.estimate`."""
    scale = prior.learnt(ratios, floor, rows, expected)
    trusted = trust(ratios, scale, rows)
    scale = replace(scale, nu=trusted.nu)
    found = estimate(ratios, scale, kappa, trusted.pairs, bias=bias)
    return Moderated(scale=scale, estimates=found, tests=trusted.tests)
