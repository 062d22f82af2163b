"""Designs in a report: which number comes from which rounds, levels side by side, and lanes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loadstone.model import DesignLevel, Estimate, Judgement, Record
from loadstone.model.audit import LaneBias
from loadstone.report.common import units
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames
from loadstone.report.common.paired_runs import mixed
from loadstone.report.common.plain import plain
from loadstone.report.comparison.view import LevelRow


def told(record: Record) -> Iterator[str]:
    """Which number comes from which rounds; nothing where all cases are solo."""
    known = mixed(record.plan)
    if not known:
        return
    number, of = len(known), len(record.plan.cases)
    where = "everywhere" if number == of else f"in {number} of {units.count(of, 'case')}"
    yield (
        f"both sides are measured at once {where}: changes there are of such mixed pairs, "
        "objectives of solo rounds"
    )


def levels(found: Sequence[DesignLevel], known: ShortNames) -> tuple[LevelRow, ...]:
    """Levels alone and in pairs, a row for each side of a case and metric."""
    return tuple(
        LevelRow(
            case=plain(each.case),
            short=known.short(each.case),
            title=title(each.metric),
            side=each.side.value,
            solo=_level(each, each.solo),
            mixed=_level(each, each.mixed),
            apart=units.change(each.ratio),
            coupled=each.coupled,
        )
        for each in found
    )


def _level(each: DesignLevel, value: Estimate | None) -> str:
    if value is None:
        return units.UNKNOWN
    return units.ranged(each.metric.unit, value.estimate, value.low, value.high)


def explained(judgement: Judgement | None, case: str, metric: str) -> Iterator[str]:
    """The levels of a row in an explanation, a line for each side."""
    for each in judgement.levels if judgement else ():
        if (each.case, each.metric.name) == (case, metric):
            line = f"{each.side.value}: alone {_level(each, each.solo)}, in pairs "
            apart = units.change(each.ratio)
            yield f"{line}{_level(each, each.mixed)}" + (f": {apart} beside solo" if apart else "")


def lanes(found: Sequence[LaneBias], record: Record) -> str:
    """The standing A/A of lanes in a line: how many metrics are biased, and the sharpest one."""
    if not found:
        return ""
    titles = {one.name: title(one) for each in record.plan.cases for one in each.metrics}
    biased = sum(each.biased for each in found)
    sharp = min(found, key=lambda each: each.high - each.low)
    name = titles.get(sharp.metric, plain(sharp.metric))
    of = units.count(len(found), "metric")
    return f"lanes differ in {biased or 'none'} of {of} ({name} {bias(sharp)})"


def bias(each: LaneBias) -> str:
    """What lane 1 shows beside lane 0."""
    low, high = (units.percent(end, signed=True) for end in (each.low, each.high))
    return f"{units.percent(each.lane, signed=True)} [{low} to {high}]"
