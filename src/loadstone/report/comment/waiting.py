"""Sections of what has no result yet: it waits for its runner, or is being measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loadstone.model.bot import QueuedState, RunningState
from loadstone.report.comment import slash_commands
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import SectionText, joined
from loadstone.report.comment.result import Result
from loadstone.report.comment.section_context import (
    SectionContext,
    commit,
    earlier,
    sentences,
    small,
)
from loadstone.report.common import units, words
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.markdown_table import table
from loadstone.report.common.metrics import title
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone

_VERDICTS = {"regression": Tone.BAD, "improvement": Tone.GOOD, "unchanged": Tone.CALM}
_RANK = 5  # after results


def queued(state: QueuedState, told: SectionContext) -> SectionText:
    """The place in line, when it begins, and who asked."""
    ahead = units.count(state.ahead, "run") + (" is" if state.ahead == 1 else " are")
    runner = f" on {code(plain(state.runner, most=NAME))}" if state.runner else ""
    place = f"{text(ahead)} before it{runner}." if state.ahead else f"It is next{runner}."
    wait = ""
    if state.wait is not None:
        wait = f"It begins in about {text(units.duration(state.wait))}."
    asked = f"Asked for by {code(plain(told.asked_by, most=NAME))}." if told.asked_by else ""
    return SectionText(
        title=Safe(f"⏳ Queued: {told.name} {commit(state.sha)}"),
        lead=sentences([place, wait, asked]),
        pieces=earlier(told),
        foot=_stop(told),
        rank=_RANK,
    )


def running(state: RunningState, told: SectionContext) -> SectionText:
    """How far it is, and what is clear so far; or since when, where nobody tells more."""
    if state.since:
        return _begun(state, told)
    of = f" of at most {state.rounds}" if state.rounds else ""
    where = f", in {code(plain(state.case, most=NAME))}" if state.case else ""
    left = ""
    if state.seconds_left is not None:
        left = f"About {text(units.duration(state.seconds_left))} left."
    round_ = f"Round {state.round}{of}{where}." if state.round else "It is being prepared."
    return SectionText(
        title=Safe(f"⏱️ Running: {told.name} {commit(state.sha)}"),
        lead=sentences([round_, left]),
        pieces=[_clear(state, told), *earlier(told)],
        foot=_stop(told),
        rank=_RANK,
    )


def _begun(state: RunningState, told: SectionContext) -> SectionText:
    """That it has begun, and that this is not brought up to date before it has ended."""
    since = f"It has been running since {plain(state.since[11:16])} UTC."
    most = ""
    if state.seconds_left is not None:
        most = (
            f"Builds aside, it measures for {text(units.duration(state.seconds_left))} at the most."
        )
    stale = (
        "The log of its run says which case and round it is at; this comment says no more until it "
        "has ended, and nothing is decided before."
    )
    return SectionText(
        title=Safe(f"⏱️ Running: {told.name} {commit(state.sha)}"),
        lead=sentences([text(since), most, stale]),
        pieces=earlier(told),
        foot=_stop(told),
        rank=_RANK,
    )


def _stop(told: SectionContext) -> Safe:
    if not told.place.slash:
        return Safe()
    return small(Safe(f"To stop it, comment {code(slash_commands.CANCEL)}."))


def _clear(state: RunningState, told: SectionContext) -> Safe:
    """What is clear so far, and that it is provisional."""
    if not state.clear:
        return Safe("Nothing is clear yet, and nothing is decided before the measuring has ended.")
    groups: dict[tuple[str, str], list[str]] = {}
    for case, metric, verdict in state.clear:
        groups.setdefault((verdict, metric), []).append(case)
    titles = _titles(told.result)
    rows = [
        _clear_row(verdict, titles.get(metric, metric), cases)
        for (verdict, metric), cases in sorted(groups.items(), key=_severity)
    ]
    left = len(rows) - told.place.rows
    return joined(
        [
            Safe(
                "**Provisional**: later rounds may still change this, and nothing is decided yet."
            ),
            table(("so far", "metric", "where"), rows[: told.place.rows]),
            text(f"{units.count(left, 'more metric')} too.") if left > 0 else Safe(),
        ]
    )


def _severity(item: tuple[tuple[str, str], Sequence[str]]) -> int:
    """Worse before better, as everywhere."""
    order = list(_VERDICTS)
    verdict = item[0][0]
    return order.index(verdict) if verdict in order else len(order)


def _clear_row(verdict: str, metric: str, cases: Sequence[str]) -> Sequence[Safe]:
    mark = words.EMOJI[_VERDICTS.get(verdict, Tone.UNSURE)]
    return (
        Safe(f"{mark} {text(plain(verdict, most=NAME))}"),
        text(plain(metric, most=NAME)),
        text(_where(cases)),
    )


def _titles(result: Result | None) -> Mapping[str, str]:
    """What people call the metrics, where an earlier result knows it."""
    plans = result.record.plan.cases if result else ()
    return {metric.name: title(metric) for plan in plans for metric in plan.metrics}


def _where(cases: Sequence[str]) -> str:
    if len(cases) == 1:
        return plain(cases[0], most=NAME) or "all cases"
    return units.count(len(cases), "case")
