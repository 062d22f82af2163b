"""The measured rows of a look: every case and metric, then a suite row per shared metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loadstone.model import Metric
from loadstone.stats.common.location import Estimates, ScalePrior, estimate, joined
from loadstone.stats.common.prior import Places, RowIndex, extent
from loadstone.stats.common.samples import Floats, Samples, floors, places
from loadstone.stats.comparison.bias import SHARED, biases
from loadstone.stats.comparison.casewise import Casewise, casewise
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.overdispersion import overdispersion
from loadstone.stats.comparison.serial import correlation, widening
from loadstone.stats.comparison.shrinkage import moderated
from loadstone.stats.comparison.suite import suite

Flags = NDArray[np.bool_]
SUITE = -1  # the number of the "case" of suite rows


@dataclass(frozen=True, kw_only=True)
class MeasuredRows:
    """Rows of the table, then suite rows: what they are, what was expected, what was estimated."""

    cases: Places  # SUITE in suite rows
    metrics: Sequence[Metric]
    ratios: Floats
    scale: ScalePrior
    kappa: Floats  # by how much history takes errors wider
    caution: Floats  # and by how much this report does: see `serial` and `overdispersion`
    bias: Floats  # what sides differ by though nothing changed
    tests: Floats  # of how many independent tests each row is worth one
    warm: bool  # whether history had something to say
    estimates: Estimates
    whole: Casewise  # and a test per case


def measured(table: Samples, history: History | None) -> MeasuredRows:
    """Estimates of all rows, with scales borrowed from one another and from `history`."""
    rows = RowIndex(
        cases=places(table.cases), metrics=places([metric.name for metric in table.metrics])
    )
    floor = floors(table)
    expected = history.expected(table) if history else None
    known = history if history is not None and expected is not None else History()
    kappa, bias = known.calibrations(table), biases(table.metrics, known.bias)
    found = moderated(table.ratios, floor, rows, expected, kappa, bias)
    scale, own = found.scale, found.estimates
    rho = correlation(table.ratios, own, found.tests)
    own = own.widened(widening(rho, own.n))
    moves = extent(table.ratios) > 2 * scale.floor
    caution = overdispersion(np.where(moves, own.p, np.nan), own.location, rows, found.tests)
    ratios, whole, shared = suite(table.ratios, own, scale, rows.metrics, stable(table, history))
    first = [int(np.flatnonzero(rows.metrics == metric)[0]) for metric in shared]
    together = casewise(table.ratios, own, scale, rows.cases, table.metrics, kappa, SHARED * bias)
    alike = together.estimates
    together = replace(together, estimates=alike.widened(widening(rho, alike.n)))
    every = np.concatenate([kappa, kappa[first]])
    off = np.concatenate([bias, SHARED * bias[first]])
    shared_bias = SHARED * bias[first]
    means = estimate(ratios, whole, kappa[first], bias=shared_bias)
    means = means.widened(widening(rho, means.n))
    wider = np.full(len(every), caution)
    return MeasuredRows(
        cases=np.concatenate([rows.cases, np.full(len(shared), SUITE)]),
        metrics=[*table.metrics, *(table.metrics[row] for row in first)],
        ratios=np.concatenate([table.ratios, ratios]),
        scale=_scales(scale, whole),
        kappa=every,
        caution=wider * widening(rho, np.concatenate([own.n, means.n])),
        bias=off,
        tests=np.concatenate([found.tests, np.ones(len(shared))]),
        warm=expected is not None,
        whole=replace(together, estimates=together.estimates.widened(wider[: len(alike.n)])),
        estimates=joined([own, means]).widened(wider),
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
