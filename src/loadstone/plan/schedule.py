"""The schedule of a round: both sides of a case next to each other, in random order.

Which side goes first alternates at random in blocks of two rounds, so that no side gets the warm
cache (or the throttled core) more often than the other.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from loadstone.model import Design, Side, Slot


def slots(
    cases: Sequence[str],
    round: int,  # noqa: A002
    seed: int,
    first_order: int,
    mixed: Collection[str] = (),
) -> list[Slot]:
    """The runs of one round over the named cases, in the order in which they are due.

    The same arguments give the same order, and the order of `cases` does not matter. Over rounds 1
    and 2, 3 and 4, … each side of a case goes first once. `mixed`: the cases whose two sides are
    measured at once in this round.
    """
    shuffled = sorted(cases)
    random.Random(f"{seed}/{round}").shuffle(shuffled)
    due = [(case, side) for case in shuffled for side in sides(case, round, seed)]
    return [
        Slot(
            case=case,
            side=side,
            round=round,
            order=first_order + place,
            design=Design.MIXED if case in mixed else Design.SOLO,
            lane=lane(case, side, round, seed) if case in mixed else 0,
        )
        for place, (case, side) in enumerate(due)
    ]


def lane(case: str, side: Side, round: int, seed: int) -> int:  # noqa: A002
    """The lane of a side in a mixed pair: drawn at random, apart from who starts first."""
    block, second = divmod((round - 1) // 2, 2)
    swapped = random.Random(f"{seed}/{case}/lane/{block}").random() < 0.5
    return int((side is Side.HEAD) != (swapped != bool(second)))


def sides(case: str, round: int, seed: int) -> tuple[Side, Side]:  # noqa: A002
    """The sides of a case in the order in which they run in a round."""
    block, second = divmod(round - 1, 2)
    base_first = random.Random(f"{seed}/{case}/{block}").random() < 0.5
    if base_first != bool(second):
        return Side.BASE, Side.HEAD
    return Side.HEAD, Side.BASE
