"""Sessions of real programs, judged anew: equal releases stay quiet, an upgrade is seen."""

import gzip
from pathlib import Path

import pytest

from loadstone.flows.judge import judged
from loadstone.model import Record, Verdict
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.learning import PastComparison, learn
from loadstone.store.records import load

DATA = Path(__file__).parents[1] / "data" / "real"
FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Read a packed record."""

    def unpack(name) -> Record:
        path = tmp_path_factory.mktemp("real") / "record.json"
        path.write_bytes(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))
        return load(path)

    return unpack


@pytest.fixture(scope="module")
def same(read):
    """Ten sessions with the same release on both sides."""
    return [read(f"same-3.7.15-{number:02}") for number in range(1, 11)]


def flagged(record):
    assert record.judgement is not None
    rows = [*record.judgement.comparisons, *record.judgement.suite]
    return [row for row in rows if row.metric.gated and row.verdict in FLAGGED]


def test_the_same_release_on_both_sides_is_called_a_regression_in_at_most_one_of_ten(same):
    verdicts = [judged(record).judgement for record in same]
    assert sum(each is not None and each.verdict is Verdict.REGRESSION for each in verdicts) <= 1


def test_knowing_the_noise_of_the_others_raises_no_more_alarms(same):
    alarms = 0
    for number, record in enumerate(same):
        past = [
            PastComparison(
                measured=measurements(other.runs, other.plan.cases), verdict=Verdict.UNCHANGED
            )
            for place, other in enumerate(same)
            if place != number
        ]
        history = learn(past, record.plan.cases)
        alarms += bool(flagged(judged(record, history=history)))
    assert alarms <= 1


def test_an_upgrade_that_saves_memory_is_an_improvement_with_an_interval(read):
    record = judged(read("upgrade-3.0.4-3.7.15"))
    assert record.judgement is not None
    assert record.judgement.verdict is Verdict.IMPROVEMENT
    (memory,) = [row for row in record.judgement.suite if row.metric.name == "memory_peak"]
    assert memory.verdict is Verdict.IMPROVEMENT
    assert memory.change is not None
    assert memory.change.high < -0.2


def test_calls_that_fell_are_certain_in_every_case(read):
    record = judged(read("upgrade-3.0.4-3.7.15"))
    assert record.judgement is not None
    calls = [row for row in record.judgement.comparisons if row.metric.name == "api_requests"]
    assert {row.verdict for row in calls} == {Verdict.IMPROVEMENT}
    assert {row.method for row in calls} == {"exact"}


def test_two_mebibytes_of_memory_are_no_regression_of_a_patch_release(read):
    record = judged(read("patch-3.7.10-3.7.15"))
    assert record.judgement is not None
    assert record.judgement.verdict is Verdict.UNCHANGED
    assert flagged(record) == []
