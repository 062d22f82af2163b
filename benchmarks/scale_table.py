"""Bias and variance of a row's raw log scale, for which `loadstone.stats.common.prior` corrects.

    python -m benchmarks.scale_table

The correction has to serve noise between normal and t₄ without knowing which: bias −0.3/(n−1)² of
t₄, variance 0.7/(n−1) + 0.35/(n−1)², between the two.
"""

from __future__ import annotations

import numpy as np

from loadstone.stats.common.location import mode

ROWS = 40_000


def main() -> None:
    random = np.random.default_rng(5)
    print("n | t₄: bias, variance | normal: bias, variance | used: bias, variance")
    for n in (2, 3, 4, 5, 6, 8, 10, 12, 20):
        cells = [str(n)]
        for draw in (lambda size: random.standard_t(4, size), random.standard_normal):
            none = np.zeros(ROWS)
            floor, nu = np.full(ROWS, 1e-6), np.full(ROWS, 4.0)
            _, scale, _ = mode(np.asarray(draw((ROWS, n))), none, none, floor, nu)
            cells.append(f"{np.log(scale).mean():.3f}, {np.log(scale).var():.3f}")
        freedom = n - 1
        used = f"{-0.3 / freedom**2:.3f}, {0.7 / freedom + 0.35 / freedom**2:.3f}"
        print(" | ".join([*cells, used]))


if __name__ == "__main__":
    main()
