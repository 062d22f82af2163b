"""From k6's rows to what a constant-rate client saw; nothing that is missing is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.measure.load.histogram import summary
from loadstone.measure.load.k6_samples import (
    K6Faults,
    K6Iteration,
    K6Iterations,
    K6Window,
    dues,
    kind,
    read_faults,
    read_samples,
    results,
)

RATE = 100.0
NONE = K6Faults(wrong={}, errors={})
START = 1_795_323_658.0  # Unix s
ROWS = """\
metric_name,timestamp,metric_value,extra_tags,metadata
data_sent,1795323658972443380,0.000000,,
http_reqs,1795323658973583177,1.000000,,i=0
http_req_duration,1795323658973583177,0.264063,,i=0
http_req_blocked,1795323658973583177,0.428628,,i=0
iteration_duration,1795323658973688343,0.958416,,i=0
dropped_iterations,1795323658980000000,2.000000,,
http_req_duration,1795323659000000000,5.000000,,i=1
http_req_durat"""


def samples(
    count: int, *, took: float = 0.004, late: float = 0.0, drops: tuple[float, ...] = ()
) -> K6Iterations:
    """`count` iterations on schedule, each `late` but for the first, answered after `took`."""
    iterations = {}
    for i in range(count):
        started = START + i / RATE + (late if i else 0.0)
        iterations[i] = K6Iteration(started=started, ended=started + took, service=took)
    return K6Iterations(iterations=iterations, drops=drops)


def judged(seen: K6Iterations, faults: K6Faults = NONE, first: float = 0.0, seconds: float = 10.0):
    window = K6Window(opened=START + first - 1e-4, closed=START + first - 1e-4 + seconds)
    (one,) = results(
        samples=seen, faults=faults, rate=RATE, order=[0], window=window, cpu=1.0, cores=2
    )
    return one


def test_the_rows_that_matter_are_read_and_a_torn_one_is_passed_over():
    seen = read_samples(ROWS.splitlines())
    assert seen.iterations[0].ended == pytest.approx(1795323658.973583)
    assert seen.iterations[0].started == pytest.approx(1795323658.973688 - 0.000958416)
    assert seen.iterations[0].service == pytest.approx(0.000264063)
    assert seen.iterations[1].started is None
    assert seen.drops == [1795323658.98, 1795323658.98]


def test_faults_are_read_and_what_else_is_printed_is_passed_over():
    said = [
        "ready",
        '{"i": 3, "wrong": "a.example/: status 404, expected 200"}',
        '{"i": 4, "error": "dial: connection refused"}',
        '{"i": "x", "error": "?"}',
        "[1]",
        '{"i": 5, "wro',
    ]
    faults = read_faults(said)
    assert faults.wrong == {3: "a.example/: status 404, expected 200"}
    assert faults.errors == {4: "no connection"}


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        ("request timeout", "timeout"),
        ("dial tcp 127.0.0.1:1: connect: connection refused", "no connection"),
        ("read: connection reset by peer", "reset"),
        ("unexpected EOF", "closed"),
        ("something else", "something else"),
        ("", "unknown"),
    ],
)
def test_errors_have_the_kinds_of_the_built_in_generator(error, ours):
    assert kind(error) == ours


def test_latency_counts_from_when_a_request_was_due():
    found = judged(samples(500, took=0.004, late=0.05))
    assert summary(found.latency)["p50"] == pytest.approx(0.054, rel=0.01)
    assert summary(found.service)["p50"] == pytest.approx(0.004, rel=0.01)
    assert summary(found.lateness)["p50"] == pytest.approx(0.05, rel=0.01)


def test_only_what_was_due_in_the_window_counts():
    found = judged(samples(500), first=2.0, seconds=1.0)
    assert found.requests == found.answers == 100
    assert found.achieved_rate == pytest.approx(100, abs=1)
    assert found.series["load.requests"] == [[0, 100]]


def test_an_iteration_that_never_ended_is_an_error():
    seen = samples(100)
    iterations = {i: s for i, s in seen.iterations.items() if i not in (40, 41)}
    found = judged(K6Iterations(iterations=iterations, drops=()))
    assert found.requests == 100
    assert found.errors == {"unanswered": 2}
    assert found.answers == 98


def test_a_dropped_iteration_is_a_request_and_moves_the_later_ones():
    # two were dropped before number 50, which was therefore due two places later
    iterations = {}
    for i in range(100):
        started = START + (i + (2 if i >= 50 else 0)) / RATE
        iterations[i] = K6Iteration(started=started, ended=started + 0.001, service=0.001)
    drops = (START + 0.5, START + 0.51)
    found = judged(K6Iterations(iterations=iterations, drops=drops))
    assert (found.requests, found.dropped, found.answers) == (102, 2, 100)
    assert summary(found.lateness)["max"] < 0.001


def test_wrong_answers_and_errors_are_counted_apart_and_have_no_latency():
    faults = K6Faults(wrong={1: "status 404", 700: "outside"}, errors={2: "timeout", 3: "timeout"})
    found = judged(samples(500), faults, seconds=5.0)
    assert (found.requests, found.answers, found.wrong) == (500, 497, 1)
    assert found.errors == {"timeout": 2}
    assert found.examples == ["status 404", "timeout", "timeout"]
    assert found.series["load.wrong"][0] == [0, 1]


def test_nothing_sent_is_nothing_due():
    assert dues(K6Iterations(iterations={}, drops=()), RATE) == {}
    assert judged(K6Iterations(iterations={}, drops=())).requests == 0


@settings(deadline=None)
@given(
    late=st.lists(st.floats(0, 0.3), min_size=1, max_size=60),
    rate=st.sampled_from([10.0, 333.3, 1000.0]),
)
def test_no_request_starts_before_it_is_due_and_one_starts_just_then(late, rate):
    iterations = {i: K6Iteration(started=START + i / rate + delay) for i, delay in enumerate(late)}
    due = dues(K6Iterations(iterations=iterations, drops=()), rate)
    waits = [START + i / rate + late[i] - moment for i, moment in due.items()]
    assert min(waits) == pytest.approx(0.0, abs=1e-6)
    assert all(wait >= -1e-6 for wait in waits)
    steps = [due[i + 1] - due[i] for i in range(len(late) - 1)]
    assert steps == pytest.approx([1 / rate] * len(steps), abs=1e-5)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=20))
def test_no_row_raises(lines):
    read_faults(lines)
    read_samples(lines)
