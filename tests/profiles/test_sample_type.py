"""By which type profiles of other runtimes are compared."""

from __future__ import annotations

import pytest

from loadstone.profiles.flame import stacks
from loadstone.profiles.pprof import Profile, StackSample
from loadstone.profiles.sample_type import choose
from loadstone.profiles.units import SampleType
from tests.profiles import made
from tests.profiles.compared import diff


def of(*types: str, default: str = "") -> Profile:
    """A profile with these types, each as `name/unit`, and one sample of 1, 2, 3 …."""
    kinds = [SampleType(name=each.split("/")[0], unit=each.split("/")[1]) for each in types]
    sample = StackSample(stack=("main",), values=list(range(1, len(kinds) + 1)))
    return Profile(types=kinds, samples=[sample], default=default)


@pytest.mark.parametrize(
    ("kind", "profile", "chosen"),
    [
        ("cpu", of("samples/count", "cpu/nanoseconds"), "cpu"),
        ("cpu", of("cpu/ns", "samples/count"), "cpu"),
        ("cpu", of("sample/count", "wall/microseconds"), "wall"),
        ("cpu", of("samples/count"), "samples"),
        ("cpu", of("cpu-samples/count", "cpu-time/ns", "wall-time/ns"), "cpu-time"),
        ("cpu", of("lock/ns", "wall-time/nanoseconds"), "wall-time"),
        ("cpu", of("one/ms", "two/ms", default="one"), "one"),
        ("cpu", of("one/ms", "two/ms", default="none"), "two"),
        ("heap", of("objects/count", "space/bytes"), "space"),
        ("heap", of("alloc_objects/count", "alloc_space/bytes"), "alloc_space"),
        ("heap", of("inuse_objects/count", "inuse_space/b", "alloc_space/b"), "inuse_space"),
        ("heap", of("alloc-space/bytes", "heap-space/bytes", "other/kb"), "heap-space"),
        ("heap", of("objects/count"), "objects"),
        ("allocs", of("objects/count", "space/bytes"), "space"),
        ("mutex", of("contentions/count", "delay/nanoseconds"), "delay"),
        ("mutex", of("lock-count/count", "lock-time/ns"), "lock-time"),
        ("goroutine", of("goroutines/count"), "goroutines"),
        ("of-my-own", of("a/count", "b/bytes"), "b"),
    ],
)  # fmt: skip
def test_the_type_that_says_the_same_sort_of_thing_is_taken_and_named(kind, profile, chosen):
    assert choose([profile], [profile], kind) == chosen
    found = diff([profile], [profile], case="c", kind=kind)
    usual = chosen in {"cpu", "inuse_space", "delay"}
    assert found.by == ("" if usual else chosen)
    assert found.base_total == sum(stacks([profile], kind, by=found.by).values())


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("nanoseconds", "ns", 1),
        ("nanosecond", "us", 1000),
        ("ms", "seconds", 1000),
        ("bytes", "kb", 1024),
        ("kilobytes", "B", 1 / 1024),
        ("count", "objects", 1),
    ],
)
def test_two_ways_to_write_a_unit_compare_as_one(one, other, factor):
    base = made.profile({"main": 8 * 1024 * 1000}, kind=SampleType(name="cpu", unit=one))
    same = round(8 * 1024 * 1000 / factor)
    head = made.profile({"main": same}, kind=SampleType(name="cpu", unit=other))
    found = diff([base], [head], case="c", kind="cpu")
    assert found.head_total == pytest.approx(found.base_total)
    assert found.base_total > 0


@pytest.mark.parametrize(
    ("kind", "base", "head", "why"),
    [
        ("heap", of("cpu/ns"), of("cpu/ns"), "the profiles have no `inuse_space`, only cpu in ns"),
        ("cpu", of("cpu/ns"), of("wall/ns"),
         "the base's profiles have cpu in ns, the head's wall in ns: no type in common"),
        ("cpu", of("cpu/ns"), of("cpu/count"),
         "the base's profiles have cpu in ns, the head's cpu in count: no type in common"),
        ("heap", of("space/bytes"), of("space/count"), "no type in common"),
    ],
)  # fmt: skip
def test_where_no_type_fits_both_sides_that_is_said(kind, base, head, why):
    with pytest.raises(ValueError, match=why):
        diff([base], [head], case="c", kind=kind)


def test_a_type_that_one_run_of_many_has_not_is_not_taken():
    both, one = of("cpu/ns", "wall/ns"), of("wall/ns")
    assert choose([both, both], [both, one], "cpu") == "wall"


def test_a_default_that_is_not_in_the_file_is_passed_over_as_pprof_does():
    profile = of("samples/count", "cpu/ns", default="gone")
    assert profile.column("") == 1
    assert of("samples/count", "cpu/ns", default="samples").column("") == 0
