"""The standing A/A of lanes: what a lane and the start order do to a metric, whatever the side.

Of a mixed pair one side has lane 1 and the other lane 0, and one of them was started first, both
drawn at random. So every mixed pair is a comparison of lanes, too: with d = ln(head / base),

    d = side + lane · (±1) + order · (±1) + noise

where `side` is one number for each case of a session (a change of the code is in it, whatever it
is), + is a head in lane 1, or a head that was started second. Least squares over all pairs, cases
weighted by how little they scatter, with Student's intervals from errors that hold for any
mixture of scatters (HC3: MacKinnon and White 1985).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import expm1, log

import numpy as np
from scipy.special import stdtrit

from loadstone.model import CasePlan, Design, LaneBias, Run, Side
from loadstone.stats.common.samples import HISTOGRAM, LARGEST, Floats, places

FEWEST = 4  # pairs beyond what is estimated
_TAME = 3.0  # median absolute deviations that a pair counts at most


@dataclass(frozen=True, kw_only=True)
class _Pair:
    group: tuple[int, str]  # session and case
    case: str
    ratio: float  # ln(head / base)
    lane: int  # 1: head has lane 1
    second: int  # 1: head was started second


def lane_biases(
    sessions: Iterable[Sequence[Run]], plans: Sequence[CasePlan] | None = None
) -> list[LaneBias]:
    """The biases of every metric with enough mixed pairs, over all sessions together.

    `plans`: whose metrics are asked for; by default all that runs have.
    """
    wanted = None if plans is None else {one.name for plan in plans for one in plan.metrics}
    pairs: dict[str, list[_Pair]] = {}
    for number, runs in enumerate(sessions):
        for metric, pair in _pairs(number, runs):
            if wanted is None or metric in wanted:
                pairs.setdefault(metric, []).append(pair)
    found = (_bias(metric, each) for metric, each in pairs.items())
    return sorted((each for each in found if each is not None), key=lambda each: each.metric)


def _pairs(session: int, runs: Sequence[Run]) -> Iterable[tuple[str, _Pair]]:
    both: dict[tuple[str, int], dict[Side, Run]] = {}
    for run in runs:
        if run.design is Design.MIXED and run.valid:
            both.setdefault((run.case, run.round), {})[run.side] = run
    for (case, _), pair in both.items():
        if len(pair) < len(Side) or pair[Side.BASE].lane == pair[Side.HEAD].lane:
            continue
        base, head = pair[Side.BASE], pair[Side.HEAD]
        for metric in base.values.keys() & head.values.keys():
            values = (base.values[metric], head.values[metric])
            if all(1 / LARGEST < value <= LARGEST for value in values):
                yield (
                    metric,
                    _Pair(
                        group=(session, case),
                        case=case,
                        ratio=log(values[1]) - log(values[0]),
                        lane=1 if head.lane else -1,
                        second=1 if head.order > base.order else -1,
                    ),
                )


def _bias(metric: str, pairs: Sequence[_Pair]) -> LaneBias | None:
    groups = {group: place for place, group in enumerate(dict.fromkeys(p.group for p in pairs))}
    if len(pairs) < len(groups) + 2 + FEWEST or _exact(pairs):
        return None
    design = np.zeros((len(pairs), len(groups) + 2))
    for row, pair in enumerate(pairs):
        design[row, 0], design[row, 1], design[row, 2 + groups[pair.group]] = (
            pair.lane,
            pair.second,
            1.0,
        )
    ratios = np.array([pair.ratio for pair in pairs])
    weight = _weights(pairs, ratios)
    found, errors, freedom = _least_squares(design * weight[:, None], ratios * weight)
    if not np.isfinite(errors[:2]).all():
        return None
    reach = float(stdtrit(freedom, 0.975)) * errors
    (lane, low, high), (second, second_low, second_high) = (
        (expm1(found[at]), expm1(found[at] - reach[at]), expm1(found[at] + reach[at]))
        for at in (0, 1)
    )
    return LaneBias(
        metric=metric,
        pairs=len(pairs),
        lane=lane,
        low=low,
        high=high,
        second=second,
        second_low=second_low,
        second_high=second_high,
    )


def _exact(pairs: Sequence[_Pair]) -> bool:
    """Whether every pair of a group shows the same: a count that neither lane nor noise moves.

    Its least squares are rounding errors, and so is what their errors say.
    """
    return len({pair.group for pair in pairs}) == len({(p.group, p.ratio) for p in pairs})


def _weights(pairs: Sequence[_Pair], ratios: Floats) -> Floats:
    """Roots of weights: one over a case's usual scatter, less for a pair that is far off."""
    weight = np.ones(len(pairs))
    cases = np.array([pair.case for pair in pairs])
    groups = places([f"{pair.group[0]}/{pair.case}" for pair in pairs])
    away = ratios.copy()
    for group in np.unique(groups):
        inside = groups == group
        away[inside] -= np.median(ratios[inside])
    for case in np.unique(cases):
        inside = cases == case
        size = max(float(np.median(np.abs(away[inside]))), HISTOGRAM)
        far = np.maximum(np.abs(away[inside]) / (_TAME * size), 1.0)
        weight[inside] = 1 / size / np.sqrt(far)
    return weight


def _least_squares(design: Floats, values: Floats) -> tuple[Floats, Floats, int]:
    """Coefficients, their HC3 errors, and the degrees of freedom."""
    inverse = np.linalg.pinv(design.T @ design)
    found = inverse @ design.T @ values
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    left = (values - design @ found) / np.maximum(1 - leverage, 1e-6)
    spread = design.T @ (design * left[:, None] ** 2)
    freedom = len(values) - int(np.linalg.matrix_rank(design))
    errors = np.sqrt(np.maximum(np.diag(inverse @ spread @ inverse), 0.0))
    known = np.diag(inverse) > 0
    return found, np.where(known, errors, np.nan), max(freedom, 1)
