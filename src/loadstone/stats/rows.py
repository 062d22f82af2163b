"""The measured rows of a look: every case and metric, then a suite row per shared metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.model import Metric
from loadstone.stats.history import History
from loadstone.stats.location import Estimates, Scale, estimate
from loadstone.stats.moderated import moderated
from loadstone.stats.prior import Places, Rows
from loadstone.stats.samples import Floats, Samples, floors, places
from loadstone.stats.suite import suite

Flags = NDArray[np.bool_]
SUITE = -1  # the number of the "case" of suite rows
CAUTION = 1.05  # tests take errors a little wider until history has shown how wide they are


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Rows of the table, then suite rows: what they are, what was expected, what was estimated."""

    cases: Places  # SUITE in suite rows
    metrics: Sequence[Metric]
    ratios: Floats
    scale: Scale
    kappa: Floats  # by how much history takes errors wider
    caution: Floats  # and tests beyond that
    warm: bool  # whether history had something to say
    estimates: Estimates


def measured(table: Samples, history: History | None) -> Measured:
    """Estimates of all rows, with scales borrowed from one another and from `history`."""
    rows = Rows(
        cases=places(table.cases), metrics=places([metric.name for metric in table.metrics])
    )
    floor = floors(table)
    expected = history.expected(table) if history else None
    kappa, caution = np.ones(len(floor)), CAUTION
    if history is not None and expected is not None:
        kappa, caution = history.calibrations(table), 1.0
    scale, own = moderated(table.ratios, floor, rows, expected, kappa, caution)
    ratios, whole, shared = suite(table.ratios, own, scale, rows.metrics, stable(table, history))
    first = [int(np.flatnonzero(rows.metrics == metric)[0]) for metric in shared]
    return Measured(
        cases=np.concatenate([rows.cases, np.full(len(shared), SUITE)]),
        metrics=[*table.metrics, *(table.metrics[row] for row in first)],
        ratios=np.concatenate([table.ratios, ratios]),
        scale=_scales(scale, whole),
        kappa=np.concatenate([kappa, np.ones(len(shared))]),
        caution=np.concatenate([np.full(len(floor), caution), np.ones(len(shared))]),
        warm=expected is not None,
        estimates=_joined(own, estimate(ratios, whole)),
    )


def stable(table: Samples, history: History | None) -> Flags:
    """Rows of the table that did not alarm too often in the past."""
    rows = zip(table.cases, table.metrics, strict=True)
    if history is None:
        return np.ones(len(table.cases), dtype=bool)
    return np.array([not history.unstable(case, one.name) for case, one in rows], dtype=bool)


def _joined(one: Estimates, other: Estimates) -> Estimates:
    names = Estimates.__dataclass_fields__
    return Estimates(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )


def _scales(one: Scale, other: Scale) -> Scale:
    names = Scale.__dataclass_fields__
    return Scale(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )
