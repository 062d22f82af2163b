"""What statistics cannot be asked, and what is said instead."""

from __future__ import annotations

import json
import math
import time

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import UsageError
from loadstone.model import Direction, Judgement, Note, Objective, Policy, Verdict
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import codes, metric, pairs, plan

NOISE = [1.0, 1.02, 0.99, 1.01, 0.98, 1.005]


def only(measured, *metrics, **options):
    result = judge(measured, [plan(*metrics)], **options)
    return result.comparisons[0]


def test_nothing_measured_is_invalid_and_raises_nothing() -> None:
    result = judge([], [plan()])
    assert result.verdict is Verdict.INVALID
    assert codes(result.comparisons[0]) == ["not-measured"]


def test_no_plans_at_all_is_invalid() -> None:
    assert judge([], []).verdict is Verdict.INVALID


def test_one_pair_is_inconclusive_and_says_so() -> None:
    row = only(pairs([1.0], [2.0]))
    assert row.verdict is Verdict.INCONCLUSIVE
    assert row.p is None
    assert codes(row) == ["one-pair"]


def test_a_missing_base_is_shown_and_not_judged() -> None:
    row = only(pairs([], NOISE))
    assert row.verdict is Verdict.INCONCLUSIVE
    assert row.base is None
    assert row.head is not None
    assert codes(row) == ["no-base"]


def test_different_n_per_side_judges_pairs_only_and_shows_the_rest() -> None:
    row = only(pairs(NOISE, [1.3, 1.31, None, 1.3, None, 1.29]))
    assert row.n == 4
    assert row.base is not None
    assert row.base.n == 6
    assert dict(row.warnings[0].data) == {"paired": 4, "rounds": 6}


def test_invalid_runs_alone_make_a_row_invalid_with_their_reason() -> None:
    reason = Note(code="restarted", data={"text": "the component restarted twice"})
    result = judge([], [plan()], invalid={"demo": [reason, reason]})
    row = result.comparisons[0]
    assert row.verdict is result.verdict is Verdict.INVALID
    assert codes(row) == ["invalid-run", "not-measured"]


def test_zero_scale_meets_the_floor_of_the_instrument() -> None:
    same = only(pairs([1.0] * 4, [1.0] * 4))
    assert same.verdict is Verdict.UNCHANGED
    above = only(pairs([1.0] * 4, [1.2] * 4))
    assert above.verdict is Verdict.REGRESSION
    coarse = only(pairs([1.0] * 4, [1.2] * 4), metric(resolution=0.5))
    assert coarse.verdict is Verdict.INCONCLUSIVE


def test_a_wild_round_is_named_and_does_not_decide() -> None:
    head = [1.21, 1.2, 1.2, 1.23, 1.6, 1.19]
    row = only(pairs(NOISE, head))
    assert row.verdict is Verdict.REGRESSION
    assert row.change is not None
    assert row.change.estimate == pytest.approx(0.2, abs=0.04)
    wild = next(warn for warn in row.warnings if warn.code == "wild-round")
    assert (wild.data["round"], wild.data["side"]) == (4, "head")


def test_a_round_far_off_on_both_sides_cancels_and_is_named() -> None:
    base = [*NOISE[:3], 5.0, *NOISE[4:]]
    head = [value * 1.001 for value in base]
    row = only(pairs(base, head))
    assert row.verdict is Verdict.UNCHANGED
    wild = next(warn for warn in row.warnings if warn.code == "wild-round")
    assert (wild.data["round"], wild.data["side"]) == (3, "both")


def test_a_change_below_the_absolute_minimum_is_no_regression() -> None:
    base = [value * 1e-4 for value in NOISE]
    head = [value * 1.2e-4 for value in NOISE]
    assert only(pairs(base, head)).verdict is Verdict.REGRESSION
    assert only(pairs(base, head), metric(minimum=1e-3)).verdict is Verdict.UNCHANGED


