"""Names for what has none, and what a profile says to leave out."""

from __future__ import annotations

import time

import pytest

from loadstone.profiles import frames
from loadstone.profiles.pprof import NotAProfile, fold, parse
from loadstone.profiles.reading import problem
from tests.profiles import made
from tests.profiles.compared import diff

LIBC = b"/usr/lib/x86_64-linux-gnu/libc.so.6"


def nameless(
    address: int, start: int, *, limit: int = 0, offset: int = 0, **strings: bytes
) -> bytes:
    """A profile of one sample in a file in memory, without functions."""
    table = [b"", b"cpu", b"nanoseconds", strings.get("file", LIBC), strings.get("build", b"")]
    return made.data(
        string_table=table,
        function=[],
        mapping=[
            {
                "id": 1,
                "memory_start": start,
                "memory_limit": limit,
                "file_offset": offset,
                "filename": 3,
                "build_id": 4 if table[4] else 0,
            }
        ],
        location=[{"id": 1, "mapping_id": 1, "address": address}],
        sample=[{"location_id": [1], "value": [10**9]}],
    )


def only(data: bytes) -> tuple[str, ...]:
    (stack,) = fold(parse(data))
    return stack


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (nameless(0x7F00, 0x7000, limit=0x8000), "libc.so.6+0xf00"),
        (nameless(0x7F00, 0x7000, offset=0x28000), "libc.so.6+0x28f00"),
        (nameless(0xF00, 0), "libc.so.6+0xf00"),
        (nameless(0x7F00, 0x7000, file=b"C:\\app\\lib.dll"), "lib.dll+0xf00"),
        (nameless(0x7F00, 0x7000, file=b"", build=b"312faf4e7822a398bb"), "[312faf4e7822]+0xf00"),
        (nameless(0x9F00, 0x7000, limit=0x8000), "libc.so.6"),
        (nameless(0x7F00, 0x7000, file=b""), "?"),
        (nameless(0, 0), "?"),
    ],
)
def test_a_location_without_functions_is_its_file_and_the_offset_in_it(data, name):
    assert only(data) == (name,)


def test_two_starts_of_a_program_compare_wherever_its_files_were_loaded():
    base, head = (
        parse(nameless(start + 0x1234, start, limit=start + 0x9000))
        for start in (0x7F640FE99000, 0x7FFB882BC000)
    )
    (row,) = diff([base], [head], case="c", kind="cpu").rows
    assert (row.function, row.delta) == ("libc.so.6+0x1234", 0.0)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ({"name": 3}, "main"),
        ({"system_name": 4}, "_Zmain"),
        ({"name": 3, "system_name": 4, "filename": 5}, "main"),
        ({"filename": 5, "start_line": 12}, "app.js:12"),
        ({"filename": 5}, "app.js:40"),
        ({}, "libc.so.6+0xf00"),
    ],
)
def test_a_function_without_a_name_is_told_by_what_else_is_known(function, name):
    data = made.data(
        string_table=[b"", b"cpu", b"nanoseconds", b"main", b"_Zmain", b"/srv/app.js", LIBC],
        function=[{"id": 1, **function}],
        mapping=[{"id": 1, "memory_start": 0x7000, "filename": 6}],
        location=[
            {"id": 1, "mapping_id": 1, "address": 0x7F00, "line": [{"function_id": 1, "line": 40}]}
        ],
        sample=[{"location_id": [1], "value": [7]}],
    )
    assert only(data) == (name,)


# --- what is left out -----------------------------------------------------------------------------

NAMES = ["main", "serve", "malloc", "tc_new(unsigned long)", "handler"]


def pruned(stack: list[str], drop: str, keep: str = "") -> tuple[str, ...]:
    """What is left of a stack, the outermost caller first; `a|b`: b is inlined in a."""
    functions = sorted({name for place in stack for name in place.split("|")})
    table = [
        b"",
        b"cpu",
        b"ns",
        *(name.encode() for name in functions),
        drop.encode(),
        keep.encode(),
    ]
    ids = {name: place + 1 for place, name in enumerate(functions)}
    return only(
        made.data(
            string_table=table,
            function=[{"id": ids[name], "name": ids[name] + 2} for name in functions],
            location=[
                {
                    "id": at + 1,
                    "line": [{"function_id": ids[name]} for name in reversed(place.split("|"))],
                }
                for at, place in enumerate(stack)
            ],
            sample=[{"location_id": list(range(len(stack), 0, -1)), "value": [7]}],
            drop_frames=len(table) - 2,
            keep_frames=len(table) - 1 if keep else 0,
        )
    )


@pytest.mark.parametrize(
    ("stack", "drop", "keep", "left"),
    [
        (["main", "malloc", "inner"], "malloc|free", "", ("main",)),
        (["main", "malloc_hook"], "malloc", "", ("main", "malloc_hook")),
        (["main", "malloc_hook"], "malloc.*", "", ("main",)),
        (["main", "malloc", "inner"], "malloc", "malloc", ("main", "malloc", "inner")),
        (["main", "malloc", "free"], ".*", "main|malloc", ("main", "malloc")),
        (["malloc", "main", "inner"], "malloc", "", ("malloc", "main", "inner")),
        (["malloc", "main", "malloc"], "malloc", "", ("malloc", "main")),
        (["main", "new(unsigned long)"], "new", "", ("main",)),
        (["main", "(anonymous namespace)::f(int)"], r"\(anonymous namespace\)::f", "", ("main",)),
        (["main", "operator()(int)"], r"operator\(\)", "", ("main",)),
        (["main", ".dot"], "dot", "", ("main",)),
        (["main", "a|malloc|b", "c"], "malloc", "", ("main", "a")),
        (["main", "malloc|a", "c"], "malloc", "", ("main",)),
    ],
)
def test_what_a_profile_says_to_drop_is_cut_off_with_what_it_called(stack, drop, keep, left):
    """The right values are those of `go tool pprof`."""
    assert pruned(stack, drop, keep) == left


def test_a_pattern_may_be_longer_than_a_name():
    drop = "|".join(f"allocator_number_{n}" for n in range(200))
    assert pruned(["main", "allocator_number_199"], drop) == ("main",)


@pytest.mark.parametrize("drop", ["(", "a**", "[", "(?P<x>", "\\"])
def test_a_pattern_that_is_none_is_told_in_words(drop):
    with pytest.raises(NotAProfile, match="its `drop_frames` is no regular expression"):
        pruned(["main"], drop)


def test_a_pattern_made_to_be_slow_is_refused(monkeypatch):
    monkeypatch.setattr(frames, "_PATIENCE", 1e-9)
    begun = time.thread_time()
    with pytest.raises(NotAProfile, match="takes too long to match"):
        pruned(["x" * 499 + "!"], "(x+x+)+y|(?:x?){400}x{400}y")
    assert time.thread_time() - begun < 10
    with pytest.raises(NotAProfile, match="longer than"):
        pruned(["main"], "x" * 30_000)


def test_a_pattern_that_is_not_there_is_told_in_words():
    assert problem(made.data(drop_frames=99)) == "it refers to a string 99 that is not there"
