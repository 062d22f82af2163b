"""The rows of a table, each estimated with what all the others lend: scales, and trust in pairs."""

from __future__ import annotations

from dataclasses import replace

from loadstone.stats import prior
from loadstone.stats.disturbance import trust
from loadstone.stats.location import Estimates, Scale, estimate
from loadstone.stats.prior import Expected, Rows
from loadstone.stats.samples import Floats


def moderated(
    ratios: Floats,
    floor: Floats,
    rows: Rows,
    expected: Expected | None = None,
    kappa: Floats | None = None,
    caution: float = 1.0,
) -> tuple[Scale, Estimates]:
    """What was believed of each row's noise, with ν given its case's other metrics; estimates."""
    scale = prior.learnt(ratios, floor, rows, expected)
    trusted = trust(ratios, scale, rows)
    scale = replace(scale, nu=trusted.nu)
    return scale, estimate(ratios, scale, kappa, trusted.pairs, caution)
