from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.profiles import pprof, wire
from loadstone.profiles.pprof import NotAProfile, fold, parse
from loadstone.profiles.reading import problem
from tests.profiles import made
from tests.profiles.compared import costs

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
REAL = {name: (FIXTURES / f"traefik-3.7.15-{name}.pb.gz").read_bytes() for name in ("cpu", "heap")}

NO_TYPES = "it is no pprof profile: it has no string table or no sample types"

# --- real ones ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "flat", "cum"),
    [
        ("runtime/internal/syscall.Syscall6", 0.27, 0.27),
        ("runtime.mallocgcSmallScanNoHeader", 0.02, 0.05),
        ("net/http.(*conn).serve", 0, 0.60),
        ("internal/poll.(*FD).Write", 0.01, 0.21),
    ],
)
def test_a_real_cpu_profile_says_what_go_tool_pprof_says(function, flat, cum):
    """The figures are in the README beside the profiles."""
    found = costs(fold(parse(REAL["cpu"]), "cpu"))
    assert found.sum == pytest.approx(0.74)
    assert found.own.get(function, 0) == pytest.approx(flat)
    assert found.total[function] == pytest.approx(cum)


@pytest.mark.parametrize(
    ("function", "flat", "cum"),
    [
        ("runtime.mallocgc", 1032.28, 1032.28),
        ("regexp.onePassCopy", 1025.19, 1025.19),
        ("encoding/json.Marshal", 0, 512.44),
    ],
)
def test_a_real_heap_profile_says_what_go_tool_pprof_says(function, flat, cum):
    """In kB of 1024 bytes, as pprof prints them; the last type, inuse_space, is the default."""
    found = costs(fold(parse(REAL["heap"])))
    assert found.sum / 1024 == pytest.approx(6706.49, abs=0.005)
    assert found.own.get(function, 0) / 1024 == pytest.approx(flat, abs=0.005)
    assert found.total[function] / 1024 == pytest.approx(cum, abs=0.005)


def test_what_a_real_profile_says_of_itself_is_read():
    cpu, heap = parse(REAL["cpu"]), parse(REAL["heap"])
    assert [kind.name for kind in cpu.types] == ["samples", "cpu"]
    assert (cpu.period, cpu.period_type) == (10_000_000, made.CPU)
    assert 1.9 < cpu.duration < 2.5
    assert [kind.name for kind in heap.types][-1] == "inuse_space"
    assert (heap.default, heap.period) == ("", 524288)
    assert [problem(data) for data in REAL.values()] == [None, None]


def test_a_profile_may_come_raw_or_zipped():
    assert parse(gzip.decompress(REAL["cpu"])) == parse(REAL["cpu"])


# --- made ones ------------------------------------------------------------------------------------


def test_stacks_begin_with_the_outermost_caller():
    assert fold(parse(made.data())) == {("main", "work"): pytest.approx(7e-9)}


def test_inlined_functions_are_frames_of_their_own():
    lines = [wire.Profile().location.add(id=9).line.add(function_id=number) for number in (2, 1)]
    location = wire.Profile().location.add(id=1, line=lines)
    sample = wire.Profile().sample.add(location_id=[1], value=[5])
    assert list(fold(parse(made.data(location=[location], sample=[sample])))) == [("main", "work")]


def test_equal_stacks_are_summed_and_zeros_left_out():
    samples = [
        wire.Profile().sample.add(location_id=ids, value=[value])
        for ids, value in (([2, 1], 3), ([2, 1], 4), ([1], 0))
    ]
    assert fold(parse(made.data(sample=samples))) == {("main", "work"): pytest.approx(7e-9)}


def test_a_location_of_which_nothing_is_known_has_no_name_and_not_its_address():
    location = wire.Profile().location.add(id=1, address=0xABC)
    sample = wire.Profile().sample.add(location_id=[1], value=[5])
    assert list(fold(parse(made.data(location=[location], sample=[sample])))) == [("?",)]


def test_a_profile_may_be_gzipped_in_several_members():
    raw = gzip.decompress(REAL["heap"])
    data = b"".join(made.zipped(raw[at : at + 9000]) for at in range(0, len(raw), 9000))
    assert parse(data) == parse(REAL["heap"])
    assert problem(data[:-9]) == "it ends in the middle"
    assert problem(made.zipped(raw) + b"rubbish") == "it is gzip, but damaged"


