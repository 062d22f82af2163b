"""Redlines of both sides and how they compare, over made-up components with known ones."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Bracket, Side, Verdict
from loadstone.model.redline import decided, located, says_nothing
from loadstone.stats.redline.brackets import bracket
from loadstone.stats.redline.redline_change import RedlineChange, compared, redlines
from tests.searching import System, measured, plan, searched


def one(side=Side.HEAD, met=None, missed=None, why="", about=None):
    return Bracket(side=side, met=met, missed=missed, why=why, about=about, steps=())


def rising(*numbers):
    """Whether none of them is below the one before; all are there."""
    return list(numbers) == sorted(numbers)


def verdict(base, head, lines=None, precision=0.1):
    sides = [one(Side.BASE, *base), one(Side.HEAD, *head)]
    return compared(sides, lines, precision)


def test_a_lower_redline_is_found_and_said_by_how_much():
    found = searched(System(redline=4200), System(redline=3100)).redlines
    base, head = found.brackets
    assert rising(base.met, 4200, base.missed)
    assert rising(head.met, 3100, head.missed)
    assert found.verdict is Verdict.REGRESSION
    assert rising(found.low, 3100 / 4200 - 1, found.high, 0)
    assert decided(found)


def test_equal_sides_have_equal_redlines():
    found = searched(System(redline=3900, noise=0.05), System(redline=3900, noise=0.05)).redlines
    assert found.verdict is Verdict.UNCHANGED
    assert rising(-0.1, found.low, 0, found.high, 0.1)


def test_a_redline_that_the_generator_sets_is_not_the_components():
    limited = System(redline=6000, generator=2000)
    found = searched(limited, System(redline=1500, generator=2000)).redlines
    base, head = found.brackets
    assert (base.missed, base.why) == (None, "generator")
    assert rising(base.met, 2000)
    assert all(step.said != "missed" for step in base.steps)
    assert found.verdict is Verdict.REGRESSION  # head misses where base surely meets
    assert rising(head.missed, base.met)
    both = searched(limited, limited).redlines
    assert both.verdict is Verdict.INCONCLUSIVE
    assert not decided(both)


def test_without_one_run_that_counts_nothing_is_said():
    found = searched(System(redline=1, generator=9), System(redline=1, generator=9)).redlines
    assert found.verdict is Verdict.INVALID
    assert all(map(says_nothing, found.brackets))


@pytest.mark.parametrize(
    ("redline", "why", "met", "missed"), [(10, "from", None, 125), (1e6, "to", 8000, None)]
)
def test_a_redline_beyond_the_sizes_is_said_to_be_there(redline, why, met, missed):
    (head,) = searched(None, System(redline=redline)).redlines.brackets
    assert (head.why, head.met, head.missed) == (why, met, missed)
    assert located(head) is (why == "from")


def test_alone_there_is_nothing_to_compare():
    found = searched(None, System(redline=1234)).redlines
    assert (found.verdict, found.change, found.method) == (None, None, "")
    assert decided(found)
    assert found.brackets[0].about == pytest.approx(1234, rel=0.1)


def test_a_search_that_ended_early_says_so():
    (head,) = searched(None, System(redline=1000), budget=60).redlines.brackets
    assert head.why == "budget"
    assert not located(head)


@pytest.mark.parametrize(
    ("base", "head", "lines", "expected"),
    [
        ((100, 110), (80, 100), None, Verdict.REGRESSION),  # below 100, which base meets
        ((80, 100), (100, 110), None, Verdict.IMPROVEMENT),
        ((100, 110), (100, 110), None, Verdict.UNCHANGED),
        ((100, 121, "scatter"), (100, 121, "scatter"), None, Verdict.INCONCLUSIVE),
        ((100, None, "to"), (None, 50, "from"), None, Verdict.REGRESSION),
        ((None, 50, "from"), (None, 50, "from"), None, Verdict.INCONCLUSIVE),
        ((None, None, "generator"), (100, 110), None, Verdict.INVALID),
        ((100, 150, "scatter"), (90, 140, "scatter"), (-0.2, -0.25, -0.15), Verdict.REGRESSION),
        ((100, 150, "scatter"), (90, 140, "scatter"), (0.2, 0.15, 0.25), Verdict.IMPROVEMENT),
        ((100, 150, "scatter"), (90, 140, "scatter"), (-0.02, -0.03, -0.01), Verdict.UNCHANGED),
        ((100, 150, "scatter"), (90, 140, "scatter"), (-0.1, -0.3, 0.1), Verdict.INCONCLUSIVE),
        ((100, 110), (80, 100), (-0.05, -0.2, 0.1), Verdict.REGRESSION),  # brackets lie apart
    ],
)
def test_verdicts(base, head, lines, expected):
    change = (
        None if lines is None else RedlineChange(estimate=lines[0], low=lines[1], high=lines[2])
    )
    assert verdict(base, head, change)[2] is expected


def test_brackets_that_lie_apart_are_not_overruled_by_a_line():
    change, method, _ = verdict(
        (100, 110), (80, 100), RedlineChange(estimate=-0.05, low=-0.2, high=0.1)
    )
    assert method == "brackets"
    assert (change.low, change.high) == (pytest.approx(80 / 110 - 1), 0)


def one_way(margin, *changes):
    """Whether one of them is within a margin in one direction only: 10 % less is 11 % more."""
    factors = [max(1 + each, 1 / (1 + each)) for each in changes if each is not None]
    return any(1 + margin - 1e-9 <= each <= 1 / (1 - margin) + 1e-9 for each in factors)


@settings(max_examples=40, deadline=None)
@given(st.floats(20, 20000), st.floats(20, 20000), st.floats(0.01, 0.5), st.integers(0, 10**6))
def test_swapping_sides_swaps_verdicts(base, head, noise, seed):
    """With the runs themselves swapped, so that both see the same noise."""
    chosen = plan(seed=seed, repeats=(3, 5))
    systems = {
        Side.BASE: System(redline=base, noise=noise),
        Side.HEAD: System(redline=head, noise=noise),
    }
    runs = measured(chosen, systems)

    other = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    forth = redlines(chosen, runs)
    back = redlines(chosen, [replace(run, side=other[run.side]) for run in runs])
    swapped = {Verdict.REGRESSION: Verdict.IMPROVEMENT, Verdict.IMPROVEMENT: Verdict.REGRESSION}
    ends = one_way(0.1, forth.low, forth.high)
    if forth.method == "brackets" or not (ends or one_way(0.1 / 3, forth.change)):
        assert forth.verdict is not None
        assert back.verdict is swapped.get(forth.verdict, forth.verdict)
    assert [each.met for each in back.brackets] == [each.met for each in forth.brackets[::-1]]


@given(st.permutations(range(20)))
@settings(max_examples=20, deadline=None)
def test_the_order_in_which_runs_are_listed_changes_nothing(order):
    chosen = plan(alone=True)
    runs = measured(chosen, {Side.HEAD: System(redline=1500)})[:20]
    listed = [runs[place] for place in order]
    assert bracket(chosen, listed, Side.HEAD) == bracket(chosen, runs, Side.HEAD)
