"""Real profiles of other runtimes and tools: the README beside them says how each was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from benchmarks.pprof_files import exact

from loadstone.profiles.pprof import fold, parse
from loadstone.profiles.reading import problem
from loadstone.profiles.sample_type import choose
from tests.profiles.compared import costs, diff

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
REAL = sorted(FIXTURES.glob("*.pb.gz"))
MIB = 2.0**20

# file → kind, the type that is compared, its sum, a function with its own and its whole cost;
# the figures are those of `go tool pprof -top`
SAID = {
    "node-heap": ("heap", "space", 11.26 * MIB, "hold", 9.80 * MIB, 9.80 * MIB),
    "node-datadog-heap": ("heap", "inuse_space", 11.24 * MIB, "hold", 9.73 * MIB, 9.73 * MIB),
    "node-wall": ("cpu", "wall", 0.705, "work", 0.697, 0.697),
    "node-datadog-wall": ("cpu", "wall", 1.172, "work", 1.164, 1.164),
    "python-pyroscope-cpu": ("cpu", "cpu", 10.07, "work", 2.75, 9.86),
    "go-block": ("block", "delay", 3.70991, "main.contended", 0.0, 2.77840),
    "traefik-3.7.15-cpu": ("cpu", "cpu", 0.74, "net/http.(*conn).serve", 0.0, 0.60),
}


@pytest.mark.parametrize("name", SAID)
def test_a_profile_of_another_tool_says_what_pprof_says(name):
    kind, chosen, total, function, flat, cum = SAID[name]
    data = (FIXTURES / f"{name}.pb.gz").read_bytes()
    profile = parse(data)
    assert problem(data) is None
    assert choose([profile], [profile], kind) == chosen
    found = costs(fold(profile, chosen))
    assert found.sum == pytest.approx(total, rel=2e-3)
    assert found.own.get(function, 0.0) == pytest.approx(flat, rel=2e-3)
    assert found.total[function] == pytest.approx(cum, rel=2e-3)


@pytest.mark.parametrize("name", SAID)
def test_a_profile_of_another_tool_compares_with_itself_as_equal(name):
    profile = parse((FIXTURES / f"{name}.pb.gz").read_bytes())
    found = diff([profile] * 3, [profile] * 3, case="c", kind=SAID[name][0])
    assert found.rows
    assert all(row.delta == 0.0 for row in found.rows)
    assert found.unit in {"s", "By"}


def test_two_runs_of_a_program_without_symbols_have_functions_in_common():
    """Each was loaded somewhere else, and the addresses have nothing in common."""
    one, two = (parse((FIXTURES / f"gperftools-converted-{n}.pb.gz").read_bytes()) for n in (1, 2))
    first, second = (costs(fold(each, "cpu")).total for each in (one, two))
    common = first.keys() & second.keys()
    assert {name.partition("+")[0] for name in common} == {"sha256sum", "libc.so.6"}
    whole = max(first.values())
    assert sum(first[name] == whole for name in common) >= 2  # where the program began
    assert not any(name.startswith("0x") for name in first)


def test_a_program_that_waited_for_no_lock_has_a_good_profile():
    data = (FIXTURES / "go-mutex-idle.pb.gz").read_bytes()
    assert problem(data) is None
    profile = parse(data)
    assert diff([profile], [profile], case="c", kind="mutex").base_total == 0.0


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("go"), reason="needs Go, whose pprof is held against")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_function_of_every_profile_costs_what_pprof_says(path):
    assert exact(path)
