"""Many tests in one report: which of them may be believed."""

from __future__ import annotations

import numpy as np

from loadstone.stats.samples import Floats


def cutoff(p: Floats, level: float) -> float:
    """What Benjamini and Hochberg's procedure holds p-values against at `level`.

    Of m p-values in order, the i-th may be rejected when some j ≥ i has `p(j) ≤ j·level/m`
    (Benjamini and Hochberg 1995). The returned cutoff is `level·max(j, 1)/m`, so with no rejection
    it is what the smallest p was held against. NaN are no tests and do not count. If
    nothing differs anywhere, the chance of any rejection is at most `level`.
    """
    tests = np.sort(p[np.isfinite(p)])
    if not tests.size:
        return level
    steps = level * np.arange(1, tests.size + 1) / tests.size
    passed = np.flatnonzero(tests <= steps)
    return float(steps[passed[-1]] if passed.size else steps[0])
