"""Mixed pairs among the runs that an artifact claims: both halves at one moment, in two worlds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loadstone.model import Design, Side
from loadstone.store.untrusted.claims import ClaimedRun

_SIDES = sorted(side.value for side in Side)
_LANES = [0, 1]


def not_parted(found: Sequence[ClaimedRun]) -> list[ClaimedRun]:
    """The runs without halves that a crash has left: whoever went on measured that pair again."""
    there = {(each.case, each.round, each.started, each.side) for each in found if _mixed(each)}

    def parted(run: ClaimedRun) -> bool:
        return any((run.case, run.round, run.started, side) not in there for side in _SIDES)

    return [each for each in found if not (_mixed(each) and parted(each))]


def whole(found: Sequence[ClaimedRun]) -> list[ClaimedRun]:
    """The runs without those of pairs that are none: of one side, of two moments, in one lane."""
    pairs: dict[tuple[str, int], list[ClaimedRun]] = defaultdict(list)
    for each in found:
        if _mixed(each):
            pairs[each.case, each.round].append(each)
    good = {key for key, pair in pairs.items() if _pair(pair)}
    return [each for each in found if not _mixed(each) or (each.case, each.round) in good]


def _mixed(run: ClaimedRun) -> bool:
    return run.design == Design.MIXED


def _pair(runs: Sequence[ClaimedRun]) -> bool:
    return (
        sorted(run.side for run in runs) == _SIDES
        and sorted(run.lane for run in runs) == _LANES
        and len({run.started for run in runs}) == 1
    )
