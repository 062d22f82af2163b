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


def test_a_closure_of_an_inlined_function_stays_one_of_that_function():
    chain = "http.serve;x/s.{0}.func1;http.HandlerFunc.ServeHTTP;x/s.last"
    base = costs({chain.format("createServer.denyAll"): 10})
    renamed = costs({chain.format("newServer.denyAll"): 10})
    assert pairs(base, renamed) == {"x/s.createServer.denyAll.func1": "x/s.newServer.denyAll.func1"}
    assert pairs(base, costs({chain.format("newServer.compress"): 10})) == {}


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


def test_a_type_that_was_exported_when_it_moved_is_the_same():
    base = costs({"main;crypto/sha512.(*digest).Write": 10})
    head = costs({"main;crypto/internal/fips140/sha512.(*Digest).Write": 10})
    assert list(pairs(base, head)) == ["crypto/sha512.(*digest).Write"]


def test_of_two_names_the_one_in_the_same_letters_is_taken():
    base = costs({"main;a/x.encode": 10})
    head = costs({"main;b/x.encode": 10, "main;b/x.Encode": 10})
    assert pairs(base, head) == {"a/x.encode": "b/x.encode"}
