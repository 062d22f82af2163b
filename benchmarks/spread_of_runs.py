"""How far runs of one revision lie apart, for each metric of a case.

    python -m benchmarks.spread_of_runs [--component traefik] [--revision 3.7.15]
        [--case 'ingress-latency/*body=600'] [--runs 20] [--tier quick]

Prints the standard deviation of the log-ratio between neighbouring runs in percent, with its 95 %
interval, of everything that a comparison would be made of: no change is to be seen in fewer rounds
than that allows. Runs are solo, and those of the cases take turns. Allocations are shown as they
are judged, with the cost of our own reading left in, and as the growth of the counter on the
metrics page.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from loadstone.cluster.provider import provider
from loadstone.component.revisions.resolve import resolve
from loadstone.component.start import start
from loadstone.flows.settings import cache_directory
from loadstone.formats.configuration import Config
from loadstone.measure.context import SessionInputs
from loadstone.measure.load.table import generator
from loadstone.measure.session import measure
from loadstone.model import CasePlan, Design, MetricSource, Plan, Policy, Run, Side, Slot
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario
from loadstone.profiles.reading import problem

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios" / "ingress"


def main() -> None:
    asked = _arguments()
    file = ROOT / "components" / f"{asked.component}.yaml"
    component = parse_component(file.read_text(), file.name)
    read = [
        parse_scenario(each.read_text(), each.name) for each in sorted(SCENARIOS.glob("*.yaml"))
    ]
    bound = [case for scenario in read for case in cases(scenario, asked.tier)]
    chosen, _ = fit([c for c in bound if fnmatchcase(c.case.name, asked.case)], component)
    chosen = [replace(case, design=Design.SOLO) for case in chosen]
    cache = cache_directory(Config())
    base, head = (resolve(component, asked.revision, side, cache=cache) for side in Side)
    plan = Plan(
        component=component.component,
        provider="memory",
        tier=asked.tier,
        base=base,
        head=head,
        cases=chosen,
        policy=Policy(),
        seed=1,
    )
    slots = [
        Slot(case=case.case.name, side=Side.BASE, round=number, order=0)
        for number in range(asked.runs)
        for case in chosen
    ]
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        with provider("memory").provision(workdir=place) as cluster:
            inputs = SessionInputs(
                plan=plan,
                component=component,
                clusters=[cluster],
                start=partial(start, component),
                generator=generator("openloop"),
                profile_problem=problem,
                out=place / "out",
                workdir=place,
            )
            runs = measure(inputs, lambda done: slots[len(done) :], on_run=lambda _: None)
    for case in chosen:
        print("\n".join(table(case, [run for run in runs if run.case == case.case.name])))


def table(case: CasePlan, runs: Sequence[Run]) -> Iterator[str]:
    """A Markdown table of the spread of every metric of a case."""
    valid = [run for run in runs if run.valid]
    yield f"\n### {case.case.name}, {len(valid)} of {len(runs)} runs\n"
    yield "| metric | median | SD between neighbours, % |"
    yield "|---|--:|--:|"
    values: dict[str, list[float]] = defaultdict(list)
    for run in valid:
        for name, value in {**run.values, **_raw(case.sources, run.quantities)}.items():
            values[name].append(value)
    for name, several in values.items():
        if min(several) > 0 and len(several) > 2:
            yield f"| {name} | {np.median(several):.6g} | {spread(several)} |"


def _raw(sources: Mapping[str, MetricSource], found: Mapping[str, float]) -> dict[str, float]:
    """What is not judged: our own cost left in, the page's counters, the neighbours' CPU time."""
    per = {source.quantity: found.get(source.per, 1.0) for source in sources.values()}
    raw = {
        f"{what}, own cost left in": (found[name] + found[f"allocations.own_{what}"]) / per[name]
        for what in ("objects", "bytes")
        if (name := f"allocations.{what}") in found
    }
    for alias, name in (("allocations", "objects"), ("allocated_bytes", "bytes")):
        if (delta := f"scrape.{alias}.delta") in found:
            raw[f"{name}, of the page"] = found[delta] / per.get(f"allocations.{name}", 1.0)
    names = ("allocations.own_objects", "upstream.cpu_seconds", "generator.cpu_seconds")
    return raw | {name: found[name] for name in names if name in found}


def spread(values: Sequence[float]) -> str:
    """The SD of the log-ratio of neighbours in percent, with its 95 % interval."""
    ratios = np.diff(np.log(values))
    freedom = len(values) - 1
    sd = float(np.sqrt(np.mean(ratios**2))) * 100
    low, high = (sd * math.sqrt(freedom / chi2.ppf(at, freedom)) for at in (0.975, 0.025))
    return f"{sd:.2f} [{low:.2f}–{high:.2f}]"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--component", default="traefik")
    parser.add_argument("--revision", default="3.7.15")
    parser.add_argument("--case", default="*")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--tier", default="quick")
    return parser.parse_args()


if __name__ == "__main__":
    main()
