"""Our reader held against `go tool pprof` itself, on profiles made at random."""

from __future__ import annotations

import random
import shutil

import pytest

from loadstone.profiles.pprof import fold, parse
from tests.profiles import made
from tests.profiles.raw import raw

NAMES = ["main", "a", "b::c(int)", "operator()(x)", "(anonymous namespace)::f(y)", ".dot", "malloc",
         "tc_new", "op::new"]  # fmt: skip
PATTERNS = ["malloc|tc_.*", "a", "b::c", r"operator\(\)", "main", ".*", "dot|a", "op.*",
            "(__)?malloc|b.*"]  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("go"), reason="needs Go, whose pprof is held against"),
]


def some(draw: random.Random) -> bytes:
    """A profile of a few stacks with inlined functions, of which some are to be dropped."""
    drop, keep = draw.choice(PATTERNS), draw.choice(["", "", *PATTERNS])
    table = ["", "cpu", "ms", *NAMES, drop, keep]
    places = range(1, draw.randint(3, 9))
    return made.data(
        string_table=[text.encode() for text in table],
        function=[{"id": at + 1, "name": at + 3} for at in range(len(NAMES))],
        location=[
            {
                "id": at,
                "address": at,
                "line": [
                    {"function_id": draw.randint(1, len(NAMES)), "line": 1}
                    for _ in range(draw.choice([1, 1, 1, 2, 3]))
                ],
            }
            for at in places
        ],
        sample=[
            {
                "location_id": [draw.choice(places) for _ in range(draw.randint(1, 5))],
                "value": [draw.randint(1, 9)],
            }
            for _ in range(draw.randint(1, 6))
        ],
        drop_frames=len(table) - 2,
        keep_frames=len(table) - 1 if keep else 0,
        period=0,
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_is_dropped_is_what_pprof_drops(seed, tmp_path):
    data = some(random.Random(seed))
    (tmp_path / "p.pb").write_bytes(data)
    ours = {stack: round(value * 1000) for stack, value in fold(parse(data)).items()}
    theirs = raw(tmp_path / "p.pb").stacks
    assert ours == {stack: value for stack, (value,) in theirs.items()}
