"""Predictive power: the chance that going on to the last look newly settles a row or a case.

Given what was seen, and believing nothing beforehand about the size of a change, how likely is it
that by the last look a row is flagged (goal *detect*), or decided either way (goal *certify*)?
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from loadstone.model import Goal, Policy
from loadstone.stats.common import spending
from loadstone.stats.common.samples import Floats
from loadstone.stats.comparison.analysis import Analysis
from loadstone.stats.comparison.rows import SUITE

USUAL_CHANGE = 0.05  # of all metrics of a case together, where it changed
_PART = 0.5  # of the bias is what a test loses by it, more or less
SHARES = (0.15, 0.5, 0.9)  # of a changed case's rows may have changed
PRIOR = 0.2  # chance that a case changed, before anything was seen


@np.errstate(all="ignore")
def prospects(analysis: Analysis, policy: Policy, ends: Mapping[str, int]) -> Floats:
    """Predictive power of each row: the chance that the last look newly settles it, 0 if it cannot.

    `ends`: by case, in the order of the table, its pairs at the last look.

    A row is *changed* with a chance that its whole case argues for (`_changed`). If it is, its
    change has a normal prior as wide as what matters; the estimate at the last look is then normal,
    and the row is flagged where that passes the last look's bar.
    """
    looks, last = policy.looks, _by_case(ends)[analysis.cases]
    n = np.minimum(analysis.n, last)
    margin = np.clip(analysis.margin, 0.01, 10.0)
    final = spending.levels(looks, looks[-1], analysis.part * policy.alpha, analysis.worth)[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = analysis.error * np.sqrt(n / last)
        level = np.clip(analysis.cutoffs * final / analysis.level, 1e-12, 1)
        reach = spending.critical(level) * error + analysis.bias * _PART
        bar = np.maximum(reach, analysis.least)
        kept = margin**2 / (margin**2 + analysis.error**2)
        middle = kept * analysis.location
        wander = np.sqrt(kept * analysis.error**2 + error**2)
        seen = ndtr((middle - bar) / wander) + ndtr((-middle - bar) / wander)
        chance = seen * _changed(analysis, margin)
        if policy.goal is Goal.CERTIFY:
            left = np.maximum(analysis.error * np.sqrt(1 - n / last), 1e-12)
            chance = np.where(analysis.unchanged, 0.0, chance + _equivalent(analysis, error, left))
    open_ = analysis.gated & ~analysis.flagged & (analysis.cases != SUITE) & (n < last)
    open_ &= (analysis.n > 0) & ~((analysis.location == 0) & (analysis.error == 0))
    return np.where(open_, np.nan_to_num(chance, nan=1.0), 0.0)


def _changed(analysis: Analysis, margin: Floats) -> Floats:
    """Posterior chance of each row that it changed, from its own evidence and that of its case.

    Each row's Bayes factor weighs "changed by about its margin" against "not at all". A case has
    changed with chance PRIOR; in a changed case few, half or most of the rows have (`SHARES`), and
    the rows themselves say which: where one alone stands out, the others are not waited for.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        error2 = analysis.error**2
        wide = 1 + margin**2 / error2
        excess = analysis.location**2 / error2 / 2 * (1 - 1 / wide)
        factor = np.exp(np.clip(excess, 0, 30)) / np.sqrt(wide)
    factor = np.where(np.isfinite(factor) & analysis.gated, factor, 1.0)
    cases = analysis.cases - SUITE
    parts = [1 - part + part * factor for part in SHARES]
    evidence = np.array([np.bincount(cases, np.log(part)) for part in parts])
    odds = PRIOR / (1 - PRIOR) / len(SHARES) * np.exp(np.clip(evidence, -30, 30))
    chance = odds / (1 + odds.sum(axis=0))
    rows = [part * factor / whole for part, whole in zip(SHARES, parts, strict=True)]
    return np.asarray(sum(chance[place][cases] * row for place, row in enumerate(rows)))


def _equivalent(analysis: Analysis, error: Floats, wander: Floats) -> Floats:
    """Chance that a row's 90 % interval will lie inside its margin."""
    room = analysis.margin - 1.7 * error
    middle = analysis.location
    inside = ndtr((room - middle) / wander) - ndtr((-room - middle) / wander)
    return np.where(room > 0, np.maximum(inside, 0), 0.0)


def openings(analysis: Analysis, policy: Policy, ends: Mapping[str, int]) -> dict[str, float]:
    """Predictive power of each case-level test: the chance that it opens its case at last."""
    whole, looks = analysis.whole, policy.looks
    each, last = whole.estimates, _by_case(ends)[whole.cases]
    final = spending.levels(looks, looks[-1], analysis.part * policy.alpha, analysis.worth)[-1]
    level = np.clip(analysis.bar * final / analysis.level, 1e-12, 1)
    later = each.error * np.sqrt(np.minimum(each.n, last) / last)
    usual = USUAL_CHANGE / whole.unit
    bar = spending.critical(level) * later + _PART * whole.bias
    kept = usual**2 / (usual**2 + each.error**2)
    wander = np.sqrt(kept * each.error**2 + later**2)
    middle = kept * each.location
    seen = ndtr((middle - bar) / wander) + ndtr((-middle - bar) / wander)
    wide = 1 + usual**2 / each.error**2
    excess = each.location**2 / each.error**2 / 2 * (1 - 1 / wide)
    odds = PRIOR / (1 - PRIOR) * np.exp(np.clip(excess, 0, 30)) / np.sqrt(wide)
    chance = np.where(each.n < last, np.nan_to_num(seen * odds / (1 + odds)), 0.0)
    names = list(ends)
    return {names[case]: float(one) for case, one in zip(whole.cases, chance, strict=True)}


@np.errstate(all="ignore")
def shared(analysis: Analysis, policy: Policy, ends: Mapping[str, int]) -> Floats:
    """Predictive power of each suite row that is not flagged yet: what all cases may show at last.

    A change that all cases share shows there first, when each of them is still far from its bar.
    """
    looks, last = policy.looks, float(max(ends.values(), default=1))
    suite = analysis.cases == SUITE
    n = np.minimum(analysis.n, last)
    final = spending.levels(looks, looks[-1], analysis.part * policy.alpha, analysis.worth)[-1]
    later = analysis.error * np.sqrt(n / last)
    level = np.clip(analysis.cutoffs * final / analysis.level, 1e-12, 1)
    bar = np.maximum(spending.critical(level) * later + _PART * analysis.bias, analysis.least)
    margin = np.clip(analysis.margin, 0.01, 10.0)
    kept = margin**2 / (margin**2 + analysis.error**2)
    wander = np.sqrt(kept * analysis.error**2 + later**2)
    middle = kept * analysis.location
    seen = ndtr((middle - bar) / wander) + ndtr((-middle - bar) / wander)
    wide = 1 + margin**2 / analysis.error**2
    excess = analysis.location**2 / analysis.error**2 / 2 * (1 - 1 / wide)
    odds = PRIOR / (1 - PRIOR) * np.exp(np.clip(excess, 0, 30)) / np.sqrt(wide)
    open_ = suite & analysis.gated & ~analysis.flagged & (n < last)
    return np.where(open_, np.nan_to_num(seen * odds / (1 + odds)), 0.0)


def _by_case(ends: Mapping[str, int]) -> Floats:
    return np.array(list(ends.values()), dtype=float)
