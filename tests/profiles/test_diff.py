from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import ProfileDiff, ProfileRow
from loadstone.profiles.diff import ROWS, SAMPLES, costs, diff
from loadstone.profiles.pprof import Profile, fold, parse
from loadstone.profiles.units import SampleType
from tests.profiles import made

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
MS = 1_000_000  # ns


def compared(base: list[Profile], head: list[Profile]) -> ProfileDiff:
    return diff(base, head, case="latency", kind="cpu")


def row(found: ProfileDiff, name: str) -> ProfileRow:
    return next(row for row in found.rows if row.function == name)


def test_what_grew_comes_first_with_its_shares_and_cost():
    base = [made.profile({"main;work": 80 * MS, "main;parse": 20 * MS})]
    head = [made.profile({"main;work": 80 * MS, "main;parse": 120 * MS})]
    found = compared(base, head)
    assert (found.case, found.kind, found.unit, found.runs) == ("latency", "cpu", "s", 1)
    assert [found.base_total, found.head_total] == pytest.approx([0.1, 0.2])
    first = found.rows[0]
    assert first.function == "parse"
    assert first.delta == pytest.approx(0.1)
    assert [first.base_self, first.head_self] == pytest.approx([0.2, 0.6])
    assert row(found, "main").base_total == row(found, "main").head_total == 1.0
    assert row(found, "work").delta == pytest.approx(0.0)


def test_a_function_that_calls_itself_counts_once():
    found = costs(fold(made.profile({"main;walk;walk;walk": 10})))
    assert found.total["walk"] == found.sum


def test_what_only_one_side_has_is_a_row_too():
    found = compared([made.profile({"old": 5})], [made.profile({"new": 7})])
    assert row(found, "old").head_self == 0.0
    assert row(found, "new").base_self == 0.0
    assert row(found, "new").head_self == 1.0


def test_few_runs_have_no_interval_and_enough_have_one():
    two, three = ([made.profile({"a": n * MS}) for n in range(5, 5 + count)] for count in (2, 3))
    assert compared(two, three).rows[0].low is None
    found = compared(three, three).rows[0]
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.delta < found.high


def test_the_interval_is_welchs():
    """By hand: means 2 and 6, variances 1 and 4, n 3 and 3: se² 5/3, freedom 50/17."""
    base = [made.profile({"a": n * 10**9}) for n in (1, 2, 3)]
    head = [made.profile({"a": n * 10**9}) for n in (4, 6, 8)]
    found = compared(base, head).rows[0]
    assert found.low is not None
    t = 3.2185  # quantile 0.975 of Student's t at 50/17 degrees of freedom
    assert found.delta - found.low == pytest.approx(t * (5 / 3) ** 0.5, rel=1e-3)


def test_runs_that_agree_by_chance_are_not_held_for_certain():
    """Two 10 ms samples more in each of three runs are no proof: sampling alone does that."""
    base = [made.profile({"a": 500 * MS}, period=10 * MS)] * 3
    head = [made.profile({"a": 500 * MS, "b": 20 * MS}, period=10 * MS)] * 3
    found = row(compared(base, head), "b")
    assert found.low is not None
    assert found.low < 0 < found.delta


@pytest.mark.parametrize("samples", [1, 2, SAMPLES - 1])
def test_a_function_with_few_samples_in_all_runs_is_counted_and_not_compared(samples):
    several = [made.profile({"main;a": 500 * MS, "b": 10 * MS}, period=10 * MS)] * samples
    rest = [made.profile({"main;a": 500 * MS}, period=10 * MS)] * 8
    for base, head in ((rest, several), (several, rest)):
        found = compared(base, head)
        assert [each.function for each in found.rows] == ["a"]
        assert found.thin == 2  # b, and main, whose own code was never sampled


def test_samples_are_added_up_over_the_runs_of_both_sides():
    one = made.profile({"a": 500 * MS, "b": 10 * MS}, period=10 * MS)
    found = compared([one] * 3, [one] * 3)
    assert {each.function for each in found.rows} == {"a", "b"}
    assert found.thin == 0


def test_samples_of_a_heap_profile_are_those_of_its_period():
    kind = SampleType(name="inuse_space", unit="bytes")
    every = 512 * 1024
    heap = made.profile({"small": 2 * every, "large": 40 * every}, period=every, kind=kind)
    found = diff([heap], [heap], case="c", kind="heap")
    assert [each.function for each in found.rows] == ["large"]


