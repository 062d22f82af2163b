"""Multiplicity control: Benjamini-Hochberg over a report, then hierarchically within cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from loadstone.stats.common.prior import Places
from loadstone.stats.common.samples import Floats
from loadstone.stats.common.spending import critical

_HALF = 0.5  # λ of Storey (2002): p-values above it are taken to be of rows that did not change
_SIZES = (2.0, 4.0)  # margins: the changes that weights are for (Genovese, Roeder, Wasserman 2006)
_LEAST = 0.1  # of the weight is the same for every row, so that none is tested at nothing


def cutoff(p: Floats, level: float) -> float:
    """Benjamini-Hochberg cutoff: what p-values are held against at `level`.

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


def shares(p: Floats, margin: Floats, error: Floats, level: float) -> Floats:
    """Power weights: how much of the level each row gets, 1 on average over the tests.

    A row too noisy to show a change of a few margins wastes what it is given. Each row gets its
    chance to pass the strictest bar, were it changed by two margins or by four (weights on p-values
    that know nothing of the estimates leave the error of the procedure as it is: Genovese, Roeder
    and Wasserman 2006; power as weight: Roeder and Wasserman 2009).
    """
    tests = np.isfinite(p)
    bar = float(critical(np.asarray(level / max(tests.sum(), 1))))
    with np.errstate(all="ignore"):
        sharp = np.nan_to_num(margin / error, nan=bar, posinf=1e3)
    chance = _LEAST + np.mean([ndtr(size * sharp - bar) for size in _SIZES], axis=0)
    return np.asarray(chance / (chance[tests].mean() if tests.any() else 1.0))


@dataclass(frozen=True, kw_only=True)
class CasePValues:
    """Case-level tests, which open a case for the tests of its rows."""

    cases: Places
    p: Floats
    ways: Floats  # 1 is worse, −1 better


def effective(p: Floats, tests: Floats) -> float:
    """Effective number of independent tests of the rows with a p, `tests` each; at least 1.

    See `pair_weights` for how much of a test a row is.
    """
    return max(float(tests[np.isfinite(p)].sum()), 1.0)


def cutoffs(
    p: Floats,
    cases: Places,
    ways: Floats,
    level: float,
    share: Floats,
    tests: Floats | None = None,
    opened: CasePValues | None = None,
) -> tuple[Floats, float]:
    """Hierarchical cutoffs: the report's for every row, and in a changed case the case's own.

    The second value is what the tests of whole cases are held against.

    First the whole report decides whether anything changed, by `cutoff` over all rows and
    `opened`, the tests of whole cases. A case that has a row below that is known to have changed.
    Changes come in company, so its rows that go the same way (`ways`: 1 is worse, −1 better) are
    then tested among the case's own rows, at the same level, with the share of unchanged rows
    estimated from the p-values above one half, but never below one half, as the metrics of a run
    resemble each other (Storey 2002; Benjamini, Krieger and Yekutieli 2006). As this second step
    needs a rejection in the first, it adds nothing to the chance that an unchanged report is
    flagged.

    `tests`: of how many independent tests each row is worth one; 1 if not given. Rows that repeat
    one another alarm together or not at all, so that the first step pays for what they are worth.

    `share`: see `shares`. Each p is divided by its share beforehand, and each cutoff multiplied by
    it, up to the whole level.
    """
    shared = p / share
    count = max(int(np.isfinite(p).sum()), 1)
    worth = count if tests is None else effective(p, tests)
    if opened is None:
        opened = CasePValues(cases=cases[:0], p=p[:0], ways=ways[:0])
    both_cases = np.concatenate([cases, opened.cases])
    both_ways = np.concatenate([ways, opened.ways])
    every = np.concatenate([shared, opened.p])
    more = int(np.isfinite(opened.p).sum())
    whole = cutoff(every, min(level * ((count + more) / (worth + more)), 1.0))
    found = np.full(p.shape, whole)
    turned: dict[int, set[float]] = {}
    for place in np.flatnonzero(every <= whole):
        case, way = (one[place] for one in (both_cases, both_ways))
        turned.setdefault(int(case), set()).add(float(way))
    for case, alike in turned.items():
        inside = cases == case
        company = inside & np.isin(ways, list(alike))
        found[company] = max(whole, _adaptive(shared[inside], level))
    return np.asarray(np.minimum(found * share, level)), whole


def _adaptive(p: Floats, level: float) -> float:
    tests = p[np.isfinite(p)]
    unchanged = max((1 + (tests > _HALF).sum()) / (tests.size * (1 - _HALF)), _HALF)
    return cutoff(tests, level / min(unchanged, 1.0))
