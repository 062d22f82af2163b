"""When a load says nothing of the component, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from loadstone import formats
from loadstone.measure.load.bottleneck import bottleneck, notes
from loadstone.measure.load.generator import LoadResult, SenderState
from loadstone.measure.load.headroom import Headroom, of, quantities
from loadstone.measure.load.histogram import encode
from loadstone.measure.load.shares import merged
from loadstone.model.reasons import Part
from loadstone.report.common.sentences import in_full

GATE = formats.CorrectnessGate()
GOOD = LoadResult(
    generator="openloop",
    asked_rate=100.0,
    achieved_rate=100.0,
    seconds=10.0,
    requests=1000,
    answers=1000,
    latency=encode({4_000: 1000}),
    lateness=encode({80: 1000}),
    cpu=1.0,
)
SENT_LATE = "1 in 100 requests was sent more than {} ms late by the generator itself"
TAIL = "where the latency's p99 is 4 ms"
ROOM = Headroom(rate=100.0, asked=400.0, achieved=400.0, generator_cpu=0.2, upstream_cpu=0.1)


def words(reasons):
    return [(reason.code, in_full(reason)) for reason in reasons]


def test_a_load_with_room_on_all_sides_counts():
    assert bottleneck(GOOD, ROOM, GATE) == []
    assert bottleneck(GOOD, None, GATE) == []
    assert notes(GOOD) == []


def test_a_generator_that_used_up_its_core_was_the_bottleneck():
    assert words(bottleneck(replace(GOOD, cpu=9.0), ROOM, GATE)) == [
        ("generator-bottleneck", "the generator used 90% of its core (80% allowed)")
    ]


def test_a_generator_of_many_threads_is_held_against_all_its_cores():
    assert bottleneck(replace(GOOD, cpu=12.0, cores=2), ROOM, GATE) == []
    assert words(bottleneck(replace(GOOD, cpu=18.0, cores=2), ROOM, GATE)) == [
        ("generator-bottleneck", "the generator used 90% of its 2 cores (80% allowed)")
    ]


@pytest.mark.parametrize(
    ("latency", "late", "counts"),
    [
        (4_000, 9_900, True),  # below what a scheduler does
        (4_000, 10_100, False),
        (40_000, 19_000, True),  # less than half of the tail
        (40_000, 21_000, False),
    ],
)
def test_requests_that_were_sent_late_by_the_generator_are_no_measurement(latency, late, counts):
    # 1.1 % are late: the 99th percentile is one of them
    result = replace(GOOD, latency=encode({latency: 1000}), lateness=encode({50: 989, late: 11}))
    assert (bottleneck(result, None, GATE) == []) is counts


def test_late_sending_is_told_with_its_figures():
    result = replace(GOOD, lateness=encode({12_000: 1000}))
    assert words(bottleneck(result, None, GATE)) == [
        ("generator-bottleneck", f"{SENT_LATE.format(12)} (10 ms allowed, {TAIL})")
    ]
    assert notes(result) == []


def test_a_tail_that_is_partly_our_own_is_worth_a_note():
    result = replace(GOOD, lateness=encode({6_000: 1000}))
    assert bottleneck(result, None, GATE) == []
    assert words(notes(result)) == [("sent-late", f"{SENT_LATE.format(6)}, {TAIL}")]


@pytest.mark.parametrize(
    ("latency", "late"),
    [
        (3_400, 1_020),  # a third of the tail, and yet nothing that a margin would notice
        (6_770, 3_770),
        (80_000, 26_000),  # much, and less than a third
    ],
)
def test_lateness_that_decides_nothing_is_not_worth_a_note(latency, late):
    result = replace(GOOD, latency=encode({latency: 1000}), lateness=encode({late: 1000}))
    assert notes(result) == []


def of_pods(**changed):
    """A load of two pods, of which the second is not as the first."""
    first = replace(GOOD, sender=SenderState(pod="load-0", node="a", node_cpu=0.4, clock=0.001))
    second = replace(GOOD, sender=SenderState(pod="load-1", node="b", clock=0.003))
    parts = [first, replace(second, **changed)]
    (whole,) = merged([[part] for part in parts])
    return replace(whole, parts=parts)


def test_pods_with_room_count_and_are_named():
    assert bottleneck(of_pods(), ROOM, GATE) == []
    assert words(notes(of_pods())) == [
        (
            "load-from-pods",
            "load came from 2 pods on a, b, whose clocks are known within 3 ms",
        )
    ]


LATE = encode({50: 989, 21_000: 11})
OF_POD: Mapping[str, Any] = {
    "the load pod load-1 used 90% of its core (80% allowed)": {"cpu": 9.0},
    "the load pod load-1 used 85% of its 2 cores (80% allowed)": {"cpu": 17.0, "cores": 2},
    f"{SENT_LATE.format(21).replace('generator', 'load pod load-1')} (10 ms allowed, where its"
    " latency's p99 is 4 ms)": {"lateness": LATE},
    "the node of the load pod load-1 was busy for 99% (95% allowed)": {
        "sender": SenderState(pod="load-1", node_cpu=0.99)
    },
    "its quota kept the load pod load-1 waiting for 2.0% of the window (0.1% allowed)": {
        "sender": SenderState(pod="load-1", throttled=0.02)
    },
    "the connection table of the load pod load-1 was 97% full (90% allowed)": {
        "sender": SenderState(pod="load-1", conntrack=0.97)
    },
}


@pytest.mark.parametrize("said", OF_POD)
def test_one_pod_that_was_the_limit_is_enough_however_much_room_the_others_had(said):
    load = of_pods(**OF_POD[said])
    (reason,) = bottleneck(load, ROOM, GATE)
    assert words([reason]) == [("generator-bottleneck", said)]
    assert set(reason.voids) == {Part.LATENCY, Part.RATE}
    assert [note.code for note in notes(load)] == ["load-from-pods"]


def test_what_a_pod_could_not_read_is_not_held_against_it():
    blind = SenderState(pod="load-1", node_cpu=None, throttled=None, conntrack=None)
    assert bottleneck(of_pods(sender=blind), ROOM, GATE) == []


def test_dropped_requests_are_no_measurement():
    assert words(bottleneck(replace(GOOD, dropped=3), ROOM, GATE)) == [
        ("requests-dropped", "3 of 1000 requests were never sent: nothing was free")
    ]


def test_an_upstream_at_its_limit_was_the_bottleneck():
    near = replace(ROOM, achieved=180.0, upstream_cpu=1.0)
    assert words(bottleneck(GOOD, near, GATE)) == [
        (
            "upstream-bottleneck",
            "the upstream would be at its limit at 1.8 times the rate (2 times wanted)",
        )
    ]


def test_a_generator_that_is_too_weak_by_itself_was_the_bottleneck():
    weak = replace(ROOM, achieved=120.0, generator_cpu=1.0, upstream_cpu=0.05)
    assert words(bottleneck(GOOD, weak, GATE)) == [
        (
            "generator-bottleneck",
            "without the component the generator reached 1.2 times the rate (1.5 times wanted)",
        )
    ]


def test_a_load_without_an_answer_has_no_tail_to_blame():
    nothing = replace(GOOD, answers=0, latency="", lateness="", errors={"no connection": 1000})
    assert bottleneck(nothing, ROOM, GATE) == []


def test_wrong_answers_of_the_upstream_are_no_headroom():
    half = replace(GOOD, achieved_rate=400.0, answers=500, wrong=500)
    found = of(half, rate=100.0, upstream_cpu=0.5)
    assert found.achieved == 200.0
    assert quantities(found) == {"upstream.headroom": 4.0, "generator.headroom": 2.0}
