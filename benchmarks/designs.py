"""Which design of a round sees the smallest change in a given time, measured here and now?

    python -m benchmarks.designs --component traefik --revision 3.7.15 --rounds 20

measures one case with the same revision on both sides, in every design, rounds of all designs
interleaved in random order. For each design and metric it prints the standard deviation of a
round's log-ratio, the correlation of a round with the one before, the change that one row would
detect after 1, 3 and 6 minutes of wall time (80 % power, two-sided 5 %, paired t), the bias of lane
1 against lane 0, and the level against that of solo rounds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import t as student
from tabulate import tabulate

from loadstone.flows.prepare import prepare
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.session import opened_log, session
from loadstone.model import Case, CasePlan, Design, Plan, Run, Side, Slot
from loadstone.plan.schedule import slots
from loadstone.profiles.reading import problem
from loadstone.system.lock import claimed

MINUTES = (1, 3, 6)
METRICS = (
    "cpu_per_1k_requests",
    "latency_p50",
    "latency_p90",
    "latency_p99",
    "allocations_per_request",
    "allocated_bytes_per_request",
    "memory_peak",
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The shape of a round: its design, and the seconds of its warm-up and its window."""

    design: Design
    warmup: float
    window: float

    @property
    def name(self) -> str:
        return f"{self.design}-{self.window:g}s-after-{self.warmup:g}s"


SHAPES = (
    Shape(design=Design.SOLO, warmup=1, window=5),
    Shape(design=Design.MIXED, warmup=1, window=2.5),
    Shape(design=Design.MIXED, warmup=1, window=5),
    Shape(design=Design.MIXED, warmup=1, window=10),
)


def main() -> None:
    asked = parse()
    with tempfile.TemporaryDirectory() as scratch:
        out = asked.out or Path(scratch)
        runs = measured(asked, out)
    rows = [
        row(shape, metric, runs)
        for metric in METRICS
        for shape in SHAPES
        if any(metric in run.values for run in runs)
    ]
    if asked.json:
        print(json.dumps(rows))
        return
    print(tabulate(overheads(runs), headers="keys", tablefmt="github", floatfmt=".2f"))
    print()
    print(tabulate(rows, headers="keys", tablefmt="github"))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--component", default="traefik")
    parser.add_argument("--revision", default="3.7.15")
    parser.add_argument("--scenario", default="ingress-latency")
    parser.add_argument("--case", default="*body=600*")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="keep the runs here")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def measured(asked: argparse.Namespace, out: Path) -> Sequence[Run]:
    """The runs of all shapes, interleaved."""
    request = Request(
        scenarios=[asked.scenario],
        component=asked.component,
        base=asked.revision,
        head=asked.revision,
        cases=asked.case,
        seed=asked.seed,
        out=out,
    )
    job = shaped(prepare(request))
    with claimed(out):
        log = opened_log(out, job.plan, resume=False)
        with session(job, log, config=request.config) as begun:
            turns = Turns(job.plan, asked.rounds)
            return begun.measure(begun.record(), turns, profile_problem=problem).runs


def shaped(job: Job) -> Job:
    """The job with its first case in every shape, without profiles, which cost time."""
    one = job.plan.cases[0]
    return replace(job, plan=replace(job.plan, cases=[shape_of(one, shape) for shape in SHAPES]))


def shape_of(case: CasePlan, shape: Shape) -> CasePlan:
    return replace(
        case,
        case=Case(scenario=shape.name),
        design=shape.design,
        solo=0.0,
        warmup=shape.warmup,
        window=shape.window,
        workload={**case.workload, "profiles": []},
    )


class Turns:
    """A schedule of so many rounds over all cases of a plan."""

    def __init__(self, plan: Plan, rounds: int) -> None:
        self.plan, self.rounds = plan, rounds

    def __call__(self, runs: Sequence[Run]) -> Sequence[Slot]:
        names = [case.case.name for case in self.plan.cases]
        done = {(run.case, run.side, run.round) for run in runs}
        for number in range(1, self.rounds + 1):
            mixed = self.plan.mixed(number)
            due = slots(names, number, self.plan.seed, len(runs), mixed)
            rest = [slot for slot in due if (slot.case, slot.side, slot.round) not in done]
            if rest:
                return rest
        return ()


