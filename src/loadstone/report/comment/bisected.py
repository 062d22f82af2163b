"""Section of a bisection: the first commit that is surely slower, and every one that was tried."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Commit
from loadstone.model.bisect import BisectAnswer, BisectFinding, BisectStep
from loadstone.model.bot import BisectedState
from loadstone.report.bisect.progress_lines import VERDICTS
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Fold, FoldKind, Lines, Rows, SectionText
from loadstone.report.comment.section_context import SectionContext, commit, sentences, small, spent
from loadstone.report.common import units
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence

_SUBJECT = 60  # characters
_HASH = 12
_OPEN = 5  # suspects that are seen at once
_RANK = 0  # somebody has asked for it


def bisected(state: BisectedState, told: SectionContext) -> SectionText:
    """The answer, the commits that it may be, those that were tried, and what is promised."""
    found = state.found
    suspects = [_named(each) for each in found.suspects]
    shown = suspects[:_OPEN] if found.answer is BisectAnswer.RANGE else []
    return SectionText(
        title=Safe(f"🔎 {_title(found)}: {told.name} {commit(state.sha)}"),
        lead=sentences([f"**{_answer(found)}**", _broken_off(found)]),
        pieces=[
            Lines(lines=shown, noun="commit").text(_OPEN),
            Fold(
                kind=FoldKind.COMMITS,
                summary=text(f"What was tried ({units.count(len(found.steps), 'commit')})"),
                blocks=[_tried(found.steps), _cut(found)],
            ),
        ],
        foot=small(_promise(found), _spent(found), spent(state.minutes)),
        rank=_RANK,
    )


def _title(found: BisectFinding) -> str:
    return {
        BisectAnswer.COMMIT: "The first slower commit",
        BisectAnswer.RANGE: f"One of {units.count(found.among, 'commit')} is slower",
        BisectAnswer.NOT_SLOWER: "Nothing is slower",
    }.get(found.answer, "No answer")


def _answer(found: BisectFinding) -> Safe:
    by = Safe(
        f"by {text(plain(found.title or found.metric, most=NAME))} of "
        f"{code(plain(found.case, most=NAME))}"
    )
    match found.answer:
        case BisectAnswer.COMMIT:
            return Safe(
                f"The first commit that is surely slower is {_named(found.suspects[0])}, {by}."
            )
        case BisectAnswer.RANGE:
            many = text(units.count(found.among, "commit"))
            return Safe(f"The first commit that is surely slower is one of {many}, {by}.")
        case BisectAnswer.NOT_SLOWER:
            margin = text(units.percent(found.margin))
            return Safe(
                f"The head is not slower by {margin}, {by}, so there is nothing to search for."
            )
        case BisectAnswer.NOTHING:
            return Safe(f"The head could not be measured, {by}.")
        case _:
            return Safe(f"It could not be shown that the head is slower, {by}.")


def _named(each: Commit) -> Safe:
    """A commit by its hash and the first line of its message."""
    subject = text(plain(each.subject, most=_SUBJECT))
    return Safe(f"{code(plain(each.hash[:_HASH]))} {subject}".rstrip())


def _broken_off(found: BisectFinding) -> Safe:
    if found.whole:
        return Safe()
    return Safe("It was broken off, or its minutes were spent, before it had its answer.")


def _tried(steps: Sequence[BisectStep]) -> Rows:
    return Rows(
        header=("commit", "pairs", "change (interval)", "verdict"),
        rows=[_row(each) for each in steps],
        numbers=(1,),
        noun="commit",
    )


def _row(each: BisectStep) -> Sequence[Safe]:
    change = units.change(each.change) if each.change else "–"
    why = f": {sentence(each.why)}" if each.why else ""
    return (
        _named(each.commit),
        text(str(each.pairs)),
        text(change),
        text(f"{VERDICTS[each.verdict]}{why}"),
    )


def _cut(found: BisectFinding) -> Safe:
    if found.cut is None:
        return Safe()
    cut = text(units.percent(found.cut, signed=True))
    return Safe(f"Slower is beyond {cut}: half of what the head showed.")


def _promise(found: BisectFinding) -> Safe:
    chance = text(units.percent(found.alpha))
    return Safe(
        f"With a chance of at most {chance} a commit is named though nothing changed, or a wrong "
        "one."
    )


def _spent(found: BisectFinding) -> Safe:
    pairs = sum(each.pairs for each in found.steps)
    measured = sum(each.pairs > 0 for each in found.steps)
    return text(
        f"{measured} of {units.count(found.commits, 'commit')} measured against the base in "
        f"{units.count(pairs, 'pair')}, {units.duration(found.seconds)} of measuring."
    )
