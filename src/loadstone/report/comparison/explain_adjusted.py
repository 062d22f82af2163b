"""The adjusted row in an explanation: what a control variate takes off, and why it never gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loadstone.model import Comparison
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.comparison.explain_steps import log_percent, wrapped

_NEIGHBOURS: Mapping[str, str] = {
    "upstream.cpu_seconds": "the upstream's CPU time per request",
    "generator.cpu_seconds": "the generator's CPU time per request",
}


def adjusted(found: Comparison) -> Iterator[str]:
    """The lines about the adjusted row; none where there is no control variate."""
    one = found.adjusted
    if one is None:
        return
    neighbour = _NEIGHBOURS.get(one.variate, plain(one.variate))
    moved = units.change(one.moved)
    if one.refused:
        yield wrapped(
            f"Not adjusted: {neighbour} changed itself ({moved}), beyond noise. That may be the "
            "head's doing, and is not to be taken off."
        )
        return
    yield wrapped(
        f"Beside it, adjusted for {neighbour}, which drifts with the machine as this does and did "
        f"not change beyond noise ({moved}): {one.coefficient:.2f} of its log-ratio is taken off "
        f"that of each of {units.count(one.n, 'pair')}. What is left is "
        f"{units.change(one.change)}, p = {one.p or 0.0:.3g} by Student's t."
    )
    shown = (
        f"{number}: {log_percent(ratio)}"
        for number, ratio in zip(one.rounds, one.ratios, strict=False)
    )
    yield wrapped(f"Left by round: {', '.join(shown)}.")
    yield wrapped(
        "It does not gate: a change that the head makes in its neighbour would be taken off too, "
        "or taken for one of its own."
    )
