"""The small print of a result: how sure it is, what it cost, and of what it is."""

from __future__ import annotations

from loadstone.report.comment.links import link
from loadstone.report.comment.result import Result, RunnerMinutes
from loadstone.report.common import units
from loadstone.report.common.escape import Safe, text
from loadstone.report.common.plain import plain
from loadstone.report.comparison.view import ComparisonView

_SENTENCE = 600  # characters
_FACT = 120


def foot(view: ComparisonView, result: Result) -> Safe:
    """Lines in the order of interest; what is not known is left out."""
    first = (
        "No earlier record is known here: how noisy each metric is was learnt from these rounds "
        "alone, and intervals will be narrower once there are some."
    )
    shown = "Percentiles that are no metric of the scenario are shown, and not judged."
    said = [
        text(first) if result.first and not view.first else Safe(),
        text(plain(view.sure, most=_SENTENCE)),
        text(shown) if any(not each.metric for each in result.latencies) else Safe(),
        cost(result.cost),
        text(" · ".join(plain(line, most=_FACT) for line in view.footer)),
        link("the whole report", result.report),
    ]
    return Safe(f"<sub>{'<br>'.join(each for each in said if each)}</sub>")


def cost(found: RunnerMinutes | None) -> Safe:
    """What it cost, in minutes."""
    if found is None:
        return Safe()
    of = ""
    if found.spent is not None:
        cap = f" of {_minutes(found.cap)}" if found.cap is not None else ""
        of = f"; this pull request has used {_minutes(found.spent)}{cap}"
    return text(f"It cost {_minutes(found.minutes)} of a runner{of}.")


def _minutes(number: float) -> str:
    return units.duration(60 * number)
