"""Resident memory of one program by how its file came into the page cache.

    python benchmarks/resident.py PROGRAM [ARGUMENT …]

Starts the program three times for each way and prints anonymous and file-backed resident memory
after 2 s. Needs a copy of the file beside itself, which it makes and removes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from loadstone.component.page_cache import settle

RUNS = 3
SETTLING = 2.0  # s
FIELDS = ("RssAnon", "RssFile")


def drop(path: Path) -> None:
    """Out of the page cache: what the program needs, it faults in page by page."""
    with path.open("rb") as file:
        os.fdatasync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def write(path: Path) -> None:
    """Just written, as by an installer."""
    fresh = path.with_suffix(".fresh")
    shutil.copy(path, fresh)
    fresh.replace(path)


WAYS: dict[str, Callable[[Path], None]] = {
    "faulted in by the program": drop,
    "just written": write,
    "read from one end to the other": settle,
}


def resident(command: list[str]) -> dict[str, float]:
    """MiB of the program by kind, after it has settled."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(SETTLING)
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    finally:
        process.kill()
        process.wait()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) / 1024 for name in FIELDS}


def main() -> None:
    program, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / Path(program).name
        shutil.copy(program, copy)
        print(f"{'the file was':32} {'anonymous':>10} {'of files':>10}  MiB")
        for way, prepare in WAYS.items():
            for _ in range(RUNS):
                prepare(copy)
                found = resident([str(copy), *arguments])
                print(f"{way:32} {found['RssAnon']:10.1f} {found['RssFile']:10.1f}")


if __name__ == "__main__":
    main()
