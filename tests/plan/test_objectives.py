"""Objectives as one writes them on a command line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import InvalidFile
from loadstone.formats import ScenarioMetric
from loadstone.model import Objective
from loadstone.plan.objectives import FORM, objectives


def metric(unit):
    return ScenarioMetric(source="x", unit=unit, better="lower", margin=0.1)


METRICS = {
    "latency_p99": metric("s"),
    "setup_p99": metric("s"),
    "latency_p50": metric("s"),
    "errors": metric("1"),
    "achieved_rate": metric("1/s"),
    "memory_peak": metric("By"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latency_p99<=30ms", Objective(metric="latency_p99", at_most=0.03)),
        ("p50 <= 5 ms", Objective(metric="latency_p50", at_most=0.005)),
        ("p50<=0.005", Objective(metric="latency_p50", at_most=0.005)),
        ("errors<=0", Objective(metric="errors", at_most=0)),
        ("achieved_rate>=1000/s", Objective(metric="achieved_rate", at_least=1000)),
        ("memory_peak<=64MiB", Objective(metric="memory_peak", at_most=64 * 2**20)),
    ],
)
def test_an_objective_is_a_metric_a_sign_and_an_amount(text, expected):
    assert objectives([text], METRICS) == [expected]


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(InvalidFile) as caught:
        objectives(["p99<=30ms", "latency<30", "errors<=5ms", "laten_p50<=1s"], METRICS)
    said = [str(problem) for problem in caught.value.problems]
    assert said == [
        "--objective p99<=30ms: several metrics end in `p99` (known: latency_p99, setup_p99)",
        f"--objective latency<30: this is no objective ({FORM})",
        "--objective errors<=5ms: `5ms` is no amount in 1 (a number)",
        "--objective laten_p50<=1s: there is no metric `laten_p50` (did you mean `latency_p50`?)",
    ]


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    with contextlib.suppress(InvalidFile):
        objectives([text], METRICS)
