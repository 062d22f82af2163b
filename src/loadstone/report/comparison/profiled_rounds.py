"""What taking profiles did to the metrics, where only every other round has them."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.model import Judgement
from loadstone.report.common import units


def told(judgement: Judgement | None) -> Iterator[str]:
    """One line of the metrics that did not move; those that did are warnings."""
    rows = judgement.profiling if judgement else ()
    if not rows:
        return
    pairs = units.count(max(row.n for row in rows), "pair")
    tested = [row for row in rows if row.threshold is not None and not row.blind]
    if not tested:
        yield f"whether taking profiles moves the metrics cannot be said by {pairs} of rounds"
        return
    still = sum(not row.beyond_noise for row in tested)
    yield (
        f"profiles are taken in every other round: with them {still} of "
        f"{units.count(len(tested), 'metric')} did not change beyond noise, by {pairs} of rounds"
    )


def explained(judgement: Judgement | None, case: str, metric: str) -> Iterator[str]:
    """What taking profiles did to a row, in its explanation."""
    for row in judgement.profiling if judgement else ():
        if (row.case, row.metric.name) == (case, metric):
            yield ""
            what = "beyond noise" if row.beyond_noise else "within noise"
            p = "" if row.p is None else f", p = {row.p:.3g}"
            yield (
                f"rounds with profiles beside those without, both sides alike: "
                f"{units.change(row.change) or units.UNKNOWN}, {what} "
                f"({units.count(row.n, 'pair')}{p})"
            )
