"""The order of runs."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Side
from loadstone.plan.schedule import slots

CASES = st.lists(st.text("abc/=,12", min_size=1, max_size=6), unique=True, max_size=8)
SEEDS = st.integers(0, 2**32)
ROUNDS = st.integers(1, 50)


@given(CASES, ROUNDS, SEEDS, st.integers(0, 1000))
def test_a_round_has_both_sides_of_every_case_next_to_each_other(cases, number, seed, first):
    due = slots(cases, number, seed, first)
    assert [slot.order for slot in due] == list(range(first, first + 2 * len(cases)))
    pairs = list(zip(due[::2], due[1::2], strict=True))
    assert all(one.case == other.case and one.side != other.side for one, other in pairs)
    assert sorted(one.case for one, _ in pairs) == sorted(cases)
    assert {slot.round for slot in due} <= {number}


@given(CASES, SEEDS, st.integers(0, 25))
def test_each_side_goes_first_once_in_every_two_rounds(cases, seed, block):
    first = Counter[tuple[str, Side]]()
    for number in (2 * block + 1, 2 * block + 2):
        first.update((slot.case, slot.side) for slot in slots(cases, number, seed, 0)[::2])
    assert all(first[case, side] == 1 for case in cases for side in Side)


@given(CASES, ROUNDS, SEEDS, st.randoms())
def test_the_order_is_the_seeds_alone(cases, number, seed, rng):
    shuffled = rng.sample(cases, len(cases))
    assert slots(cases, number, seed, 0) == slots(shuffled, number, seed, 0)


def test_a_case_that_is_settled_changes_nothing_about_which_side_of_another_goes_first():
    both = {slot.case: slot.side for slot in slots(["a", "b"], 3, 7, 0)[::2]}
    alone = {slot.case: slot.side for slot in slots(["b"], 3, 7, 0)[::2]}
    assert alone["b"] == both["b"]


def test_orders_differ_from_round_to_round_and_seed_to_seed():
    cases = [f"c{i}" for i in range(6)]
    orders = {tuple(slot.case for slot in slots(cases, n, s, 0)) for n in (1, 2, 3) for s in (1, 2)}
    assert len(orders) > 3
    starts = {slots(["c"], 1, seed, 0)[0].side for seed in range(20)}
    assert starts == set(Side)
