"""Pieces of one program's profile as one profile."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from loadstone.profiles.merging import merged
from loadstone.profiles.pprof import fold, parse
from tests.profiles import made

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"


@pytest.mark.parametrize("name", ["traefik-3.7.15-cpu", "go-block", "python-pyroscope-cpu"])
def test_a_profile_and_itself_have_twice_the_cost_and_twice_the_length(name):
    data = (FIXTURES / f"{name}.pb.gz").read_bytes()
    once, twice = parse(data), parse(merged([data, data]))
    assert fold(twice) == pytest.approx({stack: 2 * v for stack, v in fold(once).items()})
    assert twice.duration == pytest.approx(2 * once.duration)
    assert twice.files == once.files
    assert {sample.lines for sample in twice.samples} == {sample.lines for sample in once.samples}


def test_functions_of_different_pieces_keep_their_names():
    one = made.data()
    other = made.data(string_table=[b"", b"cpu", b"nanoseconds", b"work", b"rest"])
    assert fold(parse(merged([one, gzip.compress(other)]))) == pytest.approx(
        {("main", "work"): 7e-9, ("work", "rest"): 7e-9}
    )


def test_what_does_not_fit_together_stays_the_first():
    one = made.data()
    for other in (b"<html>", made.data(string_table=[b"", b"heap", b"bytes", b"main", b"work"])):
        assert merged([one, other]) == one
    assert merged([b"<html>", one]) == b"<html>"
    assert merged([one]) == one
