"""A bisection in a terminal: the answer, a line per commit that was tried, what is promised."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.model.bisect import BisectAnswer, BisectCost, BisectRecord, BisectStep
from loadstone.report.bisect.progress_lines import VERDICTS, named
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.plain_table import table
from loadstone.report.common.sentences import sentence

_SUSPECTS = 12  # that are listed


def terminal(record: BisectRecord) -> str:
    """The report as text."""
    return "\n".join(_lines(record))


def cost(record: BisectRecord) -> str:
    """What a search will cost, before it starts."""
    plan = record.plan
    ends = f"{plain(plan.base.asked)} (good) to {plain(plan.head.asked)} (bad)"
    first = f"{plain(plan.component)}, {_metric(record)}: {ends}"
    return "\n".join([first, _cost(record.cost), _promise(record)])


def _lines(record: BisectRecord) -> Iterator[str]:
    yield _headline(record)
    if record.answer is BisectAnswer.RANGE:
        yield from (f"  {named(each)}" for each in record.suspects[:_SUSPECTS])
        more = len(record.suspects) - _SUSPECTS
        if more > 0:
            yield f"  and {more} more"
    yield ""
    if record.steps:
        rows = [_row(each) for each in record.steps]
        yield table(("commit", "pairs", "change (interval)", "verdict"), rows)
        yield ""
    if record.cut is not None:
        cut = units.percent(record.cut, signed=True)
        yield f"slower is beyond {cut}: half of what the bad end showed"
    if record.budget_spent:
        yield "the budget is spent: --resume with a larger --budget goes on"
    yield _promise(record)
    yield _spent(record)


def _headline(record: BisectRecord) -> str:
    metric = _metric(record)
    match record.answer:
        case BisectAnswer.COMMIT:
            first = named(record.suspects[0])
            return f"the first commit that is surely slower: {first}\n  by {metric}"
        case BisectAnswer.RANGE:
            count = units.count(len(record.suspects), "commit")
            return f"the first commit that is surely slower is one of {count}, by {metric}:"
        case BisectAnswer.NOT_SLOWER:
            margin = units.percent(record.metric.margin)
            return f"nothing to search for: the bad end is not slower by {margin}, by {metric}"
        case BisectAnswer.NOTHING:
            return f"no answer: the bad end could not be measured, by {metric}"
        case _:
            return f"no answer: it could not be shown that the bad end is slower, by {metric}"


def _metric(record: BisectRecord) -> str:
    return f"{plain(record.metric.name)} of {plain(record.plan.cases[0].case.name)}"


def _row(each: BisectStep) -> tuple[str, str, str, str]:
    change = units.change(each.change) if each.change else "–"
    why = f": {sentence(each.why)}" if each.why else ""
    return (named(each.commit), str(each.pairs), change, VERDICTS[each.verdict] + why)


def _promise(record: BisectRecord) -> str:
    chance = units.percent(record.alpha)
    wrongly = "though nothing changed, or a wrong one"
    return f"with a chance of at most {chance} a commit is named {wrongly}"


def _spent(record: BisectRecord) -> str:
    pairs = sum(each.pairs for each in record.steps)
    measured = sum(each.pairs > 0 for each in record.steps)
    commits = units.count(record.cost.commits, "commit")
    return (
        f"{measured} of {commits} measured in {units.count(pairs, 'pair')}, "
        f"{units.duration(record.seconds)} of measuring"
    )


def _cost(cost: BisectCost) -> str:
    low, high = (
        units.duration(pairs * cost.pair) for pairs in (cost.fewest_pairs, cost.most_pairs)
    )
    pairs = f"{cost.fewest_pairs} to {units.count(cost.most_pairs, 'pair')}"
    return (
        f"{units.count(cost.commits, 'commit')}, {cost.fewest} to {cost.most} of them measured in "
        f"{pairs}: {low} to {high} of measuring, and up to {units.count(cost.builds, 'build')}"
    )
