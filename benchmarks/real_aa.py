"""False alarms on real repetitions of unchanged benchmarks.

    python -m benchmarks.real_aa DIRECTORY

The directory holds CSV files of repeated executions of Go benchmarks on cloud machines, one file a
version, with the columns b_name, ir_pos (machine), sr_pos (execution of the suite), it_pos
(iteration) and ns_per_op: those of `optimizer/dataset_1/go_data_path` in the replication package
of µOpTime (doi 10.5281/zenodo.14725868). Nothing differs inside a file: every flag is false.

A pair is two iterations of one execution on one machine, in random order; warm judgements learn
from the other versions of the same project. Rules that need stored values get each execution of a
version in turn as the new commit, and the other eight, in random order, as those before it.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from benchmarks.operating_characteristics import judged, share
from benchmarks.rules import LEFT_OUT, RULES
from benchmarks.rules_stored import STORED, Past
from loadstone.model import Direction, Metric, Policy
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.learning import model

TIME = Metric(name="time", unit="s", direction=Direction.LOWER, margin=0.03)
Cell = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Version:
    """All executions of one version: benchmarks × machines × executions × iterations, in ns."""

    project: str
    values: Floats


def load(path: Path) -> Version:
    """One file; the mean over what was measured within an iteration."""
    cells: dict[tuple[str, Cell], list[float]] = defaultdict(list)
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            place = (int(row["ir_pos"]) - 1, int(row["sr_pos"]) - 1, int(row["it_pos"]) - 1)
            cells[row["b_name"], place].append(float(row["ns_per_op"]))
    names = sorted({name for name, _ in cells})
    shape = [1 + max(place[axis] for _, place in cells) for axis in range(3)]
    values = np.full([len(names), *shape], np.nan)
    for (name, place), found in cells.items():
        values[(names.index(name), *place)] = np.mean(found)
    return Version(project=path.stem.split("-")[0], values=values)


def report(version: Version, pairs: Sequence[tuple[Cell, Cell]], random: Generator) -> Samples:
    """Both sides of a comparison with itself; which run is called base is tossed."""
    turned = [pair if random.random() < 0.5 else pair[::-1] for pair in pairs]
    rows = len(version.values)
    return Samples(
        cases=[f"benchmark-{number}" for number in range(rows)],
        metrics=[TIME] * rows,
        rounds=list(range(len(pairs))),
        base=np.array([version.values[(slice(None), *one)] for one, _ in turned]).T,
        head=np.array([version.values[(slice(None), *other)] for _, other in turned]).T,
    )


def adjacent(version: Version, random: Generator) -> Iterator[tuple[Cell, Cell]]:
    """Pairs of iterations of one execution: two a machine and execution."""
    _, machines, executions, iterations = version.values.shape
    for machine in range(machines):
        for execution in range(executions):
            order = [int(place) for place in random.permutation(iterations)]
            for one, other in ((order[0], order[1]), (order[2], order[3])):
                yield (machine, execution, one), (machine, execution, other)


def reports(version: Version, rounds: int, times: int, seed: int) -> list[Samples]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(times):
        pairs = list(adjacent(version, random))
        chosen = [pairs[place] for place in random.permutation(len(pairs))[:rounds]]
        found.append(report(version, chosen, random))
    return found


def warm(versions: Sequence[Version], now: int, rounds: int) -> History | None:
    """The noise model of the project's other versions with the same benchmarks."""
    mine = versions[now]
    others = [
        (place, version)
        for place, version in enumerate(versions)
        if place != now
        and version.project == mine.project
        and len(version.values) == len(mine.values)
    ]
    past = [reports(version, rounds, 3, 100 + place) for place, version in others]
    return model(each for several in past for each in several) if past else None


def sessions(version: Version, seed: int) -> Iterator[tuple[Samples, Past]]:
    """Each execution as the only side measured now, and the others as what was stored."""
    random = np.random.default_rng(seed)
    rows, _, _, iterations = version.values.shape
    runs = version.values.reshape(rows, -1, iterations)
    for now in range(runs.shape[1]):
        others = [int(one) for one in random.permutation(runs.shape[1]) if one != now]
        samples = Samples(
            cases=[f"benchmark-{number}" for number in range(rows)],
            metrics=[TIME] * rows,
            rounds=list(range(iterations)),
            base=np.full((rows, iterations), np.nan),
            head=runs[:, now],
        )
        yield samples, runs[:, others]


def main() -> None:
    versions = [load(path) for path in sorted(Path(sys.argv[1]).glob("*.csv"))]
    print("rounds | judge | reports | alarm | coverage")
    for policy in (Policy(looks=(6,)), Policy()):
        rounds = policy.looks[-1]
        label = " ".join(str(look) for look in policy.looks)
        for kind in ("cold", "warm"):
            alarms, covered = [], []
            for now, version in enumerate(versions):
                history = warm(versions, now, rounds) if kind == "warm" else None
                if kind == "warm" and history is None:
                    continue
                for samples in reports(version, rounds, 20, now):
                    analysis, _ = judged(samples, policy, history)
                    size = len(samples.cases)
                    alarms.append(bool(analysis.flagged.any()))
                    low, high = analysis.low[:size], analysis.high[:size]
                    covered.append(float(((low <= 0) & (high >= 0)).mean()))
            print(f"{label} | {kind} | {len(alarms)} | {share(alarms)} | {share(covered)}")
    for name, rule in RULES.items():
        alarms = [
            bool(rule(samples).any())
            for now, version in enumerate(versions)
            for samples in reports(version, 6, 20, now)
        ]
        print(f"6 | {name} | {len(alarms)} | {share(alarms)} |")
    for name, stored in STORED.items():
        alarms = [
            bool(stored(samples, past).any())
            for now, version in enumerate(versions)
            for samples, past in sessions(version, now)
        ]
        print(f"5 | {name} | {len(alarms)} | {share(alarms)} |")
    for words in LEFT_OUT:
        print(words)


if __name__ == "__main__":
    main()