def test_a_change_below_a_third_of_the_margin_is_not_flagged() -> None:
    head = [value * 1.03 for value in NOISE]
    row = only(pairs(NOISE, head))
    assert row.p is not None
    assert row.threshold is not None
    assert row.p < row.threshold
    assert row.verdict is Verdict.UNCHANGED


def test_a_metric_without_a_direction_is_shown_and_never_judged() -> None:
    result = judge(
        pairs(NOISE, [value * 2 for value in NOISE]), [plan(metric(direction=Direction.NONE))]
    )
    assert result.comparisons[0].verdict is Verdict.INCONCLUSIVE
    assert result.verdict is Verdict.UNCHANGED
    assert not result.comparisons[0].metric.gated


def test_an_ungated_regression_is_reported_and_does_not_fail_the_report() -> None:
    result = judge(pairs(NOISE, [v * 2 for v in NOISE]), [plan(metric(gated=False))])
    assert result.comparisons[0].verdict is Verdict.REGRESSION
    assert result.verdict is Verdict.UNCHANGED


def test_a_lone_zero_leaves_its_pair_out() -> None:
    row = only(pairs([0.0, *NOISE[1:]], [v * 1.3 for v in NOISE]))
    assert row.n == 5
    assert row.verdict is Verdict.REGRESSION
    assert "no-logarithm" in codes(row)


def test_values_without_logarithms_are_judged_by_their_differences() -> None:
    slopes = [-1.0, 2.0, 0.5, -2.0, 1.0, 0.0]
    head = [slope + 100 for slope in slopes]
    row = only(pairs(slopes, head), metric(minimum=10.0))
    assert row.method == "difference"
    assert row.verdict is Verdict.REGRESSION
    same = only(pairs(slopes, [0.5, -1.0, 1.5, -2.0, 0.0, 1.0]), metric(minimum=10.0))
    assert same.verdict is Verdict.UNCHANGED


def test_certainty_is_asked_for_only_where_the_policy_says_so() -> None:
    wide = pairs([1.0, 1.5, 0.7, 1.2], [1.1, 0.8, 1.4, 0.9])
    assert judge(wide, [plan()]).verdict is Verdict.UNCHANGED
    assert judge(wide, [plan()], Policy(certain=True)).verdict is Verdict.INCONCLUSIVE


finite = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1.7e308, -1e308, 1e-300, math.pi]),
)
sample = st.lists(finite, max_size=9)


@settings(max_examples=150, deadline=None)
@given(
    base=sample,
    head=sample,
    more=sample,
    counted=st.booleans(),
    margin=st.sampled_from([0.0, 0.05, 10.0]),
    minimum=st.sampled_from([0.0, 1.0, 1e300]),
    resolution=st.sampled_from([0.0, 1e-9, 1e300]),
)
def test_no_finite_or_missing_numbers_raise_and_all_survives_json(
    base, head, more, counted, margin, minimum, resolution
) -> None:
    kind = metric(counted=counted, margin=margin, minimum=minimum, resolution=resolution)
    measured = pairs(base, head) + pairs(more, head, case="other")
    result = judge(measured, [plan(kind), plan(kind, case="other")])
    text = msgspec.json.encode(result)
    json.loads(text, parse_constant=pytest.fail)
    assert msgspec.json.decode(text, type=Judgement) == msgspec.json.decode(
        msgspec.json.encode(msgspec.json.decode(text, type=Judgement)), type=Judgement
    )


def _shared(minimum):
    """Six cases of some 100 units each; head has 6 % more in all of them."""
    one = metric("memory", unit="By", margin=0.05, minimum=minimum)
    plans = [plan(one, case=f"case-{number}") for number in range(6)]
    noise = [0.99, 1.01, 1.0, 1.02, 0.98]
    measured = [
        each
        for number in range(6)
        for each in pairs(
            [100 * wobble for wobble in noise],
            [106 * wobble for wobble in (*noise[number % 5 :], *noise[: number % 5])],
            case=f"case-{number}",
            name="memory",
        )
    ]
    (row,) = judge(measured, plans).suite
    return row


