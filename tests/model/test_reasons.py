"""What a reason voids, and what a run keeps."""

from dataclasses import replace

import pytest

from loadstone.measure import validity
from loadstone.measure.host import conditions
from loadstone.measure.load.bottleneck import bottleneck
from loadstone.measure.load.histogram import encode
from loadstone.measure.probes.profile import ProfileData
from loadstone.model import Case, CasePlan, Direction, Metric, MetricSource, Note, Run, Side
from loadstone.model.reasons import (
    Part,
    failed,
    holds,
    kept,
    of_metric,
    of_partners,
    part,
    spoils,
    words,
)
from tests.measure.fakes.ended import Ended
from tests.measure.host.test_conditions import reading
from tests.measure.load.test_bottleneck import GATE, GOOD, ROOM

# Metric → what it is taken from, its unit and its group, as scenarios have them.
METRICS = {
    "latency_p99": (MetricSource(quantity="latency.p99"), "s", "latency"),
    "throughput": (MetricSource(quantity="load.achieved_rate"), "1/s", "throughput"),
    "errors": (MetricSource(quantity="load.errors"), "1", "correctness"),
    "propagation": (MetricSource(quantity="propagation.p50"), "s", "latency"),
    "effective": (MetricSource(quantity="await.seconds"), "s", "latency"),
    "cpu": (
        MetricSource(quantity="process.cpu_seconds", per="load.requests", times=1000),
        "s",
        "resource",
    ),
    "allocations": (MetricSource(quantity="allocations.objects"), "1", "resource"),
    "instructions": (MetricSource(quantity="process.instructions"), "1", "resource"),
    "memory": (MetricSource(quantity="process.anon_peak"), "By", "resource"),
    "growth": (MetricSource(quantity="process.anon_slope"), "By/s", "resource"),
    "heap": (MetricSource(quantity="scrape.heap_inuse.max"), "By", "resource"),
    "gc_seconds": (MetricSource(quantity="scrape.gc.delta"), "s", "resource"),
    "own_latency": (MetricSource(quantity="scrape.duration.delta"), "s", "latency"),
    "reloads": (MetricSource(quantity="scrape.reloads.delta"), "1", "business"),
    "api_requests": (MetricSource(quantity="api.requests"), "1", "business"),
    "start": (MetricSource(quantity="process.start_seconds"), "s", "resource"),
}
PLAN = CasePlan(
    case=Case(scenario="s"),
    metrics=[
        Metric(name=name, unit=unit, direction=Direction.LOWER, margin=0.05, group=group)
        for name, (_, unit, group) in METRICS.items()
    ],
    sources={name: source for name, (source, _, _) in METRICS.items()},
)
VALUES = dict.fromkeys(METRICS, 1.0)


def left(*reasons):
    return set(kept(VALUES, reasons, PLAN))


def run(*reasons):
    return Run(
        case="s",
        side=Side.HEAD,
        round=1,
        order=0,
        started="",
        seconds=1.0,
        values=kept(VALUES, reasons, PLAN),
        invalid=reasons,
    )


LATE = bottleneck(replace(GOOD, lateness=encode({40_000: 1000})), ROOM, GATE)
BUSY = bottleneck(replace(GOOD, cpu=9.5), ROOM, GATE)
WEAK = bottleneck(GOOD, replace(ROOM, achieved=100.0), GATE)
UPSTREAM = bottleneck(GOOD, replace(ROOM, upstream_cpu=0.9, achieved=100.0), GATE)[1:]
FEW_DROPPED = bottleneck(replace(GOOD, dropped=9), ROOM, GATE)
MANY_DROPPED = bottleneck(replace(GOOD, dropped=200), ROOM, GATE)
SHORT = {"load.asked_rate": 100.0, "load.achieved_rate": 90.0, "load.requests": 3000.0}
FLOODED = {"hold.asked": 100.0, "hold.open": 10.0}
HTML = validity.profiles(ProfileData(profiles={"heap": b"<"}, problems={}), lambda _: "HTML")[1]
TIMES = {"latency_p99", "throughput", "own_latency"}
EFFECTS = {"propagation", "effective"}
HELD = {"memory", "growth", "heap"}
CPU = {"cpu", "gc_seconds"}
WORK = {"allocations", "instructions"}


