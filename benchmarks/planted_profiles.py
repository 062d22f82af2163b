"""Does a profile diff name the function that was planted, and none where nothing was?

    python -m benchmarks.planted_profiles --sessions 10

compares commits of the planted Go component between which one commit of three plants a flaw
(`benchmarks/planted_repository.py`): a busy loop in every request, allocations in every request,
keys that every change of the routes leaves behind, a lock that is held, goroutines that never end.
Counted is in how many sessions the first function that changed, of the kinds of profile that the
flaw is of, is the planted one, at a line of it in its file, by the planted commit; and in how many
of those without a flaw any function is named. Said as well is the least part of the kernel's CPU
time that a CPU profile of a session saw. With `--keep` records and profiles stay, and a session
that is there already is compared anew and not measured again: so more can be added later, or all be
counted by another judge. Needs Go and Git.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import yaml

from benchmarks.false_alarms import rate
from benchmarks.planted_changes import COMPONENT
from benchmarks.planted_repository import FILE, FLAWS, Flaw, PlantedRepository, make
from loadstone.flows.compare import run
from loadstone.flows.profile_diffs import diffs
from loadstone.flows.request import Request
from loadstone.model import ProfileRow, Record
from loadstone.report.comparison.profiles import moved
from loadstone.store.records import load

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "ingress" / "latency.yaml"
KINDS = ["cpu", "heap", "allocs", "goroutine", "mutex"]


def main() -> None:
    asked = parse()
    with tempfile.TemporaryDirectory() as scratch:
        files, kept = Path(scratch), asked.keep or Path(scratch)
        scenario = with_kinds(files / "profiled.yaml")
        for flaw in (flaw for flaw in FLAWS if flaw.name in asked.only):
            repository = make(files / flaw.name, flaw)
            component = built_from(repository, flaw, files / f"{flaw.name}.yaml")
            report(flaw, repository, component, scenario, asked, kept)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=10)
    names = [flaw.name for flaw in FLAWS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--case", default="*body=600")
    parser.add_argument("--rounds", type=int, nargs="+", default=[6])
    parser.add_argument("--keep", type=Path, help="a directory for what was measured")
    return parser.parse_args()


def with_kinds(path: Path) -> Path:
    """The scenario with every kind of profile."""
    scenario = yaml.safe_load(SCENARIO.read_text())
    scenario["workload"]["profiles"] = KINDS
    path.write_text(yaml.safe_dump(scenario, sort_keys=False))
    return path


def built_from(repository: PlantedRepository, flaw: Flaw, path: Path) -> Path:
    """The component built from the repository, with the flags that make the flaw's function run."""
    component = yaml.safe_load(COMPONENT.read_text())
    component["revisions"]["build"] = {
        "repository": str(repository.path),
        "command": ["go", "build", "-trimpath", "-o", "planted", "."],
        "executable": "planted",
    }
    component["command"] += flaw.flags
    path.write_text(yaml.safe_dump(component, sort_keys=False))
    return path


def report(
    flaw: Flaw,
    repository: PlantedRepository,
    component: Path,
    scenario: Path,
    asked: argparse.Namespace,
    kept: Path,
) -> None:
    named = first = 0
    for seed in range(1, asked.sessions + 1):
        begun = time.monotonic()
        request = Request(
            scenarios=[str(scenario)],
            component=str(component),
            base=repository.base,
            head=repository.head,
            cases=asked.case,
            looks=asked.rounds,
            seed=seed,
            out=kept / f"{flaw.name}-{seed}",
        )
        record = measured(request)
        changed = flagged(record)
        named += bool(changed)
        first += any(
            right(rows[0], flaw, repository) for kind, rows in changed.items() if kind in flaw.kinds
        )
        said = "; ".join(f"{kind}: {worded(rows[0])}" for kind, rows in changed.items())
        took = f"{time.monotonic() - begun:.0f} s, saw {seen(record)}"
        print(f"{flaw.name}, seed {seed}: {took}, {said or 'nothing named'}", flush=True)
    if flaw.function:
        where = f"{flaw.function} of {FILE} by {repository.planted[:7]}"
        print(f"{flaw.name}: {where} comes first in {rate(first, asked.sessions)}\n", flush=True)
    else:
        print(f"{flaw.name}: any function named in {rate(named, asked.sessions)}\n", flush=True)


def measured(request: Request) -> Record:
    """The record of a session: a new one, or one that was kept with its profiles compared anew."""
    kept = request.out / "record.json"
    if kept.exists():
        record = load(kept)
        return replace(record, profiles=diffs(record.runs, request.out, record.plan)[0])
    shutil.rmtree(request.out, ignore_errors=True)  # of a session that was cut off
    return run(request)


def right(row: ProfileRow, flaw: Flaw, repository: PlantedRepository) -> bool:
    """Whether a row names the planted function, a line of it, and the commit that planted it."""
    first, last = repository.lines
    return (
        row.function == flaw.function
        and Path(row.file).name == FILE
        and first <= row.line <= last
        and row.reach == "touched"
        and list(row.commits) == [repository.planted[:12]]
    )


def worded(row: ProfileRow) -> str:
    """A function with its place, its change and the commits that it is laid to."""
    place = f"{Path(row.file).name}:{row.line}"
    commits = " ".join(each[:7] for each in row.commits) or "no commit"
    return f"{row.function} {place} {row.delta:+.3g} {row.reach or 'not known'} by {commits}"


def seen(record: Record) -> str:
    """The least part of the kernel's CPU time that a profile saw."""
    parts = [diff.seen for diff in record.profiles if diff.seen is not None]
    return f"{min(parts):.0%} or more of CPU time" if parts else "no CPU time"


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
