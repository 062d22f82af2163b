"""Accepted changes set aside: what is known to be worse, as long and as large as was agreed."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Conclusion, Direction, Objective, Side, Verdict, conclusion
from loadstone.model.accepted import AcceptanceStatus, AcceptedChange
from loadstone.stats.comparison.set_aside import beyond, set_aside
from tests.report import samples

NOW = "2026-11-20T10:00:00+00:00"
HELD, GROWN, EXPIRED = AcceptanceStatus
SMALL = "ingress-latency/connections=50,rate=1000,body=600"
P99 = AcceptedChange(
    component="proxy",
    case="*",
    metric="latency_p99",
    reason="TLS 1.3 only",
    who="grace",
    when="2026-11-01T00:00:00+00:00",
    expires="2027-01-01T00:00:00+00:00",
    size=0.26,
    pull_request=17,
)
CPU = replace(P99, metric="cpu_per_1000", size=0.12)


@cache
def judgement():
    made = samples.regression().judgement
    assert made is not None
    return made


def p99():
    return next(row for row in judgement().comparisons if row.metric.name == "latency_p99")


def aside(*changes, made=None, component="proxy", now=NOW):
    return set_aside(made or judgement(), changes, component=component, now=now)


def statuses(acceptance):
    return {(each.case, each.metric): each.status for each in acceptance.rows}


def test_what_was_accepted_does_not_fail_the_gate_and_stays_to_be_seen():
    whole = judgement()
    acceptance = aside(P99, CPU)
    assert conclusion(whole) is Conclusion.FAIL
    assert conclusion(acceptance.judgement) is Conclusion.PASS
    assert acceptance.judgement.verdict is Verdict.IMPROVEMENT  # of memory, which is left
    found = statuses(acceptance)
    assert set(found.values()) == {HELD}
    assert ("", "latency_p99") in found
    assert len(found) == 8
    verdicts = [row.verdict for row in acceptance.judgement.comparisons]
    assert verdicts == [row.verdict for row in whole.comparisons]


def test_what_was_not_accepted_fails_still():
    acceptance = aside(P99)
    assert conclusion(acceptance.judgement) is Conclusion.FAIL


def test_one_case_is_not_all_of_them():
    acceptance = aside(replace(P99, case=SMALL), CPU)
    assert list(statuses(aside(replace(P99, case=SMALL)))) == [(SMALL, "latency_p99")]
    assert conclusion(acceptance.judgement) is Conclusion.FAIL


def test_a_glob_over_all_cases_takes_the_row_over_all_of_them():
    acceptance = aside(replace(P99, case="ingress-latency/*"), CPU)
    assert conclusion(acceptance.judgement) is Conclusion.PASS


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (0.19, HELD),
        (0.15, HELD),  # larger, and not surely
        (0.10, HELD),  # surely larger, and not by the margin of 10 %
        (0.05, GROWN),  # 1.19 / 1.05 is more than 1.1, and the interval begins at 12 %
        (0.0, GROWN),
        (None, HELD),  # accepted at any size
    ],
)
def test_a_change_that_grew_well_beyond_what_was_accepted_alarms_again(size, status):
    acceptance = aside(replace(P99, case=SMALL, size=size))
    assert statuses(acceptance) == {(SMALL, "latency_p99"): status}


def test_of_a_rate_less_is_worse():
    made = judgement()
    row = p99()
    rate = replace(
        row,
        metric=replace(row.metric, name="rate", direction=Direction.HIGHER, margin=0.05),
        change=replace(row.change, estimate=-0.2, low=-0.25, high=-0.15),
    )
    made = replace(made, comparisons=[rate], suite=[])
    accepted = replace(P99, metric="rate")
    assert statuses(aside(replace(accepted, size=-0.19), made=made))[rate.case, "rate"] is HELD
    assert statuses(aside(replace(accepted, size=-0.05), made=made))[rate.case, "rate"] is GROWN


def test_what_has_expired_alarms_again():
    acceptance = aside(P99, CPU, now="2027-01-01T00:00:00+00:00")
    assert set(statuses(acceptance).values()) == {EXPIRED}
    assert acceptance.judgement == judgement()
    nonsense = aside(replace(P99, expires="for ever"))
    assert set(statuses(nonsense).values()) == {EXPIRED}


def test_of_several_the_one_that_holds_counts():
    old = replace(P99, expires="2026-11-02T00:00:00+00:00")
    assert set(statuses(aside(old, P99)).values()) == {HELD}


def test_another_component_has_accepted_nothing():
    assert aside(P99, component="controller").rows == ()
    assert aside(replace(P99, component=""), component="controller").rows


def test_what_is_inconclusive_or_invalid_is_not_known_and_cannot_be_accepted():
    made = judgement()
    for verdict in (Verdict.INCONCLUSIVE, Verdict.INVALID):
        rows = [replace(row, verdict=verdict) for row in made.comparisons]
        unsure = replace(made, comparisons=rows, suite=[], verdict=verdict)
        acceptance = aside(P99, CPU, made=unsure)
        assert acceptance.rows == ()
        assert acceptance.judgement == unsure


def test_an_invalid_row_beside_an_accepted_one_stays_invalid():
    made = judgement()
    rows = [
        replace(row, verdict=Verdict.INVALID) if row.metric.name == "rss_peak" else row
        for row in made.comparisons
    ]
    acceptance = aside(P99, CPU, made=replace(made, comparisons=rows))
    assert conclusion(acceptance.judgement) is Conclusion.INVALID


def missed(value=0.04, low=0.038, high=0.042):
    made = judgement()
    one = next(each for each in made.objectives if each.side is Side.HEAD)
    held = replace(one, verdict="missed", value=value, low=low, high=high)
    return replace(made, comparisons=[p99()], suite=[], objectives=[held])


def test_a_missed_objective_is_accepted_by_how_far_it_is_missed():
    found = aside(replace(P99, size=None, beyond=0.33), made=missed())
    assert [(each.objective, each.status) for each in found.rows] == [(False, GROWN), (True, HELD)]
    both = aside(replace(P99, size=0.2, beyond=0.33), made=missed())
    assert conclusion(both.judgement) is Conclusion.PASS
    further = aside(replace(P99, size=0.2, beyond=0.1), made=missed())
    assert conclusion(further.judgement) is Conclusion.FAIL
    regression_alone = aside(replace(P99, size=0.2), made=missed())
    assert conclusion(regression_alone.judgement) is Conclusion.FAIL
    any_size = aside(replace(P99, size=None), made=missed())
    assert conclusion(any_size.judgement) is Conclusion.PASS


def test_how_far_an_objective_is_missed_is_a_share_of_its_bound():
    (one,) = missed().objectives
    assert beyond(one) == pytest.approx(1 / 3)
    assert beyond(one, sure=True) == pytest.approx(0.038 / 0.03 - 1)
    least = replace(one, objective=Objective(metric="rate", at_least=100.0), value=80.0, high=90.0)
    assert beyond(least) == pytest.approx(0.25)
    assert beyond(least, sure=True) == pytest.approx(100 / 90 - 1)
    assert beyond(replace(least, value=0.0)) is None
    assert beyond(replace(one, objective=Objective(metric="errors", at_most=0.0))) is None


@given(
    size=st.none() | st.floats(-0.99, 5),
    case=st.sampled_from(["*", SMALL, "other/*", "ingress-latency/*"]),
    metric=st.sampled_from(["latency_p99", "cpu_per_1000", "rss_peak", "none"]),
)
def test_accepting_never_makes_a_gate_stricter_nor_hides_a_row(size, case, metric):
    acceptance = aside(replace(P99, size=size, case=case, metric=metric))
    assert conclusion(acceptance.judgement) in (Conclusion.FAIL, Conclusion.PASS)
    assert len(acceptance.judgement.comparisons) == len(judgement().comparisons)
    assert not any(each.metric in ("rss_peak", "none") for each in acceptance.rows)