def test_names_that_are_not_utf_8_are_read_all_the_same():
    table = [b"", b"cpu", b"nanoseconds", b"m\xff", b"x" * 9999]
    ((first, second),) = fold(parse(made.data(string_table=table)))
    assert first == "m\N{REPLACEMENT CHARACTER}"
    assert len(second) == 500
    assert second.endswith("…")


def test_an_unknown_sample_type_names_the_known_ones():
    with pytest.raises(ValueError, match="no `heap`, only cpu"):
        fold(parse(made.data()), "heap")


# --- what is no profile ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (
            b"<!DOCTYPE html>\n<html><title>Sign in</title>",
            "it is an HTML page, not a profile: “<!DOCTYPE html> <html><title>Sign in</title>”",
        ),
        (b"404 page not found\n", "it is text, not a profile: “404 page not found”"),
        (b'{"error": "no"}', 'it is text, not a profile: “{"error": "no"}”'),
        ("é".encode() * 3000, "it is text, not a profile: “" + "é" * 60 + "…”"),
        (b"heap profile: 7: 46880 [30: 1]", "it is a profile as text; ask for it without `debug=`"),
        (
            b"goroutine profile: total 8\n1 @ 0x1",
            "it is a profile as text; ask for it without `debug=`",
        ),
        (REAL["heap"][:-20], "it ends in the middle"),
        (REAL["heap"][:-8] + bytes(8), "it is gzip, but damaged"),
        (b"\x1f\x8brubbish", "it is gzip, but damaged"),
        (made.zipped(b"<html>"), "it is an HTML page, not a profile: “<html>”"),
        (gzip.decompress(REAL["heap"])[:-5], "it is no pprof profile, or ends in the middle"),
        (made.zipped(b""), "it is empty"),
        (made.data(sample=[]), "it has no samples"),
        (made.data(sample=[], duration_nanos=10**9), None),
        (made.data(sample_type=[]), NO_TYPES),
        (made.data(function=[]), None),
        (made.data(string_table=[b""]), "it refers to a string 1 that is not there"),
        (made.data(default_sample_type=-1), "it refers to a string -1 that is not there"),
        (made.data(location=[]), "a sample refers to a location 1 that is not there"),
        (
            made.data(sample=[wire.Profile().sample.add(location_id=[1], value=[1, 2])]),
            "a sample has not one value for each sample type",
        ),
        (
            made.data(sample=[wire.Profile().sample.add(location_id=[1] * 5000, value=[1])]),
            "a stack is more than 4096 functions deep",
        ),
        (
            made.data(sample=[wire.Profile().sample.add(location_id=[1], value=[0])]),
            "it has no samples",
        ),
    ],
)  # fmt: skip
def test_what_is_no_profile_is_told_in_words(data, said):
    assert problem(data) == said


def test_a_bomb_is_not_unpacked():
    bomb = made.zipped(bytes(pprof.LARGEST + 1))
    assert len(bomb) < 100_000
    assert problem(bomb) == f"it is larger than {pprof.LARGEST} bytes when unpacked"


def test_stacks_cannot_multiply_beyond_the_bound():
    sample = wire.Profile().sample.add(location_id=[1] * 4096, value=[1])
    with pytest.raises(NotAProfile, match="more than 10000000 frames"):
        parse(made.data(sample=[sample] * 2500))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_profile_or_told_in_words(data):
    for given_data in (data, made.zipped(data), b"\x1f\x8b" + data):
        assert problem(given_data) is None or isinstance(problem(given_data), str)
        try:
            parse(given_data)
        except NotAProfile as error:
            assert str(error)  # noqa: PT017


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 10**6),
    st.sampled_from(sorted(REAL)),
)
def test_a_damaged_profile_never_does_worse_than_be_refused(edits, cut, name):
    data = bytearray(gzip.decompress(REAL[name]))
    for place, value in edits:
        data[place % len(data)] = value
    for damaged in (bytes(data), bytes(data[: cut % len(data)])):
        try:
            profile = parse(damaged)
            fold(profile)
        except NotAProfile:
            continue
