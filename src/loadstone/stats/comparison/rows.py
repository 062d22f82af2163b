"""Moderated estimates of one look: every case and metric, then a suite row per shared metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.model import Metric
from loadstone.stats.common.estimates import Estimates, ScalePrior, joined
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import Places, extent, row_index, spread, usual
from loadstone.stats.common.samples import Floats, Samples, floors, places
from loadstone.stats.comparison.autocorrelation import correlation, widening
from loadstone.stats.comparison.bias import SHARED, biases
from loadstone.stats.comparison.case_tests import CaseTests, case_tests
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.overdispersion import overdispersion
from loadstone.stats.comparison.placement import common_shift, reaches, with_shift
from loadstone.stats.comparison.shrinkage import moderate
from loadstone.stats.comparison.suite import suite

Flags = NDArray[np.bool_]
SUITE = -1  # the number of the "case" of suite rows


@dataclass(frozen=True, kw_only=True)
class MeasuredRows:
    """Estimates over rows of the table, then suite rows, with the priors they rest on."""

    cases: Places  # SUITE in suite rows
    metrics: Sequence[Metric]
    ratios: Floats  # rows × rounds
    scale: ScalePrior
    kappa: Floats  # by how much history takes errors wider
    caution: Floats  # and by how much this report does: see `autocorrelation` and `overdispersion`
    bias: Floats  # what sides differ by though nothing changed: see `bias` and `placement`
    tests: Floats  # of how many independent tests each row is worth one
    warm: bool  # whether history had something to say
    estimates: Estimates
    whole: CaseTests


def measured(table: Samples, history: History | None) -> MeasuredRows:
    """Estimate all rows, with scales borrowed from one another and from `history`."""
    rows = row_index(table)
    floor = floors(table)
    expected = history.expected(table) if history else None
    known = history if history is not None and expected is not None else History()
    kappa, bias = known.calibrations(table), biases(table, known.bias)
    cold = (usual(table), spread(table))
    found = moderate(table.ratios, floor, rows, expected, kappa, bias, cold)
    scale, own = found.scale, found.estimates
    rho = correlation(table.ratios, own, found.tests)
    own = own.widened(widening(rho, own.n))
    moves = extent(table.ratios) > 2 * scale.floor
    caution = overdispersion(np.where(moves, own.p, np.nan), own.location, rows, found.tests)
    named = places([metric.name for metric in table.metrics])
    ratios, whole, shared = suite(table.ratios, own, scale, named, stable(table, history))
    margins = np.array([metric.margin for metric in table.metrics])
    # Of one metric in both designs the mixed rows are the sharp ones, with a margin for them.
    first = [min(np.flatnonzero(named == one).tolist(), key=margins.__getitem__) for one in shared]
    tests = case_tests(table.ratios, own, scale, rows.cases, table.metrics, kappa, SHARED * bias)
    tests = tests.widened(widening(rho, tests.estimates.n))
    shift = common_shift(tests.log_ratios, tests.errors)
    lasting = np.concatenate([bias, SHARED * bias[first]])
    means = estimate(ratios, whole, kappa[first], bias=SHARED * bias[first])
    means = means.widened(widening(rho, means.n))
    reach = reaches(shift, np.concatenate([bias, bias[first]]))
    wider = np.full(len(lasting), caution)
    return MeasuredRows(
        cases=np.concatenate([rows.cases, np.full(len(shared), SUITE)]),
        metrics=[*table.metrics, *(table.metrics[row] for row in first)],
        ratios=np.concatenate([table.ratios, ratios]),
        scale=_scales(scale, whole),
        kappa=np.concatenate([kappa, kappa[first]]),
        caution=wider * widening(rho, np.concatenate([own.n, means.n])),
        bias=np.hypot(lasting, reach),
        tests=np.concatenate([found.tests, np.ones(len(shared))]),
        warm=expected is not None,
        whole=tests.widened(wider[: len(tests.cases)]).with_shift(shift, SHARED),
        estimates=with_shift(joined([own, means]).widened(wider), reach),
    )


def stable(table: Samples, history: History | None) -> Flags:
    """Rows of the table that did not alarm too often in the past."""
    rows = zip(table.cases, table.metrics, strict=True)
    if history is None:
        return np.ones(len(table.cases), dtype=bool)
    return np.array([not history.unstable(case, one.name) for case, one in rows], dtype=bool)


def _scales(one: ScalePrior, other: ScalePrior) -> ScalePrior:
    names = ScalePrior.__dataclass_fields__
    return ScalePrior(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )
