"""Cost against size: exponents with intervals, their change, and straight lines."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Case, CasePlan, Direction, Measurement, Side, Verdict
from loadstone.stats.scaling.linearity import linearity
from loadstone.stats.scaling.shapes import shapes
from loadstone.stats.scaling.size_sweeps import centers, exponents, sweeps
from tests.stats.helpers import metric, most
from tests.stats.sessions import known

SIZES = (100, 300, 1000, 3000)
CPU = metric("cpu", margin=0.05)


def plans(sizes=SIZES, metrics=(CPU,), **others):
    return [
        CasePlan(case=Case(scenario="bulk", axes={"routes": size, **others}), metrics=metrics)
        for size in sizes
    ]


def costs(seed, base, head, *, rounds=6, noise=0.05, cases=None):
    """Costs that grow as powers of size, with a machine that drifts from round to round."""
    rng = np.random.default_rng(seed)
    found = []
    for round_ in range(rounds):
        for plan in cases or plans():
            drift = rng.normal(0, 0.05)
            for side, power in ((Side.BASE, base), (Side.HEAD, head)):
                log = power * np.log(plan.case.axes["routes"]) + drift
                value = float(np.exp(log + noise * rng.standard_t(4)))
                found.append(
                    Measurement(
                        case=plan.case.name, metric="cpu", side=side, round=round_, value=value
                    )
                )
    return found


def test_superlinear_since_head():
    (found,) = shapes(costs(1, 1.06, 1.31), plans())
    assert found.verdict is Verdict.REGRESSION
    assert known(found.head).low < 1.31 < known(found.head).high
    assert known(found.difference).low < 0.25 < known(found.difference).high
    (warn,) = found.warnings
    assert warn.code == "superlinear"
    assert warn.data["head"] == pytest.approx(1.31, abs=0.1)


def test_a_smaller_exponent_of_a_rate_is_worse():
    rate = metric("cpu", direction=Direction.HIGHER)
    (found,) = shapes(costs(2, 1.0, 0.7), plans(metrics=[rate]))
    assert found.verdict is Verdict.REGRESSION


def test_the_same_exponent_is_unchanged_where_noise_is_small():
    (found,) = shapes(costs(3, 1.4, 1.4, noise=0.005), plans())
    assert found.verdict is Verdict.UNCHANGED
    assert known(found.base).low > 1
    assert not found.warnings


def test_only_cases_that_differ_in_one_number_are_a_sweep():
    mixed = [
        *plans(body=600),
        *plans(sizes=SIZES[:2], body=22000),
        CasePlan(case=Case(scenario="bulk", axes={"mode": "a"}), metrics=[CPU]),
    ]
    (found,) = sweeps(mixed)
    assert (found.axis, found.sizes, found.fixed) == ("routes", SIZES, {"body": 600})


def test_rounds_without_all_sizes_do_not_count():
    full = costs(4, 1.0, 1.2)
    partial = [replace(one, round=99) for one in full if "routes=100" in one.case]
    assert shapes([*full, *partial], plans()) == shapes(full, plans())


def test_nothing_measured_is_invalid_and_two_rounds_are_inconclusive():
    assert [one.verdict for one in shapes([], plans())] == [Verdict.INVALID]
    (found,) = shapes(costs(5, 1, 2, rounds=2), plans())
    assert (found.verdict, found.warnings[0].code) == (Verdict.INCONCLUSIVE, "few-runs")


@given(st.integers(0, 60), st.sampled_from([1e-6, 3.0, 1e6]))
def test_units_and_order_do_not_matter(seed, factor):
    measured = costs(seed, 1.0, 1.1, rounds=4)
    scaled = [replace(one, value=one.value * factor) for one in reversed(measured)]
    (one,), (two,) = shapes(measured, plans()), shapes(scaled, plans()[::-1])
    assert one.verdict is two.verdict
    assert known(one.difference).low == pytest.approx(known(two.difference).low, abs=1e-9)


@given(st.integers(0, 60))
def test_swapping_the_sides_swaps_the_verdict(seed):
    measured = costs(seed, 1.0, 1.15, rounds=5)
    other = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    (one,) = shapes(measured, plans())
    (two,) = shapes([replace(m, side=other[m.side]) for m in measured], plans())
    swap = {Verdict.REGRESSION: Verdict.IMPROVEMENT, Verdict.IMPROVEMENT: Verdict.REGRESSION}
    assert two.verdict is swap.get(one.verdict, one.verdict)
    assert known(two.difference).estimate == pytest.approx(-known(one.difference).estimate)


@pytest.mark.study
def test_intervals_cover_and_equal_exponents_rarely_alarm(studies):
    """95 % within three standard errors."""
    number = 500 if studies else 100
    found = [shapes(costs(1000 + n, 1.2, 1.2, rounds=5), plans())[0] for n in range(number)]
    error = 3 * (0.05 * 0.95 * number) ** 0.5
    covered = sum(known(one.difference).low <= 0 <= known(one.difference).high for one in found)
    inside = sum(known(one.head).low <= 1.2 <= known(one.head).high for one in found)
    alarms = sum(one.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT) for one in found)
    for count in (covered, inside):
        assert 0.95 * number - error <= count <= 0.95 * number + error
    assert alarms <= most(number)


def line(rng, cost, noise=0.02, rounds=6):
    sizes = np.array(SIZES, dtype=float)
    values = cost(sizes)[:, None] * np.exp(rng.normal(0, noise, (sizes.size, rounds)))
    return linearity(sizes, values)


def test_a_straight_line_passes_and_a_square_does_not():
    rng = np.random.default_rng(6)
    straight = line(rng, lambda size: 50 + 2 * size, noise=0.005)
    assert straight.straight is True
    assert straight.r2 > 0.98
    square = line(rng, lambda size: size + size**2 / 1000)
    assert square.straight is False
    assert square.bend.low > 0
    levelling = line(rng, np.sqrt)
    assert levelling.straight is False


def test_noise_alone_does_not_bend_a_line():
    """200 noisy straight lines: fewer than a tenth are called bent, whatever their R² is."""
    rng = np.random.default_rng(12)
    lines = [line(rng, lambda size: 50 + size, noise=0.6, rounds=4) for _ in range(200)]
    assert sum(found.r2 < 0.98 for found in lines) > 40
    assert sum(found.straight is False for found in lines) <= 20


def test_a_flat_cost_is_linear_and_a_jagged_one_is_not():
    rng = np.random.default_rng(7)
    assert line(rng, lambda size: 100 + 0 * size).straight is True
    jagged = line(rng, lambda size: np.where(size == 300, 9000.0, size))
    assert jagged.straight is False


def test_an_exponent_needs_every_size():
    values = np.array([[1.0, 1.0, 0.0], [2.0, np.nan, 2.0], [4.0, 4.0, 4.0]])
    found = exponents(np.array([1.0, 2.0, 4.0]), values)
    assert found[0] == pytest.approx(1)
    assert np.isnan(found[1:]).all()


def test_a_fitted_line_goes_through_the_middle_of_its_points():
    sizes = np.array([1.0, 10.0, 100.0])
    middle, cost = centers(sizes, 7 * sizes[:, None] ** 1.5)
    assert middle == pytest.approx(10.0)
    assert cost == pytest.approx(7 * 10**1.5)
    assert centers(sizes, np.zeros((3, 2)))[1] is None


def test_an_exponent_that_rose_as_small_sizes_became_cheaper_is_no_regression():
    cheaper = [
        replace(one, value=one.value * 0.5) if one.side is Side.HEAD else one
        for one in costs(8, 1.0, 1.0, noise=0.005)
        if not (one.side is Side.HEAD and "routes=3000" in one.case)
    ]
    dear = [one for one in costs(8, 1.0, 1.0, noise=0.005) if "routes=3000" in one.case]
    top = [one for one in dear if one.side is Side.HEAD]
    (found,) = shapes([*cheaper, *top], plans())
    assert known(found.difference).low > 0
    assert found.verdict is Verdict.UNCHANGED
    (warn,) = found.warnings
    assert (warn.code, warn.data["size"]) == ("small-sizes", 3000.0)


def test_the_level_of_a_shape_depends_on_whether_a_case_of_it_changed():
    measured = costs(9, 1.0, 1.08, rounds=5)
    (alone,) = shapes(measured, plans(), alpha=0.0005)
    (known_,) = shapes(measured, plans(), alpha=0.0005, changed={("bulk/routes=3000", "cpu")})
    assert (alone.threshold, known_.threshold) == (0.0005, 0.05)
    assert (alone.follows, known_.follows) == (False, True)
    assert alone.verdict is Verdict.INCONCLUSIVE
    assert known_.verdict is Verdict.REGRESSION


def test_counts_that_never_scatter_are_no_surer_than_their_rounds_allow():
    calls = metric("cpu", counted=True, minimum=2.0, margin=0.01)
    sizes = plans(metrics=[calls])

    def count(side, case):
        return 40.0 if side is Side.HEAD and case == sizes[-1].case.name else 10.0

    measured = [
        Measurement(case=plan.case.name, metric="cpu", side=side, round=n, value=v)
        for n in range(4)
        for plan in sizes
        for side in Side
        for v in [count(side, plan.case.name)]
    ]
    (found,) = shapes(measured, sizes)
    assert found.p == 2 * 4.0**-4
