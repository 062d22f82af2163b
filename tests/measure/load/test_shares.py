"""A load that several processes share is one load: nothing is sent twice, and no count is lost."""

from __future__ import annotations

from collections import Counter

from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.histogram import encode, summary
from loadstone.measure.load.shares import merged, shared

COUNTS = st.dictionaries(st.integers(0, 80_000_000), st.integers(1, 1000), max_size=20)


def result(counts, **changes) -> LoadResult:
    defaults = {
        "generator": "openloop",
        "asked_rate": 100.0,
        "achieved_rate": 10.0,
        "seconds": 1.0,
        "requests": 7,
        "answers": 5,
        "errors": {"reset": 1},
        "dropped": 1,
        "latency": encode(counts),
        "service": encode(counts),
        "lateness": encode({}),
        "cpu": 0.5,
        "series": {"load.requests": [[0, 4], [1, 3]], "load.wrong": [[0, 0], [1, 0]]},
    }
    return LoadResult(**{**defaults, **changes})


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_a_merged_histogram_is_that_of_all_the_values(parts):
    (one,) = merged([[result(counts)] for counts in parts])
    whole: Counter[int] = Counter()
    for counts in parts:
        whole.update(counts)
    assert summary(one.latency) == summary(encode(whole))
    assert HdrHistogram.decode(one.latency).get_total_count() == sum(whole.values())


def test_what_was_counted_is_added_up():
    parts = [result({100: 5}), result({200: 5}, errors={"reset": 2, "timeout": 1}, requests=9)]
    (one,) = merged([[each] for each in parts])
    assert (one.requests, one.answers, one.dropped) == (16, 10, 2)
    assert one.errors == {"reset": 3, "timeout": 1}
    assert (one.asked_rate, one.achieved_rate, one.cpu, one.cores) == (200.0, 20.0, 1.0, 2)
    assert one.series["load.requests"] == [[0, 8], [1, 6]]


@given(st.integers(1, 64), st.integers(1, 2000))
def test_connections_are_shared_out_whole(processes, connections):
    plan = LoadPlan(
        lanes=["127.0.0.1:1"],
        targets=[Target(host="a", path="/")],
        rate=10.0,
        connections=max(connections, processes),
        warmup=0,
        window=1,
        processes=processes,
        reconnect_rate=8.0,
    )
    parts = shared(plan)
    assert [each.process for each in parts] == list(range(processes))
    assert sum(each.connections for each in parts) == plan.connections
    assert max(each.connections for each in parts) - min(each.connections for each in parts) <= 1
    assert all(each.rate == plan.rate for each in parts)
    assert abs(sum(each.reconnect_rate for each in parts) - 8.0) < 1e-6
