"""Why a run does not count."""

import pytest

from loadstone import formats
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.validity import exited, of_quantities, profiles
from loadstone.report.common.sentences import in_full
from tests.measure.fakes.ended import Ended

GATE = formats.CorrectnessGate()


@pytest.mark.parametrize(
    ("quantities", "code", "figures"),
    [
        ({"load.wrong": 2, "load.requests": 100}, "wrong-answers", ["2 of 100", "0 allowed"]),
        ({"load.errors": 1, "load.requests": 9}, "wrong-answers", ["1 of 9"]),
        ({"load.unasked": 2}, "wrong-answers", ["2 answers", "0 allowed"]),
        ({"churn.wrong": 3, "churn.operations": 40}, "wrong-answers", ["3 routes", "40"]),
        (
            {"load.asked_rate": 100, "load.achieved_rate": 98.4, "load.requests": 3000},
            "rate-short",
            ["98.4", "99.0%"],
        ),
        (
            {"churn.asked_rate": 10, "churn.seconds": 4.0, "churn.operations": 30},
            "rate-short",
            ["30 operations", "40"],
        ),
        ({"process.restarts": 1}, "restarted", ["1 times"]),
        ({"hold.asked": 100, "hold.open": 90, "hold.lost": 10}, "hold-short", ["90 of 100"]),
    ],
)
def test_each_reason_has_its_code_and_its_figures(quantities, code, figures):
    (reason,) = of_quantities(quantities, GATE)
    assert reason.code == code
    for figure in figures:
        assert figure in in_full(reason)


@pytest.mark.parametrize(
    "quantities",
    [
        {},
        {"load.wrong": 0, "load.errors": 0, "load.requests": 100},
        {"load.asked_rate": 100, "load.achieved_rate": 99.2, "load.requests": 6000},
        # 16 answers of the last 64 ms came after the window
        {"load.asked_rate": 250, "load.achieved_rate": 246, "load.requests": 1000},
        {"churn.asked_rate": 10, "churn.seconds": 4.0, "churn.operations": 39},
        {"hold.asked": 100, "hold.open": 99},
    ],
)
def test_what_keeps_to_the_gate_or_was_not_measured_gives_no_reason(quantities):
    assert of_quantities(quantities, GATE) == []


def test_a_scenario_may_allow_wrong_answers():
    gate = formats.CorrectnessGate(wrong_answers=5)
    assert of_quantities({"load.wrong": 3, "load.errors": 2}, gate) == []
    assert of_quantities({"load.wrong": 3, "load.errors": 3}, gate)


def test_an_end_that_nobody_asked_for_says_how_and_the_last_words():
    assert exited(None) == []
    (why,) = exited(Ended(status=3, said="a\ngoodbye"))
    assert "the component ended with status 3 during the run; its last words: goodbye" in in_full(
        why
    )
    (why,) = exited(Ended(status=-9))
    assert "by signal 9" in in_full(why)


def test_of_several_processes_the_one_that_ended_is_named():
    (why,) = exited(Ended(name="envoy", status=3, said="goodbye"))
    said = "the process envoy ended with status 3 during the run; its last words: goodbye"
    assert in_full(why) == said
    (why,) = exited(Ended(name="envoy", status=-11))
    assert in_full(why) == "the process envoy ended by signal 11 during the run"


def test_an_answer_that_is_no_profile_is_not_kept():
    data = ProfileData(
        profiles={"cpu": b"good", "heap": b"<html>"}, problems={"mutex": "URL answered 404"}
    )
    kept, reasons = profiles(data, lambda content: "it is HTML" if b"<" in content else None)
    assert kept == {"cpu": b"good"}
    assert {reason.code for reason in reasons} == {"profile-failed", "profile-not-a-profile"}
    assert "the heap profile is none: it is HTML" in [in_full(reason) for reason in reasons]
