"""The rows of a table, each estimated with what all the others lend: scales, and trust in pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loadstone.stats import prior
from loadstone.stats.disturbance import trust
from loadstone.stats.location import Estimates, Scale, estimate
from loadstone.stats.prior import Expected, Rows
from loadstone.stats.samples import Floats


@dataclass(frozen=True, kw_only=True)
class Moderated:
    """What was believed of each row's noise, with ν given its case's other metrics; estimates; and
    of how many independent tests each row is worth one."""

    scale: Scale
    estimates: Estimates
    tests: Floats


def moderated(
    ratios: Floats,
    floor: Floats,
    rows: Rows,
    expected: Expected | None = None,
    kappa: Floats | None = None,
    bias: Floats | None = None,
) -> Moderated:
    """The estimates of all rows. `kappa`, `bias`: see `location.estimate`."""
    scale = prior.learnt(ratios, floor, rows, expected)
    trusted = trust(ratios, scale, rows)
    scale = replace(scale, nu=trusted.nu)
    found = estimate(ratios, scale, kappa, trusted.pairs, bias=bias)
    return Moderated(scale=scale, estimates=found, tests=trusted.tests)