def test_a_change_far_beyond_sampling_noise_is_outside_its_interval():
    base = [made.profile({"a": (500 + n) * MS}, period=10 * MS) for n in (0, 20, 10)]
    head = [made.profile({"a": (900 + n) * MS}, period=10 * MS) for n in (0, 20, 10)]
    found = compared(base, head).rows[0]
    assert found.low is not None
    assert found.low > 0.2


def test_the_interval_covers_a_true_difference_of_nothing_as_often_as_it_says():
    """Poisson counts of 10 ms samples, the same rate on both sides: 95 % or more."""
    draw = random.Random(7)

    def sampled(mean: float) -> Profile:
        count = sum(draw.random() < mean / 200 for _ in range(200))
        return made.profile({"a": count * 10 * MS, "rest": 1}, period=10 * MS)

    covered = 0
    for _ in range(400):
        found = row(compared(*([sampled(8) for _ in range(4)] for _ in range(2))), "a")
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0 <= found.high
    assert covered >= 0.93 * 400


def test_exact_counts_need_no_room_for_sampling():
    kind = SampleType(name="goroutine", unit="count")
    base, head = (
        [made.profile({"serve": count}, period=1, kind=kind)] * 3 for count in (10, 12)
    )  # fmt: skip
    found = diff(base, head, case="c", kind="goroutine").rows[0]
    assert (found.low, found.delta, found.high) == (2.0, 2.0, 2.0)


def test_two_builds_of_a_generic_are_one_row():
    base = [made.profile({"F[go.shape.int_0]": 5})]
    head = [made.profile({"F[go.shape.int64_0]": 5})]
    (only,) = compared(base, head).rows
    assert (only.function, only.delta) == ("F[...]", 0.0)


def test_only_the_largest_rows_are_kept():
    head = [made.profile({f"f{n}": n for n in range(200)})]
    found = compared([made.profile({"f1": 1})], head)
    assert len(found.rows) == ROWS
    assert found.rows[0].function == "f199"


def test_the_two_real_profiles_compare_with_themselves_as_equal():
    for kind in ("cpu", "heap"):
        profile = parse((FIXTURES / f"traefik-3.7.15-{kind}.pb.gz").read_bytes())
        found = diff([profile] * 3, [profile] * 3, case="c", kind=kind)
        assert len(found.rows) > 10
        assert found.thin > 40  # a small heap has few samples, and most functions are seen once
        assert all(row.delta == 0.0 and row.low is not None and row.low < 0 for row in found.rows
                   if row.head_self)  # fmt: skip
        assert found.base_total == found.head_total > 0


def test_no_profiles_of_a_side_is_an_error_in_words():
    with pytest.raises(ValueError, match="latency: no cpu profiles of the base"):
        compared([], [made.profile({"a": 1})])
    with pytest.raises(ValueError, match="latency: no cpu profiles of the head"):
        compared([made.profile({"a": 1})], [])


def test_the_wrong_kind_is_an_error_in_words():
    with pytest.raises(ValueError, match="no `inuse_space`, only cpu"):
        diff([made.profile({"a": 1})], [made.profile({"a": 1})], case="c", kind="heap")


PROFILES = st.lists(
    st.dictionaries(st.sampled_from(["a", "a;b", "a;c", "b", ""]), st.integers(-5, 10**12)).map(
        lambda stacks: made.profile(stacks, period=10 * MS)
    ),
    min_size=1,
    max_size=4,
)


@given(PROFILES, PROFILES)
def test_swapping_the_sides_turns_every_sign(base, head):
    there = {row.function: row for row in compared(base, head).rows}
    back = {row.function: row for row in compared(head, base).rows}
    assert there.keys() == back.keys()
    for name, one in there.items():
        other = back[name]
        assert one.delta == pytest.approx(-other.delta)
        assert one.base_self == pytest.approx(other.head_self)
        if one.low is not None and other.high is not None:
            assert one.low == pytest.approx(-other.high)


@given(PROFILES, PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_runs_changes_nothing(base, head, draw):
    shuffled = list(base)
    draw.shuffle(shuffled)
    one, other = compared(base, head), compared(shuffled, head)
    assert {row.function: pytest.approx(row.delta) for row in one.rows} == {
        row.function: row.delta for row in other.rows
    }
