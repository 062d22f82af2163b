"""What it costs to start a program that dies with us, by how much memory we have.

    python -m benchmarks.starting_programs [--starts 50] [--memory 0 250 1000]

A program that a name leads to is started by vfork and `setpriv`, one that a path leads to by a fork
of this process. Both by turns, and no program at all but the same without that it dies with us.
Each line is the memory of this process, and of each way the medians of the wall time and of the CPU
time, ours and the program's, of one start to its end.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

import psutil

from loadstone.system import processes

_PAGE = 4096
_PROGRAM = "true"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--starts", type=int, default=50)
    asked.add_argument("--memory", type=int, nargs="+", default=[0, 250, 1000], help="MiB")
    given = asked.parse_args()
    path = shutil.which(_PROGRAM)
    assert path is not None
    ways: dict[str, Callable[[], object]] = {
        "by name": lambda: processes.run([_PROGRAM]),
        "by path": lambda: processes.run([path]),
        "alone": lambda: subprocess.run(
            [path], stdin=subprocess.DEVNULL, capture_output=True, check=True
        ),
    }
    print("| memory, MiB |", *(f"{way}, ms | its CPU, ms |" for way in ways))
    print("|--:|", "--:|" * (2 * len(ways)), sep="")
    for more in given.memory:
        kept = _touched(more)
        costs = _costs(ways, given.starts)
        cells = (f"{wall:.1f} | {cpu:.1f} |" for wall, cpu in costs.values())
        print(f"| {psutil.Process().memory_info().rss / 2**20:.0f} |", *cells, flush=True)
        del kept


def _touched(mebibytes: int) -> bytearray:
    """Memory of which each page is there."""
    made = bytearray(mebibytes * 2**20)
    made[::_PAGE] = b"\1" * len(range(0, len(made), _PAGE))
    return made


def _costs(ways: dict[str, Callable[[], object]], starts: int) -> dict[str, tuple[float, float]]:
    """Milliseconds of wall time and of CPU time of each way, medians."""
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for start in ways.values():
        start()  # once uncounted: the first one looks for setpriv
    for _ in range(starts):
        for way, start in ways.items():
            clock, cpu = time.perf_counter(), _cpu()
            start()
            taken[way].append((time.perf_counter() - clock, _cpu() - cpu))
    return {way: _medians(each) for way, each in taken.items()}


def _cpu() -> float:
    """Seconds of this process and of what it has started that has ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _medians(taken: list[tuple[float, float]]) -> tuple[float, float]:
    walls, cpus = zip(*taken, strict=True)
    return 1000 * statistics.median(walls), 1000 * statistics.median(cpus)


if __name__ == "__main__":
    main()