def pairs(shape: Shape, metric: str, runs: Sequence[Run]) -> Sequence[tuple[Run, Run]]:
    """The base and head of every round of which both are valid."""
    by: dict[int, dict[Side, Run]] = {}
    for run in runs:
        if run.case == shape.name and run.valid and metric in run.values:
            by.setdefault(run.round, {})[run.side] = run
    return [(each[Side.BASE], each[Side.HEAD]) for each in by.values() if len(each) == len(Side)]


def row(shape: Shape, metric: str, runs: Sequence[Run]) -> Mapping[str, object]:
    """One line of the table; changes and spreads in percent."""
    both = pairs(shape, metric, runs)
    ratios = np.array([np.log(head.values[metric] / base.values[metric]) for base, head in both])
    seconds = float(np.mean([base.seconds + head.seconds for base, head in both])) if both else 0.0
    found: dict[str, object] = {"metric": metric, "shape": shape.name, "rounds": len(both)}
    if len(both) < 3:
        return found
    spread = float(ratios.std(ddof=1))
    found |= {"s/round": f"{seconds:.1f}", "SD": f"{100 * spread:.2f}", "lag 1": lag(ratios)}
    for minutes in MINUTES:
        found[f"sees in {minutes} min"] = detects(spread, minutes * 60 / seconds)
    found["lane bias"] = lane_bias(both, ratios)
    found["level"] = level(both, metric, runs)
    return found


def detects(spread: float, rounds: float) -> str:
    """The change that a paired t test of so many rounds detects, in percent."""
    whole = int(rounds)
    if whole < 2:
        return "–"
    reach = student.ppf(0.975, whole - 1) + student.ppf(0.8, whole - 1)
    return f"{100 * np.expm1(reach * spread / np.sqrt(whole)):.2f}"


def lag(ratios: np.ndarray) -> str:
    centred = ratios - ratios.mean()
    return f"{float(centred[1:] @ centred[:-1] / (centred @ centred)):+.2f}"


def lane_bias(both: Sequence[tuple[Run, Run]], ratios: np.ndarray) -> str:
    """Lane 1 against lane 0 over all pairs, with its 95 % interval."""
    if both[0][0].design is Design.SOLO:
        return ""
    signed = np.array([1.0 if head.lane else -1.0 for _, head in both]) * ratios
    reach = student.ppf(0.975, len(signed) - 1) * signed.std(ddof=1) / np.sqrt(len(signed))
    return f"{100 * signed.mean():+.2f} ± {100 * reach:.2f}"


def level(both: Sequence[tuple[Run, Run]], metric: str, runs: Sequence[Run]) -> str:
    """The mean of both sides against that of the first solo shape."""
    own = np.mean([side.values[metric] for pair in both for side in pair])
    solo = [side.values[metric] for pair in pairs(SHAPES[0], metric, runs) for side in pair]
    return f"{100 * (own / np.mean(solo) - 1):+.0f} %" if solo else ""


def overheads(runs: Sequence[Run]) -> Sequence[Mapping[str, object]]:
    """What a round of each shape costs beside its warm-ups and windows."""
    found = []
    for shape in SHAPES:
        taken = [run.seconds for run in runs if run.case == shape.name and run.valid]
        if not taken:
            continue
        times = 1 if shape.design is Design.MIXED else 2
        wanted = times * (shape.warmup + shape.window)
        found.append(
            {
                "shape": shape.name,
                "s a round": 2 * float(np.mean(taken)),
                "of it warm-up and window": wanted,
                "overhead": 2 * float(np.mean(taken)) - wanted,
                "runs void": sum(not r.valid for r in runs if r.case == shape.name),
            }
        )
    return found


if __name__ == "__main__":
    main()
