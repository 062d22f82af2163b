"""The detectable change of a row: what its rounds would have found, or that they are blind.

Beyond a factor of ten a figure tells nobody anything, and where nothing happened on either side
there is nothing to be a share of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loadstone.model import Comparison, Verdict
from loadstone.report.common import units

BLIND = "–"
BLIND_NOTE = "– under “sees”: these rounds would have missed even a tenfold change."
NONE_IN_BOTH = "0 in both"
ANY = "any"
TENFOLD = 9.0  # a relative change
_FOUND = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
_QUIET = (Verdict.UNCHANGED, Verdict.INCONCLUSIVE)


def nothing(comparison: Comparison) -> bool:
    """Whether nothing happened on either side: no error, no growth."""
    sides = (comparison.base, comparison.head)
    return all(side is not None and side.low == side.high == 0 for side in sides)


def seen(rows: Iterable[Comparison]) -> str:
    """What the least precise of some rows would have found: `≥ 3 %`, `any`, `–`; "" if unknown."""
    told = [(each.detectable, each) for each in rows if known(each)]
    if not told:
        return ""
    if all(_exact(each) and not _refuted(each) for _, each in told):
        return ANY
    if any(_refuted(each) for _, each in told):
        return BLIND
    worst = max(size for size, _ in told if size is not None)
    return BLIND if worst >= TENFOLD else f"≥ {units.percent(worst)}"


def sentence(comparison: Comparison) -> str:
    """What a row would have found, in words."""
    said = seen([comparison])
    if not said:
        return ""
    if said == BLIND:
        return "even a tenfold change would have been missed"
    what = "any change" if said == ANY else f"a change of {said.removeprefix('≥ ')}"
    return f"{what} would have been found"


def precise(comparison: Comparison) -> bool:
    """Whether a change as small as the row's margin would have been found.

    Not where even a tenfold one would have been missed, however much its minimum asks for.
    """
    if comparison.detectable is None or nothing(comparison) or _refuted(comparison):
        return False
    size = comparison.detectable
    return _exact(comparison) or size <= min(_margin(comparison), TENFOLD)


def quiet(rows: Iterable[Comparison]) -> Sequence[Comparison]:
    """The gated rows without a finding, those left out in which nothing happened at all."""
    gated = (each for each in rows if each.metric.gated and each.verdict in _QUIET)
    return [each for each in gated if not nothing(each)]


def known(comparison: Comparison) -> bool:
    """Whether it is known what the row would have found."""
    return comparison.detectable is not None and not nothing(comparison)


def unreachable(comparison: Comparison) -> bool:
    """Whether a change matters only from more on than there is: no fall can ever gate."""
    sides = [side.center for side in (comparison.base, comparison.head) if side is not None]
    size = max(map(abs, sides), default=0.0)
    return 0 < size < comparison.metric.minimum


def _refuted(comparison: Comparison) -> bool:
    """Whether the row itself shows a change that would have been found, and did not find it.

    So it is with a count of too few rounds: it has no noise, and yet no order of so few is unlikely
    enough, however large the change.
    """
    p, threshold, change = comparison.p, comparison.threshold, comparison.change
    if p is None or threshold is None or change is None or comparison.verdict in _FOUND:
        return False
    shown = abs(change.estimate)
    return p > threshold and shown > 0 and shown >= (comparison.detectable or 0.0)


def _exact(comparison: Comparison) -> bool:
    """Whether one event more or less would have been found: there is no smaller change."""
    base = comparison.base.center if comparison.base else 0.0
    step = 1 / base if base > 0 else 0.0
    return comparison.metric.counted and 0 < step >= (comparison.detectable or 0.0)


def _margin(comparison: Comparison) -> float:
    """The relative change from which on it matters: by share and by size, both must be exceeded."""
    metric, base = comparison.metric, comparison.base
    by_size = metric.minimum / base.center if base and base.center > 0 else 0.0
    return max(metric.margin, by_size)