def test_a_change_that_all_cases_share_is_flagged_where_it_matters():
    assert _shared(minimum=0.0).verdict is Verdict.REGRESSION


def test_what_is_too_small_to_matter_in_every_case_is_no_finding_of_the_suite():
    assert _shared(minimum=20.0).verdict is not Verdict.REGRESSION


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        (Policy(looks=(0, 4)), "looks"),
        (Policy(looks=(-2,)), "looks"),
        (Policy(looks=(6, 4)), "looks"),
        (Policy(looks=(4, 4)), "looks"),
        (Policy(looks=(4, 10**9)), "looks"),
        (Policy(alpha=math.nan), "alpha"),
        (Policy(alpha=0.0), "alpha"),
        (Policy(alpha=1.5), "alpha"),
        (Policy(power=math.inf), "power"),
        (Policy(budget=math.nan), "budget"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused_with_its_field_and_the_next_step(
    policy, word
) -> None:
    with pytest.raises(UsageError, match=word) as caught:
        judge(pairs(NOISE, NOISE), [plan()], policy)
    assert caught.value.next_step


@pytest.mark.parametrize("size", [1e-200, 1e150, 1e200, 1e290])
def test_values_of_any_size_are_judged_by_their_ratios(size) -> None:
    base = [value * size for value in NOISE]
    same, more = only(pairs(base, base[::-1])), only(pairs(base, [1.5 * v for v in base]))
    assert same.verdict is Verdict.UNCHANGED
    assert more.verdict is Verdict.REGRESSION
    assert more.change is not None
    assert more.change.estimate == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("size", [1e10, 2.0**53, 9.2e18, 1e25])
def test_huge_counts_that_scatter_are_judged(size) -> None:
    base = [float(round(value * size)) for value in NOISE]
    same = only(pairs(base, base[::-1]), metric(counted=True))
    more = only(pairs(base, [float(round(1.5 * v)) for v in base]), metric(counted=True))
    assert same.verdict is Verdict.UNCHANGED
    assert more.verdict is Verdict.REGRESSION


def test_an_objective_on_a_huge_value_is_held() -> None:
    goal = plan(metric(), objectives=[Objective(metric="p99", at_most=1e250)])
    held = judge(pairs([1e200, 1.1e200], [1e200, 1.2e200]), [goal]).objectives
    assert {one.verdict for one in held} == {"met"}


@pytest.mark.parametrize("head", [[0.0] * 6, [0.0, 0.0, 0.0, 0.0, 1e-3, 0.0]])
def test_no_more_than_all_can_go(head) -> None:
    change = only(pairs([100.0, 101.0, 99.0, 100.0, 102.0, 98.0], head)).change
    assert change is not None
    assert -1.0 <= change.low <= change.estimate <= change.high


def test_what_may_be_negative_may_fall_by_more_than_all() -> None:
    slopes = [10.0, 11.0, 9.0, 10.0, 10.5, 9.5]
    change = only(pairs(slopes, [-v for v in slopes])).change
    assert change is not None
    assert change.estimate < -1


def test_thousands_of_metrics_of_one_case_are_judged_in_bounded_time() -> None:
    random = np.random.default_rng(9)
    kinds = [metric(f"m{number}") for number in range(3000)]
    values = np.exp(0.05 * random.standard_normal((2, 3000, 4)))
    measured = [
        each
        for number, kind in enumerate(kinds)
        for each in pairs(values[0, number].tolist(), values[1, number].tolist(), name=kind.name)
    ]
    begun = time.process_time()
    result = judge(measured, [plan(*kinds)])
    assert time.process_time() - begun < 20
    assert result.verdict is Verdict.UNCHANGED
