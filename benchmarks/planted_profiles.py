"""Does a profile diff name the function that was planted, and none where nothing was?

    python -m benchmarks.planted_profiles --sessions 10

compares the planted Go component (`tests/planted_go`) with itself, and with itself with one flaw at
a time: a busy loop in every request, allocations in every request, keys that every change of the
routes leaves behind, a lock that is held, goroutines that never end. Counted is in how many
sessions the first function that changed, of the kind of profile that the flaw is of, is the planted
one in its file; and in how many of those without a flaw any function is named. Needs Go once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml
from tests.real.build import build

from benchmarks.false_alarms import rate
from benchmarks.planted_changes import COMPONENT, launcher
from loadstone.flows.compare import run
from loadstone.flows.request import Request
from loadstone.model import ProfileRow, Record
from loadstone.report.comparison.profiles import moved

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "ingress" / "latency.yaml"
KINDS = ["cpu", "heap", "allocs", "goroutine", "mutex"]


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What head does more, and the function and kind of profile that have to say so."""

    name: str
    flags: str = ""
    function: str = ""
    kinds: tuple[str, ...] = ()


FLAWS = (
    Flaw(name="nothing"),
    Flaw(name="busy-loop", flags="--work=50000", function="main.work", kinds=("cpu",)),
    Flaw(
        name="allocations",
        flags="--garbage=40 --garbage-bytes=512",
        function="main.Flaws.allocate",
        kinds=("allocs",),
    ),
    Flaw(name="keys", flags="--keys=400", function="main.keepKey", kinds=("heap",)),
    Flaw(name="lock", flags="--held=100us", function="main.Flaws.holdLock", kinds=("mutex", "cpu")),
    Flaw(name="goroutines", flags="--leaks=10", function="main.waitForever", kinds=("goroutine",)),
)


def main() -> None:
    asked = parse()
    program = build("planted")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        scenario = with_kinds(place / "profiled.yaml")
        plain = launcher(place / "plain", program, "")
        for flaw in (flaw for flaw in FLAWS if flaw.name in asked.only):
            head = launcher(place / flaw.name, program, flaw.flags)
            report(flaw, plain, head, scenario, asked, place)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=10)
    names = [flaw.name for flaw in FLAWS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--case", default="*body=600")
    parser.add_argument("--rounds", type=int, nargs="+", default=[6])
    return parser.parse_args()


def with_kinds(path: Path) -> Path:
    """The scenario with every kind of profile."""
    scenario = yaml.safe_load(SCENARIO.read_text())
    scenario["workload"]["profiles"] = KINDS
    path.write_text(yaml.safe_dump(scenario, sort_keys=False))
    return path


def report(
    flaw: Flaw, base: Path, head: Path, scenario: Path, asked: argparse.Namespace, place: Path
) -> None:
    named = first = 0
    for seed in range(1, asked.sessions + 1):
        begun = time.monotonic()
        record = run(
            Request(
                scenarios=[str(scenario)],
                component=str(COMPONENT),
                base=f"path:{base}",
                head=f"path:{head}",
                cases=asked.case,
                looks=asked.rounds,
                seed=seed,
                out=place / f"{flaw.name}-{seed}",
            )
        )
        changed = flagged(record)
        named += bool(changed)
        leading = [rows[0] for kind, rows in changed.items() if kind in flaw.kinds]
        right = any(row.function == flaw.function for row in leading)
        first += right and all(row.file.endswith("flaws.go") for row in leading[:1])
        said = "; ".join(f"{kind}: {worded(rows[0])}" for kind, rows in changed.items())
        took = f"{time.monotonic() - begun:.0f} s"
        print(f"{flaw.name}, seed {seed}: {took}, {said or 'nothing named'}", flush=True)
    if flaw.function:
        what = f"{flaw.function} comes first in {rate(first, asked.sessions)}"
    else:
        what = f"any function named in {rate(named, asked.sessions)}"
    print(f"{flaw.name}: {what}\n", flush=True)


def worded(row: ProfileRow) -> str:
    """A function with its place and its change."""
    return f"{row.function} {Path(row.file).name}:{row.line} {row.delta:+.3g}"


def flagged(record: Record) -> dict[str, list[ProfileRow]]:
    """The functions that changed beyond noise, by kind of profile."""
    found: dict[str, list[ProfileRow]] = {}
    for diff in record.profiles:
        rows = [row for row in diff.rows if moved(row)]
        if rows:
            found.setdefault(diff.kind, []).extend(rows)
    return found


if __name__ == "__main__":
    main()
