"""Shares of a load that several processes send, and their results as one. Pure.

Process k of n sends the requests k, k + n, k + 2n … of one schedule. Each has its part of the
connections; nothing of what they count is lost when it is added up: histograms have the same
buckets everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hdrh.histogram import HdrHistogram

from loadstone.errors import UsageError
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.histogram import DIGITS, HIGHEST, LOWEST

_EXAMPLES = 10


def shared(plan: LoadPlan) -> Sequence[LoadPlan]:
    """The plan of each process. Raises `UsageError` for more processes than connections."""
    of = plan.processes
    if of > plan.connections:
        raise UsageError(
            f"{of} processes cannot share {plan.connections} connections",
            next_step="write fewer `processes`, or more `connections`",
        )
    return [
        replace(
            plan,
            process=number,
            connections=(plan.connections + number) // of,
            reconnect_rate=plan.reconnect_rate / of,
            queue=max(plan.queue // of, 1),
        )
        for number in range(of)
    ]


def merged(results: Sequence[Sequence[LoadResult]]) -> Sequence[LoadResult]:
    """The result of each lane, of the results of each process."""
    return [_one(lane) for lane in zip(*results, strict=True)]


def _one(parts: Sequence[LoadResult]) -> LoadResult:
    first = parts[0]
    if len(parts) == 1:
        return first
    errors: Counter[str] = Counter()
    for each in parts:
        errors.update(each.errors)
    return replace(
        first,
        asked_rate=sum(each.asked_rate for each in parts),
        achieved_rate=sum(each.achieved_rate for each in parts),
        seconds=max(each.seconds for each in parts),
        requests=sum(each.requests for each in parts),
        answers=sum(each.answers for each in parts),
        wrong=sum(each.wrong for each in parts),
        errors=dict(errors),
        examples=[text for each in parts for text in each.examples][:_EXAMPLES],
        dropped=sum(each.dropped for each in parts),
        connect_errors=sum(each.connect_errors for each in parts),
        reconnects=sum(each.reconnects for each in parts),
        connected=sum(each.connected for each in parts),
        unasked=sum(each.unasked for each in parts),
        latency=_added(each.latency for each in parts),
        service=_added(each.service for each in parts),
        lateness=_added(each.lateness for each in parts),
        cpu=sum(each.cpu for each in parts),
        cores=sum(each.cores for each in parts),
        series={name: _by_second(each.series[name] for each in parts) for name in first.series},
    )


def _added(encoded: Iterable[str]) -> str:
    total = HdrHistogram(LOWEST, HIGHEST, DIGITS)
    for each in encoded:
        if each:
            total.add(HdrHistogram.decode(each))
    return str(total.encode(), "ascii")


def _by_second(series: Iterable[Sequence[Sequence[float]]]) -> Sequence[Sequence[float]]:
    found: dict[float, float] = {}
    for each in series:
        for second, value in each:
            found[second] = found.get(second, 0) + value
    return [[second, found[second]] for second in sorted(found)]
