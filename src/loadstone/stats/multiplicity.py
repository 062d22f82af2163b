"""Many tests in one report: which of them may be believed."""

from __future__ import annotations

import numpy as np

from loadstone.stats.prior import Places
from loadstone.stats.samples import Floats

_HALF = 0.5  # p-values above it are taken to be of rows that did not change


def cutoff(p: Floats, level: float) -> float:
    """What Benjamini and Hochberg's procedure holds p-values against at `level`.

    Of m p-values in order, the i-th may be rejected when some j ≥ i has `p(j) ≤ j·level/m`
    (Benjamini and Hochberg 1995). The returned cutoff is `level·max(j, 1)/m`, so with no rejection
    it is what the smallest p was held against. NaN are no tests and do not count. If nothing
    differs anywhere, the chance of any rejection is at most `level`.
    """
    tests = np.sort(p[np.isfinite(p)])
    if not tests.size:
        return level
    steps = level * np.arange(1, tests.size + 1) / tests.size
    passed = np.flatnonzero(tests <= steps)
    return float(steps[passed[-1]] if passed.size else steps[0])


def cutoffs(p: Floats, cases: Places, ways: Floats, level: float) -> Floats:
    """What each row's p is held against: the report's cutoff, and in a changed case its own.

    First the whole report decides whether anything changed, by `cutoff`. A case that has a row
    below that is known to have changed. Changes come in company, so its rows that go the same way
    (`ways`: 1 is worse, −1 better) are then tested among the case's own rows, at the same level,
    with the share of unchanged rows estimated from the p-values above one half, but never below one
    half, as the metrics of a run resemble each other (Storey 2002; Benjamini, Krieger and Yekutieli
    2006). As this second step needs a rejection in the first, it adds nothing to the chance that an
    unchanged report is flagged.
    """
    whole = cutoff(p, level)
    found = np.full(p.shape, whole)
    for case in np.unique(cases[p <= whole]):
        inside = cases == case
        company = inside & np.isin(ways, ways[inside & (p <= whole)])
        found[company] = max(whole, _adaptive(p[inside], level))
    return found


def _adaptive(p: Floats, level: float) -> float:
    tests = p[np.isfinite(p)]
    unchanged = max((1 + (tests > _HALF).sum()) / (tests.size * (1 - _HALF)), _HALF)
    return cutoff(tests, level / min(unchanged, 1.0))
