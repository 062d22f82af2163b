"""How often are small planted changes found in quick runs, and none where there is none?

    python -m benchmarks.planted_changes --sessions 10

compares the planted Go component (`tests/planted_go`) with itself, with itself at so much more CPU
time per request, and with so many more allocations per request. What a request costs is measured in
first sessions; what is added is counted in steps of arithmetic and in objects, so that the change
is known. Needs Go once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.real.build import build

from benchmarks.false_alarms import flagged, rate
from loadstone.flows.compare import run
from loadstone.flows.request import Request
from loadstone.model import Record, Side, Verdict

COMPONENT = Path(__file__).resolve().parent.parent / "tests" / "planted_go" / "component.yaml"
CPU = "cpu_per_1k_requests"
ALLOCATIONS = "allocations_per_request"
FEW = 3  # times what is asked for, where a step is weighed the second time


@dataclass(frozen=True, kw_only=True)
class Plant:
    """What head costs more, and the metric on which that is to be found ("" for none)."""

    name: str
    flags: str
    metric: str


def main() -> None:
    asked = parse()
    program = build("planted")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        plain = launcher(place / "plain", program, "")
        allocated, steps = calibrated(plain, program, asked, place)
        objects = max(1, round(asked.allocations * allocated))
        exact = objects / allocated
        plants = (
            Plant(name="nothing", flags="", metric=""),
            Plant(name=f"CPU +{asked.cpu:.1%}", flags=f"--work={round(steps)}", metric=CPU),
            Plant(
                name=f"allocations +{exact:.2%}", flags=f"--garbage={objects}", metric=ALLOCATIONS
            ),
        )
        for plant in (plant for plant in plants if plant.name.split()[0] in asked.only):
            # Without a flaw it is named as base is: another name of the same bytes is refused.
            flawed = launcher(place / plant.name.replace(" ", "-"), program, plant.flags)
            head = flawed if plant.flags else plain
            report(plant, plain, head, asked, place)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--cpu", type=float, default=0.02, help="share of CPU time that is added")
    parser.add_argument("--allocations", type=float, default=0.01, help="share that is added")
    kinds = ("nothing", "CPU", "allocations")
    parser.add_argument("--only", nargs="+", choices=kinds, default=kinds)
    parser.add_argument("--scenario", default="ingress-latency")
    parser.add_argument("--case", default="*")
    return parser.parse_args()


def launcher(path: Path, program: Path, flags: str) -> Path:
    """A script that is a revision: the program with the flags of its flaws."""
    path.write_text(f'#!/bin/sh\nexec {program} {flags} "$@"\n')
    path.chmod(0o755)
    return path


def calibrated(
    plain: Path, program: Path, asked: argparse.Namespace, place: Path
) -> tuple[float, float]:
    """The objects of a request, and the steps of arithmetic that add the share that is asked for.

    A step costs less in a long loop than in a short one, so that it is weighed twice: in a long
    one to begin with, and then in one that adds a few times what is asked for.
    """
    steps = 40_000.0
    for weighing in ("long", "short"):
        heavy = launcher(place / f"heavy-{weighing}", program, f"--work={round(steps)}")
        record = session(plain, heavy, asked, place / f"levels-{weighing}", seed=0)
        share = median(changes(record, CPU))
        assert share > 0, f"{steps:.0f} steps of arithmetic cost nothing here"
        print(f"{steps:.0f} steps of arithmetic add {share:.2%}", flush=True)
        steps *= FEW * asked.cpu / share
    return objects_per_request(record), steps / FEW


def session(base: Path, head: Path, asked: argparse.Namespace, out: Path, seed: int) -> Record:
    request = Request(
        scenarios=[asked.scenario],
        component=str(COMPONENT),
        base=f"path:{base}",
        head=f"path:{head}",
        cases=asked.case,
        seed=seed,
        out=out,
    )
    return run(request)


def objects_per_request(record: Record) -> float:
    """The objects that base allocates for a request: the median over all of its runs."""
    runs = [run for run in record.runs if run.side is Side.BASE and run.valid]
    return median(run.values[ALLOCATIONS] for run in runs if ALLOCATIONS in run.values)


def changes(record: Record, metric: str) -> list[float]:
    """How much head costs more in each case, by its pairs."""
    assert record.judgement is not None
    rows = [row for row in record.judgement.comparisons if row.metric.name == metric]
    return [row.change.estimate for row in rows if row.change is not None]


def report(plant: Plant, base: Path, head: Path, asked: argparse.Namespace, place: Path) -> None:
    found = 0
    alarms = 0
    for seed in range(1, asked.sessions + 1):
        begun = time.monotonic()
        record = session(base, head, asked, place / f"{head.name}-{seed}", seed)
        rows = regressions(record)
        found += plant.metric in rows
        alarms += bool(flagged(record))
        said = ", ".join(flagged(record)) or "nothing flagged"
        print(f"{plant.name}, seed {seed}: {time.monotonic() - begun:.0f} s, {said}", flush=True)
        print(f"  {shown(record)}", flush=True)
    if plant.metric:
        print(f"{plant.name}: found in {rate(found, asked.sessions)}\n", flush=True)
    else:
        print(f"{plant.name}: anything flagged in {rate(alarms, asked.sessions)}\n", flush=True)


def regressions(record: Record) -> Sequence[str]:
    """The metrics on which a regression was found, in a case or over all of them."""
    assert record.judgement is not None
    rows = [*record.judgement.comparisons, *record.judgement.suite]
    return [row.metric.name for row in rows if row.verdict is Verdict.REGRESSION]


def shown(record: Record) -> str:
    """What was seen of CPU time and allocations."""
    assert record.judgement is not None
    return "; ".join(
        f"{row.metric.name} {row.case or 'suite'} {row.change.estimate:+.2%} "
        f"[{row.change.low:+.2%}, {row.change.high:+.2%}]"
        for row in (*record.judgement.comparisons, *record.judgement.suite)
        if row.metric.name in (CPU, ALLOCATIONS) and row.change is not None
    )


if __name__ == "__main__":
    main()
