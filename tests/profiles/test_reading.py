"""Profiles of every form that we read, and what becomes of damaged ones."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from loadstone.profiles.bounded_stacks import BoundedStacks
from loadstone.profiles.flame import Stacks
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.pprof import NotAProfile, fold
from loadstone.profiles.reading import problem, read
from loadstone.profiles.sample_type import choose
from loadstone.profiles.writing import both_folded, difference, pprof, speedscope
from tests.profiles import made

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
COLLAPSED = b"# made by a tool\nmain;serve;read request 12\nmain;serve;write 30\nmain;idle 1\n"
PERF = b"""# captured on: Thu Nov 26
traefik    4242/4250  123.456789:   10101010 cpu-clock:u:
\t          7f00aa main.work+0x1a (/usr/bin/traefik)
\t          7f00bb main.main+0x2c (/usr/bin/traefik)

traefik    4242/4251 [001]  123.556789:   10101010 cpu-clock:u:
\tffffffff81a tcp_sendmsg+0x4 ([kernel.kallsyms])
\t          7f00ab [unknown] (/usr/lib/libc.so.6)
\t          7f00bb main.main+0x2d (/usr/bin/traefik)

"""
SPEEDSCOPE = speedscope(
    {"base": {("main", "work"): 1.5, ("main",): 0.5}}, title="x", unit="s"
).encode()
EVENTED = json.dumps(
    {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "shared": {"frames": [{"name": "main"}, {"name": "work"}]},
        "profiles": [
            {
                "type": "evented", "name": "t", "unit": "milliseconds",
                "startValue": 0, "endValue": 9,
                "events": [
                    {"type": "O", "frame": 0, "at": 0}, {"type": "O", "frame": 1, "at": 2},
                    {"type": "C", "frame": 1, "at": 7}, {"type": "C", "frame": 0, "at": 9},
                ],
            }
        ],
    }
).encode()  # fmt: skip
APP = "file:///a/app.js"


def node(number: int, name: str, line: int, *below: int, url: str = APP) -> dict[str, object]:
    frame = {"functionName": name, "url": url, "lineNumber": line}
    return {"id": number, "callFrame": frame, "children": list(below)}


V8 = json.dumps(
    {
        "nodes": [
            node(1, "(root)", -1, 2, 4, url=""),
            node(2, "serve", 9, 3),
            node(3, "", 11),
            node(4, "(idle)", -1, url=""),
        ],
        "startTime": 0,
        "endTime": 5000,
        "samples": [2, 3, 4, 3],
        "timeDeltas": [0, 1000, 2000, 500],
    }
).encode()
FORMS = {
    "collapsed": COLLAPSED,
    "perf": PERF,
    "speedscope": SPEEDSCOPE,
    "evented": EVENTED,
    "v8": V8,
    "pprof": made.data(),
    "zipped": gzip.compress(COLLAPSED),
}


def folded(data: bytes) -> dict[str, float]:
    profile = read(data)
    return {";".join(stack): round(value, 9) for stack, value in fold(profile).items()}


@pytest.mark.parametrize(
    ("form", "stacks"),
    [
        ("collapsed", {"main;serve;read request": 12, "main;serve;write": 30, "main;idle": 1}),
        ("zipped", {"main;serve;read request": 12, "main;serve;write": 30, "main;idle": 1}),
        ("perf", {"main.main;main.work": 0.01010101,
                  "main.main;[libc.so.6];tcp_sendmsg_[k]": 0.01010101}),
        ("speedscope", {"main;work": 1.5, "main": 0.5}),
        ("evented", {"main": 0.004, "main;work": 0.005}),
        ("v8", {"serve app.js": 0.001, "serve app.js;(anonymous) app.js": 0.002}),
        ("pprof", {"main;work": 7e-9}),
    ],
)  # fmt: skip
def test_every_form_becomes_stacks_and_costs(form, stacks):
    assert folded(FORMS[form]) == pytest.approx(stacks)
    assert problem(FORMS[form]) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"main;work 12\nnothing here\n", "text, not a profile"),
        (b"main;a 1\n" * 30 + b"half a li", "its line 31 is no stack with a count"),
        (SPEEDSCOPE.replace(b'"seconds"', b'"parsecs"'), "no unit in common"),
        (SPEEDSCOPE.replace(b"[[0], [0, 1]]", b"[[0], [0, 7]]"), "a frame that is not there"),
        (EVENTED.replace(b'"C", "frame": 1', b'"C", "frame": 0'), "closes a frame"),
        (V8.replace(b'"samples": [2, 3', b'"samples": [2, 9'), "a node 9 that is not there"),
        (V8.replace(b"[2, 4]", b"[2, 4, 1]"), "in a circle"),
        (b'{"nodes": [{"callFrame": 3}]}', "no profile of V8"),
        (PERF.replace(b"traefik    4242/4251", b"what is this"), "line 6 is no"),
        (b"404 page not found\n", "text, not a profile"),
        (b"error 5\n", "text, not a profile"),
    ],
)
def test_what_is_damaged_is_said_in_words(data, said):
    assert said in (problem(data) or "")


HEADER, FRAME = PERF.splitlines()[1:3]
BLANKS = b" " * 300_000


@pytest.mark.parametrize(
    "data",
    [
        b"a" + BLANKS + b"b",
        b"main;a 1\n" * 30 + b"a" + BLANKS + b"b",
        HEADER + b"\n  7f00aa" + BLANKS + b"\n",
        HEADER + b"\n  7f00aa" + b" (" * 100_000 + b"\n",
        HEADER + b"\n" + FRAME + b"\n\na" + BLANKS + b"b\n",
    ],
)
def test_a_line_of_blanks_is_refused_at_once_however_long_it_is(data):
    """Steps that grow with the square of its length would take hours."""
    assert problem(data) is not None


@pytest.mark.parametrize(
    "data",
    [
        V8.replace(b'"lineNumber": 9', b'"lineNumber": 1' + b"0" * 400),
        b'{"nodes": [{"id": 1, "callFrame": {"functionName": "a"}, "hitCount": 1%s}]}'
        % (b"0" * 400),
        PERF.replace(b"10101010", b"9" * 5000),
        PERF.replace(b"123.456789", b"9" * 5000 + b".0"),
    ],
)
def test_numbers_that_no_profile_has_are_refused(data):
    assert problem(data) is not None


def test_time_that_runs_backwards_has_no_length():
    assert read(PERF.replace(b"123.556789", b"23.556789")).duration == 0


def test_a_function_without_a_name_is_told_by_its_file():
    nameless = PERF.replace(b"main.work+0x1a (", b" (").replace(
        b"bin/traefik)", b"bin/t (deleted))"
    )
    assert "[t (deleted)]" in {name for sample in read(nameless).samples for name in sample.stack}


def test_a_deep_stack_is_not_added_without_end():
    found = BoundedStacks(most_added=100)
    for _ in range(10):
        found.add(["f"] * 10, 1)
    with pytest.raises(NotAProfile, match="frames"):
        found.add(["f"] * 10, 1)


OF_KOPF = {
    "kopf-py-spy.folded": ("samples", "reconcile (websites.py)", 1465.0),
    "kopf-py-spy.speedscope.json": ("cpu", "reconcile (websites.py)", 27.8),
    "kopf-perf-script.txt": ("cpu", "[libcrypto.so.3]", 0.98),
}
KEPT = {each: f"{each}.pb.gz" for each in ("go-block", "node-heap", "python-pyroscope-cpu")}
KEPT |= {each: f"{each}.gz" for each in OF_KOPF}


@pytest.mark.parametrize("form", [*FORMS, *KEPT])
def test_whatever_becomes_of_a_profile_nothing_but_no_profile_is_raised(form):
    """300 mutations of each: bytes changed, cut off, doubled, and put somewhere else."""
    data = FORMS.get(form) or gzip.decompress((FIXTURES / KEPT[form]).read_bytes())
    draw = random.Random(form)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            at, size = draw.randrange(len(changed)), draw.randint(1, 20)
            match draw.randrange(4):
                case 0:
                    changed[at : at + size] = draw.randbytes(size)
                case 1:
                    del changed[at:]
                case 2:
                    changed[at:at] = changed[at : at + 10 * size]
                case _:
                    changed[at : at + 1] = b"-9"
            if not changed:
                changed = bytearray(b"\0")
        try:
            profile = read(bytes(changed))
        except NotAProfile:
            continue
        assert len(profile.samples) <= 10 * len(data)


@pytest.mark.parametrize("name", OF_KOPF)
def test_real_files_of_py_spy_and_perf_name_what_an_operator_did(name):
    """A key is made in every reconcile: py-spy sees the function, perf the library."""
    kind, function, own = OF_KOPF[name]
    data = (FIXTURES / f"{name}.gz").read_bytes()
    assert problem(data) is None
    costs = function_costs(read(data), kind)
    assert max(costs.own, key=costs.own.__getitem__) == function
    assert costs.own[function] == pytest.approx(own, rel=0.01)


def test_what_is_written_as_pprof_is_read_as_it_was():
    base: Stacks = {("main", "a"): 0.5, ("main",): 0.25}
    head: Stacks = {("main", "a"): 0.125, ("main", "b"): 1.0}
    whole = read(pprof(difference(base, head), sample_type="cpu", unit="s"))
    assert fold(whole) == pytest.approx(
        {("main", "a"): -0.375, ("main",): -0.25, ("main", "b"): 1.0}
    )


def test_both_sides_folded_are_two_counts_a_line():
    text = both_folded({("main", "a;b"): 0.5}, {("main",): 0.25}, step=0.001)
    assert text == "main 0 250\nmain;a:b 500 0\n"


@pytest.mark.parametrize("name", ["kopf-py-spy.folded", "kopf-py-spy.speedscope.json"])
def test_the_place_that_py_spy_writes_beside_a_function_is_its_file_and_line(name):
    kind, function, own = OF_KOPF[name]
    profile = read((FIXTURES / f"{name}.gz").read_bytes())
    costs = function_costs(profile, kind)
    (dearest, *_) = sorted(costs.lines[function].items(), key=lambda each: -each[1])
    assert Path(profile.files[function].path).name == "websites.py"
    assert profile.files[function].line <= dearest[0]
    assert dearest[1] == pytest.approx(own, rel=0.01)  # the line that makes the key, and no other


def memray(profiles: Sequence[Mapping[str, object]]) -> bytes:
    frames = [
        {"name": "main", "file": "/opt/app/main.py", "line": 3},
        {"name": "grow", "file": "/opt/app/table.py", "line": 7},
        {"name": "grow", "file": "/opt/app/table.py", "line": 9},
        {"name": "grow"},
    ]
    shared = {"shared": {"frames": frames}, "exporter": "memray@1.20.0"}
    schema = {"$schema": "https://www.speedscope.app/file-format-schema.json"}
    return json.dumps(schema | shared | {"profiles": profiles}).encode()


def test_of_bytes_and_how_often_they_were_allocated_the_bytes_are_taken():
    """As memray writes both, of the same stacks."""
    samples = {"type": "sampled", "samples": [[0, 1], [0, 2], [0, 3]]}
    found = read(
        memray(
            [
                samples | {"unit": "bytes", "weights": [4096, 1024, 64]},
                samples | {"unit": "none", "weights": [2, 1, 1]},
            ]
        )
    )
    costs = function_costs(found, "space")
    assert costs.own == {"grow (table.py)": 5120.0, "grow": 64.0}
    assert costs.lines["grow (table.py)"] == {7: 4096.0, 9: 1024.0}
    assert found.files["grow (table.py)"].path == "/opt/app/table.py"
    assert choose([found], [found], "heap") == "space"


def test_profiles_of_two_units_are_none():
    two = [{"type": "sampled", "unit": unit} for unit in ("bytes", "seconds")]
    with pytest.raises(NotAProfile, match="no unit in common"):
        read(memray(two))


def test_equal_stacks_at_other_lines_are_one_function():
    profile = read(
        b"main (a.py:9);work (a.py:3) 2\nmain (a.py:8);work (a.py:5) 3\nmain (a.py:8) 1\n"
    )
    costs = function_costs(profile, "samples")
    assert costs.own == {"work (a.py)": 5.0, "main (a.py)": 1.0}
    assert costs.lines["work (a.py)"] == {3: 2.0, 5: 3.0}
    assert profile.files["main (a.py)"].line == 8


def test_a_thread_of_py_spys_that_was_in_no_function_is_left_out():
    profile = read(b"main (a.py:9);work (a.py:3) 2\n 5\nmain (a.py:8) 1\n")
    assert sum(sample.values[0] for sample in profile.samples) == 3
