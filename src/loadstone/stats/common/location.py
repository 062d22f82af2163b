"""Location estimates of log-ratios with their intervals, many rows at once.

The model of a row: its n log-ratios are `d = μ + s·t`, with t from Student's distribution with ν
degrees of freedom (4: a run in ten is far off, on a cluster), and log s has a prior: a Student
density around `center` with width `spread`, learnt from other rows or from history (see `prior`).
About μ nothing is assumed. Then

    density(μ | d)  ∝  ∫ prior(log s) · Π s⁻¹ (1 + w ((d − μ)/s)²/ν)^(−(ν+1)/2)  d log s

with w = 1, or the trust in the pair (see `pair_weights`),

and the tail of this density beyond 0 is an *exact* p-value under the model: for a location family,
Pitman's conditional inference, Bayes with a flat prior and the frequentist conditional test are
one and the same (Pitman 1939; Fraser 1968). With normal noise and a conjugate prior it would be the
moderated t-test of Smyth (2004); this is its heavy-tailed form, so no degrees of freedom are
fitted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loadstone.stats.common.estimates import Estimates, ScalePrior, joined
from loadstone.stats.common.samples import Floats

PRIOR_NU = 5.0  # degrees of freedom of the prior of log s: a row unlike the others is possible
_QUARTILE = 0.741  # median |t| of t₄: computed
_STEPS = 12  # Newton steps to the mode; each is a contraction, twelve reach 1e-6
# Nodes of log s about its mode, in posterior standard deviations. Wide scales are unlikely, but far
# out in the tail of μ they are all that is left, so the nodes go on to the right.
_NODES = 2 * np.sinh(np.linspace(-1.5, 2.7, 21))
_NODE_STEP = np.log(np.cosh(np.linspace(-1.5, 2.7, 21)))
_BODY = np.sinh(np.linspace(-3.6, 3.6, 41))  # of μ around its mode, in standard errors
_BODY_STEP = np.cosh(np.linspace(-3.6, 3.6, 41)) * 0.18
_TAIL = np.linspace(0.0, 6.0, 25)
# A normal of sd 1 as five places with weights (Gauss and Hermite), the last of them 0.
_NEAR = (-2.8570, -1.3556, 0.0)
_WEIGHTS = (0.01126, 0.22208, 0.53333)
_ROWS = 400  # rows at once: more would not fit the processor's cache
_SIMPSON = np.array([1.0, *[4.0, 2.0] * 11, 4.0, 1.0]) * 0.25 / 3


def mode(
    ratios: Floats,
    center: Floats,
    precision: Floats,
    floor: Floats,
    nu: Floats,
    trust: Floats | float = 1.0,
) -> tuple[Floats, Floats, Floats]:
    """Posterior mode of μ and s per row, and rows × rounds of weights.

    By iterated reweighting: weights `(ν+1)/(ν+z²)` with `z = (d−μ)/s`; log s takes Newton steps on
    its log-posterior, where `precision` is 1/spread² of its prior and n−1 stands for the data.
    `trust` is how much each squared deviation counts.
    """
    known = np.isfinite(ratios)
    n = known.sum(axis=1)
    filled = np.where(known, ratios, 0.0)
    location = _median(ratios, n)
    # From the median deviation: from the standard deviation, one wild pair leads to a mode where
    # all pairs are noise, and hides the one where it alone is.
    raw = np.log(np.maximum(_median(np.abs(ratios - location[:, None]), n) / _QUARTILE, floor))
    log_scale = (center * precision + raw * n) / np.maximum(precision + n, 1e-9)
    information = 2 * np.maximum(n - 1, 1) * nu / (nu + 3) + precision
    weights = np.where(known, 1.0, 0.0)
    for _ in range(_STEPS):
        squared = trust * ((filled - location[:, None]) / np.exp(log_scale)[:, None]) ** 2
        weights = np.where(known, (nu[:, None] + 1) / (nu[:, None] + squared), 0.0)
        pull = trust * weights
        location = (pull * filled).sum(axis=1) / np.maximum(pull.sum(axis=1), 1e-9)
        slope = (weights * squared).sum(axis=1) - (n - 1) - (log_scale - center) * precision
        log_scale = log_scale + np.clip(slope / information, -1, 1)
        log_scale = np.maximum(log_scale, np.log(floor))
    return location, np.exp(log_scale), trust * weights


def estimate(
    ratios: Floats,
    prior: ScalePrior,
    inflation: Floats | None = None,
    trust: Floats | None = None,
    bias: Floats | None = None,
) -> Estimates:
    """Location estimates of every row of `ratios` (rows × rounds, NaN is missing).

    `inflation` ≥ 1, per row, widens everything about μ (κ of the calibration). `trust`: rows ×
    rounds, by how much each squared deviation counts (see `pair_weights`); 1 if not given.
    `bias`, per row: by how much (sd) sides differ though nothing changed (see `bias`);
    only p is of that.
    """
    wider = np.ones(len(ratios)) if inflation is None else inflation
    off = np.zeros(len(ratios)) if bias is None else bias
    each = np.where(np.isfinite(ratios), 1.0, 0.0) if trust is None else trust
    parts = [slice(start, start + _ROWS) for start in range(0, max(len(ratios), 1), _ROWS)]
    return joined(
        [_estimate(ratios[at], prior.of(at), wider[at], each[at], off[at]) for at in parts]
    )


def _estimate(
    ratios: Floats, prior: ScalePrior, wider: Floats, each: Floats, bias: Floats
) -> Estimates:
    precision = prior.spread**-2.0
    n = np.isfinite(ratios).sum(axis=1).astype(float)
    nu = prior.nu
    location, scale, weights = mode(ratios, prior.center, precision, prior.floor, nu, each)
    known = np.where(np.isfinite(ratios), each, 0.0).sum(axis=1)
    error = scale * np.sqrt((nu + 3) / (nu + 1) / np.maximum(known, 1e-9))
    width = (2 * np.maximum(n - 1, 0.5) * nu / (nu + 3) + precision) ** -0.5
    log_scales = np.log(scale)[:, None] + width[:, None] * _NODES
    weight = (
        -(PRIOR_NU + 1)
        / 2
        * np.log1p(((log_scales - prior.center[:, None]) / prior.spread[:, None]) ** 2 / PRIOR_NU)
    )
    effective = np.maximum(np.exp(log_scales), prior.floor[:, None])

    body = location[:, None] + error[:, None] * _BODY
    weight = weight + _NODE_STEP
    density, top = _density(ratios, body, effective, weight, n, nu, each)
    cumulated = np.cumsum(density * _BODY_STEP, axis=1) - density * _BODY_STEP / 2
    total = (density * _BODY_STEP).sum(axis=1)
    away = -np.sign(np.where(location == 0, 1.0, location))
    sides = []
    for toward in _NEAR if bias.any() else (0.0,):
        signed = (np.abs(location) + toward * bias) / wider
        zero = np.abs(signed)
        rate = np.maximum(zero / error, 1.0) / error
        steps = zero[:, None] + np.expm1(_TAIL) / rate[:, None]
        outward = steps * away[:, None] + location[:, None]
        tail, _ = _density(ratios, outward, effective, weight, n, nu, each, top)
        beyond = (tail * np.exp(_TAIL) * _SIMPSON).sum(axis=1) / rate / error / total
        sides.append(np.where(signed < 0, 1 - beyond, beyond))
    tails = 2 * _biased(sides)
    enough = n >= 2
    return Estimates(
        n=n,
        location=np.where(enough, location, np.nan),
        scale=np.where(enough, scale, np.nan),
        error=np.where(enough, error * wider, np.nan),
        weights=weights,
        trust=each,
        p=np.where(enough, np.minimum(tails, 1.0), np.nan),
        grid=location[:, None] + (body - location[:, None]) * wider[:, None],
        mass=cumulated / total[:, None],
    )


def _biased(sides: Sequence[Floats]) -> Floats:
    """Tail mass averaged over a normal bias, from that at `_NEAR`, or at 0 alone.

    Where the bias makes it smaller it adds little: there its logarithm goes on as a parabola.
    """
    if len(sides) == 1:
        return sides[0]
    far, near, here = (np.log(np.maximum(one, 1e-300)) for one in sides)
    slope = (here - near) / -_NEAR[1]
    bend = np.minimum((slope - (near - far) / (_NEAR[1] - _NEAR[0])) / -_NEAR[0], 0.0)
    mean = np.asarray(sum(w * one for w, one in zip(_WEIGHTS, sides, strict=True)))
    for place, w in zip(_NEAR[:2], _WEIGHTS[:2], strict=True):
        step = -place
        ahead = here + step * slope + bend * step * (step - _NEAR[1])
        mean = mean + w * np.exp(np.minimum(ahead, here))
    return mean


def _density(
    ratios: Floats,
    places: Floats,
    scales: Floats,
    weight: Floats,
    n: Floats,
    nu: Floats,
    trust: Floats,
    top: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Rows × places of the density of μ, up to a factor per row, and the log of that factor."""
    shape = (places.shape[0], scales.shape[1], places.shape[1])
    product = np.ones(shape)
    inverse = 1 / (scales**2 * nu[:, None])[:, :, None]
    exponent = weight - n[:, None] * np.log(scales)
    for column in range(ratios.shape[1]):
        known = np.isfinite(ratios[:, column])
        squared = (places - np.where(known, ratios[:, column], 0.0)[:, None]) ** 2
        share = np.where(known, trust[:, column], 0.0)[:, None, None]
        product *= 1 + squared[:, None, :] * (inverse * share)
    logs = exponent[:, :, None] - ((nu + 1) / 2)[:, None, None] * np.log(product)
    if top is None:
        top = logs.max(axis=(1, 2))
    return np.exp(logs - top[:, None, None]).sum(axis=1), top


def _median(ratios: Floats, n: Floats) -> Floats:
    ordered = np.sort(ratios, axis=1)  # NaN last
    rows, last = np.arange(len(ratios)), np.maximum(n - 1, 0).astype(int)
    if not ratios.shape[1]:
        return np.zeros(len(ratios))
    middle = (ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2
    return np.where(n > 0, middle, 0.0)
