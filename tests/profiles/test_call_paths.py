"""Call paths: by which callers a function's change came."""

from __future__ import annotations

from loadstone.profiles.call_paths import call_paths
from loadstone.profiles.diff import RunCosts, table
from loadstone.profiles.function_costs import function_costs
from tests.profiles import made
from tests.profiles.compared import diff, row

MS = 1_000_000  # ns


def sides(base, head, *, rounds=6):
    """Profiles of both sides, which differ a little from round to round."""
    return [
        [
            made.profile({stack: (ms + number) * MS for stack, ms in side.items()}, period=10 * MS)
            for number in range(rounds)
        ]
        for side in (base, head)
    ]


ALIKE = {"runtime.main;main;list;decode": 800, "runtime.main;main;watch;decode": 900}


def test_the_change_of_a_function_that_many_call_is_told_of_the_path_it_came_by():
    base, head = sides(ALIKE, ALIKE | {"runtime.main;main;watch;decode": 1900})
    found = row(diff(base, head), "decode")
    assert found.changed
    (way,) = found.paths
    assert way.callers == ("main", "watch")
    assert 0.9 < way.delta < 1.1
    assert way.low < way.delta < way.high
    assert 0.89 < way.base < 0.92


def test_a_function_that_calls_what_changed_has_the_path_to_itself():
    base, head = sides(ALIKE, ALIKE | {"runtime.main;main;watch;decode": 1900})
    (way,) = row(diff(base, head), "watch").paths
    assert way.callers == ("main",)


def test_where_nothing_changed_there_are_no_paths():
    base, head = sides(ALIKE, ALIKE)
    assert not any(each.paths for each in diff(base, head).rows)


def test_callers_that_moved_are_the_same_path():
    old, new = "runtime.main;a/v2/pkg.Serve;pkg.f;work", "runtime.main;a/v3/pkg.Serve;pkg.f;work"
    before, after = (
        [RunCosts(round=1, costs=function_costs(made.profile({stack: 500 * MS}), "cpu"))]
        for stack in (old, new)
    )
    pair = next(each for each in table(before, after).functions if each.name == "work")
    moved = {"a/v2/pkg.Serve": "a/v3/pkg.Serve"}
    (path,) = call_paths(pair, before, after, own=True, moved=moved)
    assert path.callers == ("a/v3/pkg.Serve", "pkg.f")
    assert path.base == path.head


def test_a_function_that_calls_itself_counts_at_its_outermost_call():
    costs = function_costs(
        made.profile({"main;walk;walk;walk": 5 * MS, "main;walk": 2 * MS}), "cpu"
    )
    runs = [RunCosts(round=1, costs=costs)]
    pair = next(each for each in table(runs, runs).functions if each.name == "walk")
    for own in (True, False):
        (path,) = call_paths(pair, runs, runs, own=own, moved={})
        assert (path.callers, path.head) == (("main",), {1: 0.007})


def test_paths_that_were_sampled_too_rarely_are_not_looked_at():
    profile = made.profile({"main;a;f": 100 * MS, "main;b;f": 20 * MS}, period=10 * MS)
    costs = function_costs(profile, "cpu")
    runs = [RunCosts(round=1, costs=costs, quantum=0.01)]
    pair = next(each for each in table(runs, runs).functions if each.name == "f")
    found = call_paths(pair, runs, runs, own=True, moved={})
    assert [path.callers for path in found] == [("main", "a")]
