"""What a run says of its size: the generator's limit is never the component's."""

import pytest

from loadstone.model import Note, Objective, Run, Side
from loadstone.stats.redline.run_outcomes import BEYOND, trial

P99 = Objective(metric="p99", at_most=0.03)
ERRORS = Objective(metric="errors", at_most=0)
RATE = Objective(metric="rate", at_least=1000)


def run(*codes, voids=(), **values):
    return Run(
        case="c",
        side=Side.HEAD,
        round=1,
        order=0,
        started="",
        seconds=7.0,
        values=values,
        invalid=[Note(code=code, data={"text": f"it was {code}"}, voids=voids) for code in codes],
    )


def test_a_run_that_counts_says_how_near_its_worst_objective_was():
    found = trial(run(p99=0.015, rate=900), [P99, RATE])
    assert (found.outcome, found.metric) == ("value", "rate")
    assert found.excess == pytest.approx(0.105, abs=0.001)
    assert found.values == {"p99": 0.015, "rate": 900}


@pytest.mark.parametrize(
    "code", ["wrong-answers", "rate-short", "exited", "restarted", "hold-short", "push-refused"]
)
def test_what_the_component_could_not_do_is_a_miss(code):
    found = trial(run(code, p99=0.001), [P99])
    assert (found.outcome, found.excess) == ("failed", BEYOND)
    assert [each.code for each in found.reasons] == [code]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("generator-bottleneck", "generator"),
        ("requests-dropped", "generator"),
        ("upstream-bottleneck", "upstream"),
    ],
)
@pytest.mark.parametrize("also", [(), ("wrong-answers",), ("rate-short", "exited")])
def test_a_limit_of_ours_is_never_a_miss_whatever_else_went_wrong(code, outcome, also):
    found = trial(run(*also, code, p99=9.0), [P99])
    assert (found.outcome, found.excess) == (outcome, None)


@pytest.mark.parametrize("code", ["generator-bottleneck", "stolen-time", "profile-failed"])
def test_a_limit_of_ours_that_spoils_no_objective_does_not_matter(code):
    kept = trial(run(code, voids=("latencies",), errors=0), [ERRORS])
    assert kept.outcome == "value"
    assert trial(run(code, voids=("latencies",), errors=0), [P99, ERRORS]).outcome != "value"
    assert trial(run(code, errors=0), [ERRORS]).outcome != "value"


def test_what_the_component_could_not_do_is_a_miss_even_where_it_spoils_no_objective():
    assert trial(run("rate-short", voids=("CPU time",), p99=0.01), [P99]).outcome == "failed"


@pytest.mark.parametrize("code", ["stolen-time", "failed", "not-ready", "a-code-of-tomorrow"])
def test_a_disturbed_run_says_nothing_even_if_it_failed(code):
    assert trial(run(code, "wrong-answers"), [P99]).outcome == "invalid"


def test_a_bound_of_nothing_has_no_ratio_and_stays_within_the_scale():
    assert trial(run(errors=0), [ERRORS]).excess == -BEYOND
    assert trial(run(errors=3), [ERRORS]).excess == BEYOND


def test_an_objective_that_was_not_measured_leaves_a_miss_of_another_one_sure():
    assert trial(run(errors=0), [P99, ERRORS]).outcome == "invalid"
    (why,) = trial(run(errors=0), [P99, ERRORS]).reasons
    assert why.data == {"metrics": "p99"}
    assert trial(run(errors=1), [P99, ERRORS]).outcome == "value"
    assert trial(run(), [P99]).outcome == "invalid"
