"""The peers' rules on the same samples: which rows each of them would flag.

Each takes a suite's samples and looks at them once, after all rounds, row by row as its tool does
(`pinpoint` looks more often, as its tool does). `RULES` are those that can run here; `LEFT_OUT`
says what cannot, and why. Rules that need stored values of earlier commits are in `rules_stored`.

Each rule is read in the way that flatters its tool where there is a choice, and its docstring says
how. Most know no pull request with two measured sides: Otava gets base's runs and then head's as
one series of a row, and only a change point at a run of head counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import mannwhitneyu  # type: ignore[attr-defined]

from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.samples import Floats, Samples

Flags = NDArray[np.bool_]
Rule = Callable[[Samples], Flags]


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


def pinpoint(samples: Samples) -> Flags:
    """Chromium's Pinpoint: the smaller p of Mann-Whitney and Kolmogorov-Smirnov, at 1 %, repeated.

    It measures, tests, and while the sides do not differ measures as much again. Here the last look
    is at all rounds, the one before at half of them, down to 5 a side, below which no p is small
    enough. What it also does, to stop early where p is high enough to call the sides the same,
    would spare runs and change few flags; it is left out.
    """
    found = np.zeros(len(samples.base), dtype=bool)
    rounds = samples.base.shape[1]
    while rounds >= 5:
        seen = samples.until(rounds)
        found |= np.fmin(_test(mannwhitneyu, seen), _test(stats.ks_2samp, seen)) <= 0.01
        rounds //= 2
    return found


def otava(samples: Samples) -> Flags:
    """Apache Otava with its defaults, on base's runs followed by head's as one series a row.

    Otava knows no pull requests: it reads a series of commits and names those at which it changed.
    A row is flagged when a change point is at a run of head, so that head is what it would name.
    """
    first = samples.base.shape[1]
    whole = np.concatenate([samples.base, samples.head], axis=1)
    return np.array([changes_from(row, first) for row in whole])


def _rules() -> Iterator[tuple[str, Rule]]:
    yield "benchstat (Mann-Whitney 0.05)", benchstat
    yield "Welch 0.05", welch
    yield "fixed threshold 110 %", fixed
    yield "IQR fence on the base of the same job", fence
    yield "Pinpoint (repeated looks at 0.01)", pinpoint
    if not LEFT_OUT:
        yield "Otava, base's runs then head's", otava
    yield "Mann-Whitney + Benjamini-Hochberg", benchstat_corrected
    yield "Welch + Benjamini-Hochberg", welch_corrected
    yield "paired t + Benjamini-Hochberg", paired


LEFT_OUT = (
    ()
    if find_spec("otava")
    else (
        "Otava is not installed here and left out: `make peers` gives it an environment of its own",
    )
)
RULES: Mapping[str, Rule] = dict(_rules())


def _medians(samples: Samples) -> Floats:
    return np.asarray(
        np.nanmedian(np.log(samples.head), axis=1) - np.nanmedian(np.log(samples.base), axis=1)
    )


def changes_from(values: Floats, first: int) -> bool:
    """Whether Otava finds a change point at `first` or later; it is not told of missing runs."""
    from otava.analysis import compute_change_points

    known = np.isfinite(values)
    found = compute_change_points([float(value) for value in values[known]])
    points = found[0] if isinstance(found, tuple) else found
    return any(point.index >= int(known[:first].sum()) for point in points)


def _test(test: Callable[..., Any], samples: Samples, **options: Any) -> Floats:
    found = test(np.log(samples.head), np.log(samples.base), axis=1, nan_policy="omit", **options)
    return np.asarray(found.pvalue, dtype=np.float64)


def _welch(samples: Samples) -> Floats:
    return _test(stats.ttest_ind, samples, equal_var=False)
