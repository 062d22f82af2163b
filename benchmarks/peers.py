"""What other tools' rules flag on the reports that the judge is measured on.

    python -m benchmarks.peers [--reports 250] [--seed 1000] [--only WORD]

The reports are those of `benchmarks.operating_characteristics`, cold; each rule looks after 6 and
after 12 rounds of everything. `make peers` runs it where Otava is installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.operating_characteristics import (
    EFFECTS,
    PROJECTS,
    SETTINGS,
    reports,
    share,
    shown,
    suite_of,
)
from benchmarks.rules import LEFT_OUT, Flags
from benchmarks.rules_stored import EVERY, Past, StoredRule, simulated
from benchmarks.simulator import Report

ROUNDS = (6, 12)
COLD = SETTINGS[0]


def line(rule: StoredRule, past: Sequence[Past], rounds: int, number: int, seed: int) -> str:
    """The cells of one rule: alarm, and for two effects the reports and rows that it finds."""
    cells = [f"{rounds}"]
    for label in ("none", "+10 %", "tail +50 %"):
        found = list(flagged(rule, past, rounds, reports(COLD, EFFECTS[label], number, seed)))
        if label == "none":
            cells.append(share([bool(flags.any()) for flags, _ in found]))
        else:
            cells.append(share([bool((flags & true).any()) for flags, true in found]))
            cells.append(share([float(flags[true].mean()) for flags, true in found]))
    return " | ".join(cells)


def flagged(
    rule: StoredRule, past: Sequence[Past], rounds: int, every: Iterator[Report]
) -> Iterator[tuple[Flags, Flags]]:
    """The rows that a rule flags in each report, and those that truly changed."""
    for index, report in enumerate(every):
        keep = np.ones(report.samples.base.shape, dtype=bool)
        seen = shown(report.samples, keep, rounds)
        yield rule(seen, past[index % PROJECTS]), report.truth != 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    past = [
        simulated(
            suite_of(COLD, asked.seed, project), np.random.default_rng([asked.seed, 3, project])
        )
        for project in range(PROJECTS)
    ]
    print("rule | rounds | alarm | found +10 % | rows | found tail | rows")
    for rounds in ROUNDS:
        for name, rule in EVERY.items():
            if asked.only in name:
                cells = line(rule, past, rounds, asked.reports, asked.seed)
                print(f"{name} | {cells}", flush=True)
    for words in LEFT_OUT:
        print(words)


if __name__ == "__main__":
    main()
