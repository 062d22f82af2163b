"""An audit as the terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model.audit import Audit, AuditRow, Demotion, LaneBias, Proportion
from loadstone.report.common import units
from loadstone.report.common.plain_table import table
from loadstone.report.common.sentences import sentence

_MOST = 12  # refused records that are named


def terminal(found: Audit, kept: str | None) -> str:
    """The rates, a row per metric and case, what is demoted, and what could not be used."""
    times = f"{found.first} to {found.last}"
    parts = [
        f"A/A reports of {found.scope.get('component', '?')}: {found.reports.of} ({times})",
        table(
            ("", "measured", "95 % interval", "promised"),
            [
                (
                    "reports that alarmed",
                    *_cells(found.reports),
                    f"at most {_percent(found.rule.allowed)}",
                ),
                (
                    "intervals that held 0",
                    *_cells(found.covered),
                    f"at least {_percent(found.covered.level)}",
                ),
            ],
        ),
        "Alone, each would have alarmed in so many reports, and its intervals held so often:",
        table(("", "alarms", "95 % interval", "held 0"), _lines(found)),
        _lanes(found.lanes),
        _demoted(found.demotions),
        f"rule: {found.words}",
        _refused(found),
        f"kept in {kept}" if kept else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _lines(found: Audit) -> list[tuple[str, ...]]:
    return [
        (_name(each), *_cells(each.alarms), _percent(each.covered.share))
        for each in (*found.metrics, *found.cases, *found.rows)
    ]


def _lanes(found: Sequence[LaneBias]) -> str:
    """What a lane of mixed pairs, and a start after the other side, do whatever the revision."""
    if not found:
        return ""
    rows = [
        (
            each.metric,
            str(each.pairs),
            _span(each.lane, each.low, each.high),
            _span(each.second, each.second_low, each.second_high),
            "biased" if each.biased else "",
        )
        for each in found
    ]
    head = ("", "pairs", "lane 1 beside lane 0", "started second", "")
    return f"Lanes of mixed pairs, whatever the side (95 % intervals):\n\n{table(head, rows)}"


def _span(value: float, low: float, high: float) -> str:
    shown, least, most = (units.percent(each, signed=True) for each in (value, low, high))
    return f"{shown} [{least} to {most}]"


def _name(each: AuditRow | Demotion) -> str:
    if each.case and each.metric:
        return f"{each.metric} of {each.case}"
    return each.metric or each.case


def _cells(share: Proportion) -> tuple[str, str]:
    measured = f"{share.hits} of {share.of} ({_percent(share.share)})"
    return measured, f"{_percent(share.low)} to {_percent(share.high)}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %".replace(".0 %", " %")


def _demoted(demotions: Sequence[Demotion]) -> str:
    if not demotions:
        return "nothing is demoted"
    lines = [f"demoted: {_name(each)}: {each.reason}\n  until {each.until}" for each in demotions]
    return "\n".join(lines)


def _refused(found: Audit) -> str:
    lines = [f"not used: {each.name}: {sentence(each.reason)}" for each in found.refused]
    more = [f"and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return "\n".join([*lines[:_MOST], *more])
