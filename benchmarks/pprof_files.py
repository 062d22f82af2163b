"""Is our reader of profiles as exact as `go tool pprof`, and how fast and large is it beside that?

    python -m benchmarks.pprof_files

Reads every pprof file of `tests/data/profiles` with both, and holds each function's own and whole
cost of every sample type against the other's, in whole numbers. Times are of programs from their
start to their end, the best of five, and of our reader inside a program that runs. Last comes a
made profile of 50 MiB, read once by each, with the memory that it took. Needs Go.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tests.profiles import large
from tests.profiles.compared import diff
from tests.profiles.raw import raw

from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.pprof import parse
from loadstone.profiles.reading import read

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "tests" / "data" / "profiles"
REPEATS = 5
OURS = (
    "import sys; from pathlib import Path; from loadstone.profiles.reading import read; "
    "from loadstone.profiles.function_costs import function_costs; "
    "found = read(Path(sys.argv[1]).read_bytes()); function_costs(found, found.types[-1].name)"
)
MADE = (
    "import sys; from tests.profiles import large; open(sys.argv[1], 'wb').write(large.profile())"
)
Stacks = Iterable[tuple[tuple[str, ...], Sequence[int]]]
ByFunction = Mapping[tuple[str, str], tuple[int, ...]]


def main() -> None:
    files = sorted(FILES.glob("*.pb.gz"))
    agreed = [exact(path) for path in files]
    print(f"{sum(agreed)} of {len(files)} files agree in every function and every sample type\n")
    one = FILES / "traefik-3.7.15-heap.pb.gz"
    speed(one)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "large.pb"
        # In a process of its own: one that is started here counts what is resident here as its own.
        subprocess.run([sys.executable, "-c", MADE, str(path)], check=True, cwd=ROOT)
        size(path)


def exact(path: Path) -> bool:
    """Hold one file against pprof, and say what came of it."""
    theirs, profile = raw(path), parse(path.read_bytes())
    mine = by_function((each.stack, each.values) for each in profile.samples)
    their = by_function(theirs.stacks.items())
    differing = [name for name in their if mine.get(name) != their[name]]
    types = [f"{kind.name}/{kind.unit}" for kind in profile.types]
    sums = totals((each.values for each in profile.samples), len(types))
    good = not differing and types == theirs.types
    good = good and sums == totals(theirs.stacks.values(), len(types))
    named = len({name for _, name in their})
    said = "the same" if good else f"DIFFER: {differing[:3] or sums}"
    print(f"{path.name:32} {len(types)} types, {named:4} functions: {said}")
    return good


def by_function(stacks: Stacks) -> ByFunction:
    """Own and whole values of each function that has a name, by sample type."""
    found: dict[tuple[str, str], Counter[int]] = {}
    for stack, values in stacks:
        places = [
            *(("whole", name) for name in set(stack)),
            *(("own", name) for name in stack[-1:]),
        ]
        for place in places:
            if place[1]:
                summed = found.setdefault(place, Counter())
                for column, value in enumerate(values):
                    summed[column] += value
    return {
        place: tuple(values for _, values in sorted(each.items())) for place, each in found.items()
    }


def totals(values: Iterable[Sequence[int]], columns: int) -> list[int]:
    """The sum of every column."""
    every = list(values)
    return [sum(each[column] for each in every) for column in range(columns)]


def speed(path: Path) -> None:
    """One file read and summed up by function, and a pair of them compared."""
    data = path.read_bytes()
    profile = read(data)
    theirs = best(lambda: pprof("-top", str(path)))
    pair = best(lambda: pprof("-top", "-diff_base", str(path), str(path)))
    started = best(lambda: ours(path))
    inside = best(lambda: function_costs(read(data), "inuse_space"))
    twenty = best(lambda: diff([profile] * 10, [profile] * 10, kind="heap"))
    print(f"{path.name}, best of {REPEATS}")
    print(f"  summed up by function:    go tool pprof -top             {1000 * theirs:7.0f} ms")
    print(f"                            Loadstone, from its start      {1000 * started:7.0f} ms")
    print(f"                            Loadstone, inside a program    {1000 * inside:7.1f} ms")
    print(f"  two of them compared:     go tool pprof -top -diff_base  {1000 * pair:7.0f} ms")
    print(f"  ten and ten, with intervals: Loadstone, when read        {1000 * twenty:7.1f} ms\n")


def size(path: Path) -> None:
    """A large file summed up by function once, with what it took."""
    print(f"a made profile of {path.stat().st_size / large.MIB:.1f} MiB, {large.SAMPLES:,} stacks")
    for who, command in (
        ("go tool pprof -top", ["go", "tool", "pprof", "-symbolize=none", "-top", str(path)]),
        ("Loadstone", [sys.executable, "-c", OURS, str(path)]),
    ):
        seconds, cpu, peak = taken(command)
        print(f"  {who:20} {seconds:5.1f} s, {cpu:5.1f} s of CPU, {peak / large.MIB:5.0f} MiB")


def taken(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak bytes of the largest process of a command."""
    started = perf_counter()
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawnp(command[0], list(command), os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit(f"{' '.join(command[:3])} failed")
    return perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0


def pprof(*arguments: str) -> None:
    command = ["go", "tool", "pprof", "-symbolize=none", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def ours(path: Path) -> None:
    subprocess.run([sys.executable, "-c", OURS, str(path)], check=True, capture_output=True)


def best(call: Callable[[], object]) -> float:
    """Seconds of the fastest of a few calls."""
    seconds = []
    for _ in range(REPEATS):
        started = perf_counter()
        call()
        seconds.append(perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    main()
