"""Functions that were renamed or moved are one function; what is not clear stays two."""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.profiles.function_costs import FunctionCosts, function_costs
from loadstone.profiles.pairing import pairs
from tests.profiles import made


def costs(stacks: Mapping[str, int]) -> list[FunctionCosts]:
    return [function_costs(made.profile(stacks), "cpu")]


def test_a_package_that_moved_takes_its_functions_along():
    base = costs({"main;x.io/a/internal/codec.Decode;x.io/a/internal/codec.(*T).read": 10})
    head = costs({"main;x.io/a/pkg/codec.Decode;x.io/a/pkg/codec.(*T).read": 11})
    assert pairs(base, head) == {
        "x.io/a/internal/codec.Decode": "x.io/a/pkg/codec.Decode",
        "x.io/a/internal/codec.(*T).read": "x.io/a/pkg/codec.(*T).read",
    }


def test_a_module_of_another_major_version_has_the_same_functions():
    base = costs({"main;x.io/a/v2/json.Encode": 10})
    head = costs({"main;x.io/a/v3/json.Encode": 12})
    assert pairs(base, head) == {"x.io/a/v2/json.Encode": "x.io/a/v3/json.Encode"}


def test_another_name_in_the_same_package_and_place_is_the_same_function():
    base = costs({"main;p.outer;p.parseOld;p.inner": 10})
    head = costs({"main;p.outer;p.parseNew;p.inner": 10})
    assert pairs(base, head) == {"p.parseOld": "p.parseNew"}


def test_functions_of_quite_another_size_or_place_are_two():
    assert pairs(costs({"main;x/a.Do": 1}), costs({"main;y/b.Do": 90})) == {}
    assert pairs(costs({"main;x/a.Do;p.q": 10}), costs({"other;deep;y/b.Do;r.s": 10})) == {}


def test_of_two_that_fit_equally_well_none_is_taken():
    base = costs({"main;x/a.Do": 10})
    head = costs({"main;x/b.Do": 10, "main;x/c.Do": 10})
    assert pairs(base, head) == {}


def test_what_is_on_both_sides_is_never_paired():
    both = costs({"main;x/a.Do": 10, "main;x/b.Do": 10})
    assert pairs(both, both) == {}
