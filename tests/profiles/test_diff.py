"""Two sides' profiles set side by side: what each function cost, and whether that changed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.flows.function_rows import ROWS
from loadstone.profiles.diff import SAMPLES, RunCosts, table
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.pprof import Profile, parse
from loadstone.profiles.units import SampleType
from tests.profiles import made
from tests.profiles.compared import diff, row

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
MS = 1_000_000  # ns
HEAP = SampleType(name="inuse_space", unit="bytes")


def test_what_grew_comes_first_with_its_shares_and_cost():
    base = [made.profile({"main;work": 80 * MS, "main;parse": 20 * MS})]
    head = [made.profile({"main;work": 80 * MS, "main;parse": 120 * MS})]
    found = diff(base, head, case="latency")
    assert (found.case, found.kind, found.unit, found.runs) == ("latency", "cpu", "s", 1)
    assert [found.base_total, found.head_total] == pytest.approx([0.1, 0.2])
    first = found.rows[0]
    assert first.function == "parse"
    assert first.delta == pytest.approx(0.1)
    assert [first.base, first.head] == pytest.approx([0.02, 0.12])
    assert [first.base_self, first.head_self] == pytest.approx([0.2, 0.6])
    assert row(found, "main").base_total == row(found, "main").head_total == 1.0
    assert row(found, "main").total_delta == pytest.approx(0.1)
    assert row(found, "work").delta == pytest.approx(0.0)


def test_costs_are_those_of_a_unit_of_work():
    """Twice the requests and twice the time: no function became slower."""
    base = [made.profile({"main;work": (100 + n) * MS}, period=10 * MS) for n in range(4)]
    found = diff(base, base, factors=[1 / 10] * 4)
    assert row(found, "work").base == pytest.approx(0.01, rel=0.05)
    assert found.base_total == pytest.approx(0.01, rel=0.05)


def test_what_only_one_side_has_is_a_row_too():
    found = diff([made.profile({"old": 5})], [made.profile({"new": 7, "other": 7})])
    assert row(found, "old").head_self == 0.0
    assert row(found, "new").base_self == 0.0
    assert row(found, "new").head_self == 0.5


def test_few_rounds_have_no_interval_and_enough_have_one():
    two, three = ([made.profile({"a": n * MS}) for n in range(5, 5 + count)] for count in (2, 3))
    assert diff(two, three).rows[0].low is None
    assert not diff(two, three).rows[0].changed
    found = diff(three, three).rows[0]
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.delta < found.high


def test_runs_that_agree_by_chance_are_not_held_for_certain():
    """Two 10 ms samples more in each of three runs are no proof: sampling alone does that."""
    base = [made.profile({"a": 500 * MS, "b": 10 * MS}, period=10 * MS)] * 3
    head = [made.profile({"a": 500 * MS, "b": 30 * MS}, period=10 * MS)] * 3
    found = row(diff(base, head), "b")
    assert found.low is not None
    assert found.low < 0 < found.delta
    assert not found.changed


@pytest.mark.parametrize("samples", [1, 2, SAMPLES - 1])
def test_a_function_with_few_samples_in_all_runs_is_counted_and_not_compared(samples):
    several = [made.profile({"main;a": 500 * MS, "b": 10 * MS}, period=10 * MS)] * samples
    rest = [made.profile({"main;a": 500 * MS}, period=10 * MS)] * 8
    for base, head in ((rest, several), (several, rest)):
        found = diff(base, head)
        assert {each.function for each in found.rows} == {"a", "main"}
        assert found.thin == 1


def test_samples_are_added_up_over_the_runs_of_both_sides():
    one = made.profile({"a": 500 * MS, "b": 10 * MS}, period=10 * MS)
    found = diff([one] * 3, [one] * 3)
    assert {each.function for each in found.rows} == {"a", "b"}
    assert found.thin == 0


def test_samples_of_a_heap_profile_are_those_of_its_period():
    every = 512 * 1024
    heap = made.profile({"small": 2 * every, "large": 40 * every}, period=every, kind=HEAP)
    found = diff([heap], [heap], kind="heap")
    assert [each.function for each in found.rows] == ["large"]


def test_a_change_far_beyond_sampling_noise_is_outside_its_interval_and_told():
    base = [made.profile({"a": (500 + n) * MS}, period=10 * MS) for n in (0, 20, 10, 30)]
    head = [made.profile({"a": (1500 + n) * MS}, period=10 * MS) for n in (0, 20, 10, 30)]
    found = diff(base, head).rows[0]
    assert found.low is not None
    assert found.low > 0.4
    assert found.changed
    assert found.total_changed
    assert found.detectable is not None
    assert 0 < found.detectable < 1.0


def test_the_cause_comes_before_those_that_call_it_and_before_the_machine_room():
    def run(work: int, at: int) -> Profile:
        stacks = {
            "main.serve;main.work": (work + at) * 10 * MS,
            "main.serve;main.rest": (300 + at) * 10 * MS,
            "runtime.gcBgMarkWorker": (50 + 2 * work) * 10 * MS,
        }
        return made.profile(stacks, period=10 * MS)

    found = diff([run(50, at) for at in range(6)], [run(250, at) for at in range(6)])
    assert [each.function for each in found.rows[:3]] == ["main.work", "[collection]", "main.serve"]
    assert not row(found, "main.rest").changed
    assert row(found, "main.serve").total_changed
    assert not row(found, "main.serve").changed


def test_the_same_program_on_both_sides_has_no_function_that_changed():
    """60 functions with their own level in each run: at most one report in ten."""
    draw = random.Random(7)

    def sampled() -> Profile:
        load = draw.gauss(1, 0.03)
        stacks = {
            f"main;f{n}": round(draw.gauss(mean := load * 400 / (n + 1), mean**0.5)) * 10 * MS
            for n in range(60)
        }
        return made.profile({name: max(0, each) for name, each in stacks.items()}, period=10 * MS)

    flagged = 0
    for _ in range(40):
        base, head = ([sampled() for _ in range(6)] for _ in range(2))
        found = diff(base, head)
        flagged += any(each.changed or each.total_changed for each in found.rows)
    assert flagged <= 4


def test_a_function_that_costs_a_third_more_is_found_among_sixty_and_alone():
    draw = random.Random(11)

    def sampled(slower: float) -> Profile:
        stacks = {}
        for n in range(60):
            mean = 400 / (n + 1) * (slower if n == 2 else 1)
            stacks[f"main;f{n}"] = max(0, round(draw.gauss(mean, mean**0.5))) * 10 * MS
        return made.profile(stacks, period=10 * MS)

    right = wrong = 0
    for _ in range(20):
        found = diff([sampled(1) for _ in range(8)], [sampled(1.5) for _ in range(8)])
        named = {each.function for each in found.rows if each.changed}
        right += found.rows[0].function == "f2" and "f2" in named
        wrong += len(named - {"f2"})
    assert right >= 18
    assert wrong <= 3


def test_exact_counts_need_no_room_for_sampling():
    kind = SampleType(name="goroutine", unit="count")
    base, head = (
        [made.profile({"serve": count}, period=1, kind=kind)] * 3 for count in (10, 20)
    )  # fmt: skip
    found = diff(base, head, kind="goroutine").rows[0]
    assert found.delta == pytest.approx(10)
    assert found.changed


def test_two_builds_of_a_generic_are_one_row():
    base = [made.profile({"F[go.shape.int_0]": 5})]
    head = [made.profile({"F[go.shape.int64_0]": 5})]
    (only,) = diff(base, head).rows
    assert (only.function, only.delta) == ("F[...]", 0.0)


def test_a_function_that_moved_is_one_row_that_says_so():
    base = made.profile({"main;a/internal/codec.Decode;a/internal/codec.read": 400 * MS})
    head = made.profile({"main;a/codec.Decode;a/codec.read": 400 * MS})
    found = diff([base] * 3, [head] * 3)
    assert {each.function: each.was for each in found.rows} == {
        "main": "",
        "a/codec.Decode": "a/internal/codec.Decode",
        "a/codec.read": "a/internal/codec.read",
    }
    assert not any(each.changed for each in found.rows)


def test_a_row_says_for_what_its_cost_was_and_from_where_it_came():
    stacks = {
        "main.serve;main.copy;runtime.makeslice;runtime.mallocgc": 60 * MS,
        "main.serve;main.copy": 40 * MS,
    }
    found = row(diff([made.profile(stacks)] * 3, [made.profile(stacks)] * 3), "main.copy")
    assert found.rooms == {"allocation": pytest.approx(0.6)}
    assert found.caller == "main.serve"
    assert found.base == pytest.approx(0.1)


def test_only_the_largest_rows_are_kept():
    head = [made.profile({f"f{n}": n for n in range(200)})]
    found = diff([made.profile({"f1": 1})], head)
    assert len(found.rows) == ROWS
    assert found.rows[0].function == "f199"


def test_the_two_real_profiles_compare_with_themselves_as_equal():
    for kind in ("cpu", "heap"):
        profile = parse((FIXTURES / f"traefik-3.7.15-{kind}.pb.gz").read_bytes())
        found = diff([profile] * 3, [profile] * 3, kind=kind)
        assert len(found.rows) > 10
        assert all(row.delta == 0.0 and row.low is not None and row.low <= 0 for row in found.rows)
        assert not any(row.changed or row.total_changed for row in found.rows)
        assert found.base_total == found.head_total > 0


def test_no_profiles_of_a_side_is_an_error_in_words():
    run = RunCosts(round=1, costs=function_costs(made.profile({"a": 1}), "cpu"))
    with pytest.raises(ValueError, match="no profiles of the base"):
        table([], [run])
    with pytest.raises(ValueError, match="no profiles of the head"):
        table([run], [])


def test_the_wrong_kind_is_an_error_in_words():
    with pytest.raises(ValueError, match="no `inuse_space`, only cpu"):
        diff([made.profile({"a": 1})], [made.profile({"a": 1})], kind="heap")


PROFILES = st.lists(
    st.dictionaries(st.sampled_from(["a", "a;b", "a;c", "b", ""]), st.integers(-5, 10**12)).map(
        lambda stacks: made.profile(stacks, period=10 * MS)
    ),
    min_size=1,
    max_size=4,
)


@given(PROFILES, PROFILES)
def test_swapping_the_sides_turns_every_sign(base, head):
    there = {row.function: row for row in diff(base, head).rows if not row.was}
    back = {row.function: row for row in diff(head, base).rows if not row.was}
    for name in there.keys() & back.keys():
        one, other = there[name], back[name]
        assert one.delta == pytest.approx(-other.delta, abs=1e-9)
        assert one.base_self == pytest.approx(other.head_self)
        if one.low is not None and other.high is not None:
            assert one.low == pytest.approx(-other.high, rel=1e-6, abs=1e-9)


def test_a_new_way_to_the_same_functions_comes_after_what_both_sides_have():
    """A wrapper that the head alone has spends nothing; `serve` and all it calls became dearer."""
    base = [made.profile({"main;serve;work": 300 * MS, "main;rest": 900 * MS}, period=10 * MS)] * 6
    stacks = {"main;serve;wrap;work": 900 * MS, "main;rest": 900 * MS}
    found = diff(base, [made.profile(stacks, period=10 * MS)] * 6)
    order = [each.function for each in found.rows if each.changed or each.total_changed]
    assert order[0] == "work"
    assert order.index("serve") < order.index("wrap")
