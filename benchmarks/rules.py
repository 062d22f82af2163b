"""The peers' rules on the same samples: which rows each of them would flag.

Each takes a suite's samples and looks at them once, after all rounds, row by row as its tool does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import mannwhitneyu  # type: ignore[attr-defined]

from loadstone.stats.multiplicity import cutoff
from loadstone.stats.samples import Floats, Samples

Flags = NDArray[np.bool_]


def benchstat(samples: Samples) -> Flags:
    """Mann-Whitney's U at 5 %, the default of golang.org/x/perf/cmd/benchstat."""
    return _test(mannwhitneyu, samples) < 0.05


def welch(samples: Samples) -> Flags:
    """Welch's t-test at 5 %."""
    return _welch(samples) < 0.05


def welch_corrected(samples: Samples) -> Flags:
    """The same, corrected for the number of rows."""
    p = _welch(samples)
    return np.asarray(p <= cutoff(p, 0.05))


def benchstat_corrected(samples: Samples) -> Flags:
    """Mann-Whitney's U, corrected for the number of rows."""
    p = _test(mannwhitneyu, samples)
    return np.asarray(p <= cutoff(p, 0.05))


def paired(samples: Samples) -> Flags:
    """The paired t-test, corrected for the number of rows."""
    found = stats.ttest_1samp(samples.ratios, 0, axis=1, nan_policy="omit")
    p = np.asarray(found.pvalue, dtype=np.float64)
    return np.asarray(p <= cutoff(p, 0.05))


def fixed(samples: Samples) -> Flags:
    """Medians more than 10 % apart: the alert threshold many teams set."""
    return np.asarray(np.abs(_medians(samples)) > np.log(1.1))


def fence(samples: Samples) -> Flags:
    """rustc-perf's fence, against the base runs of the same job: Q3 + 3·IQR of their |changes|."""
    steps = np.abs(np.diff(np.log(samples.base), axis=1))
    low, high = np.nanquantile(steps, [0.25, 0.75], axis=1)
    return np.asarray(np.abs(_medians(samples)) > high + 3 * (high - low))


RULES: Mapping[str, Callable[[Samples], Flags]] = {
    "benchstat (Mann-Whitney 0.05)": benchstat,
    "Welch 0.05": welch,
    "fixed threshold 110 %": fixed,
    "IQR fence on the base of the same job": fence,
    "Mann-Whitney + Benjamini-Hochberg": benchstat_corrected,
    "Welch + Benjamini-Hochberg": welch_corrected,
    "paired t + Benjamini-Hochberg": paired,
}


def _medians(samples: Samples) -> Floats:
    return np.asarray(
        np.nanmedian(np.log(samples.head), axis=1) - np.nanmedian(np.log(samples.base), axis=1)
    )


def _test(test: Callable[..., Any], samples: Samples, **options: Any) -> Floats:
    found = test(np.log(samples.head), np.log(samples.base), axis=1, nan_policy="omit", **options)
    return np.asarray(found.pvalue, dtype=np.float64)


def _welch(samples: Samples) -> Floats:
    return _test(stats.ttest_ind, samples, equal_var=False)