@pytest.mark.parametrize(
    ("reasons", "lost"),
    [
        (LATE, TIMES),
        (BUSY, TIMES),
        (WEAK, TIMES),
        (UPSTREAM, TIMES | EFFECTS | HELD),
        (FEW_DROPPED, TIMES),
        # the requests that were never sent are in the divisor of CPU per request
        (MANY_DROPPED, TIMES | EFFECTS | HELD | CPU | WORK | {"errors", "reloads"}),
        # open loop: what came too late has told its latency
        (validity.of_quantities(SHORT, GATE), CPU | WORK),
        (validity.of_quantities(FLOODED, GATE), TIMES | HELD | CPU | WORK),
        (HTML, set()),
        (
            [Note(code="stolen-time", data={"text": ""}, voids=conditions.STEALS)],
            TIMES | EFFECTS | CPU | {"start"},
        ),
    ],
)
def test_a_run_keeps_what_its_reason_does_not_spoil(reasons, lost):
    assert reasons
    assert set(METRICS) - left(*reasons) == lost
    assert run(*reasons).valid


@pytest.mark.parametrize(
    "reasons",
    [
        validity.exited(Ended(status=3, said="I am dying")),
        validity.of_quantities({"load.wrong": 3.0, "load.requests": 9.0}, GATE),
        validity.of_quantities({"process.restarts": 1.0}, GATE),
        validity.of_quantities(
            {"churn.asked_rate": 10.0, "churn.seconds": 4.0, "churn.operations": 3.0}, GATE
        ),
        conditions.changed(reading(), reading(cpu="max 100000\n")),
    ],
)
def test_what_did_not_do_its_work_counts_for_nothing(reasons):
    assert reasons
    assert not run(*reasons).valid


def test_several_reasons_void_what_any_of_them_does():
    assert set(METRICS) - left(*LATE, *validity.of_quantities(SHORT, GATE)) == TIMES | CPU | WORK


def test_a_reason_of_an_older_record_voids_everything():
    old = Note(code="generator-bottleneck", data={"text": "late"})
    assert not run(old).valid
    assert spoils(old, PLAN.sources["memory"])


def test_what_nobody_knows_is_spoilt_by_all_but_the_loss_of_a_profile():
    assert part("weather.rain") is None
    assert spoils(LATE[0], MetricSource(quantity="weather.rain"))
    assert spoils(LATE[0], None)
    assert not spoils(HTML[0], None)
    assert not spoils(HTML[0], MetricSource(quantity="weather.rain"))


def test_a_share_is_spoilt_with_what_it_is_divided_by():
    dropped = MANY_DROPPED[0]
    assert spoils(dropped, MetricSource(quantity="api.requests", per="load.requests"))
    assert not spoils(dropped, MetricSource(quantity="api.requests"))


def test_the_reasons_of_a_row_are_those_that_void_its_metric():
    metrics = {metric.name: metric for metric in PLAN.metrics}
    assert of_metric(LATE, PLAN, metrics["latency_p99"]) == LATE
    assert of_metric(LATE, PLAN, metrics["memory"]) == []


def test_histograms_and_series_count_as_what_they_are_of():
    late = run(*LATE)
    assert not holds(late, "latency")
    assert not holds(late, "service")
    assert holds(late, "propagation")
    assert holds(late, "process.anon")
    assert not holds(run(Note(code="exited", data={"text": ""})), "process.anon")


@pytest.mark.parametrize(
    ("codes", "broke"),
    [
        ([], False),
        (["exited"], True),
        (["a-code-of-tomorrow"], True),
        (["generator-bottleneck"], False),
        (["stolen-time", "upstream-bottleneck"], False),
        (["rate-short"], True),
        (["rate-short", "generator-bottleneck"], False),
        (["exited", "stolen-time"], True),
    ],
)
def test_a_run_failed_where_the_component_and_not_the_machine_broke_it(codes, broke):
    assert failed(run(*(Note(code=code, data={"text": code}) for code in codes))) is broke


def test_what_is_void_is_told_as_a_list():
    assert words(()) == ""
    assert words((Part.LATENCY,)) == "latencies"
    assert words((Part.LATENCY, Part.RATE, Part.CPU)) == "latencies, rates and CPU time"


def test_what_spoils_one_side_of_a_pair_spoils_the_same_part_of_the_other():
    late = Note.of("generator-bottleneck", (Part.LATENCY,), late=0.1)
    assert of_partners([[late], []]) == [
        [],
        [Note.of("partner", (Part.LATENCY,), reason="generator-bottleneck")],
    ]


def test_what_spoils_both_sides_is_said_once_of_each():
    late = [Note.of("generator-bottleneck", (Part.LATENCY,), late=one) for one in (0.1, 0.2)]
    assert of_partners([[late[0]], [late[1]]]) == [[], []]


def test_a_side_takes_over_no_loss_of_profiles_and_a_solo_run_nothing():
    lost = Note.of("profile-failed", (Part.PROFILES,), kind="cpu")
    assert of_partners([[lost], []]) == [[], []]
    assert of_partners([[Note.of("exited", status=1)]]) == [[]]
