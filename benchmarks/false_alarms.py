"""How often does Loadstone alarm on two equal revisions, measured here and now?

    python benchmarks/false_alarms.py --sessions 10 --component traefik --revision 3.7.15

runs whole sessions (`loadstone run`) with the same release on both sides, each with a seed of its
own, and prints a row per session and the rate with its 95 % interval (Clopper and Pearson).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from scipy.special import betaincinv

from loadstone.flows.compare import run
from loadstone.flows.request import Request
from loadstone.model import Record, Verdict

FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


def main() -> None:
    arguments = parse()
    records = []
    for seed in range(1, arguments.sessions + 1):
        record = session(arguments, seed)
        records.append(record)
        print(row(seed, record), flush=True)
    regressions = sum(verdict(record) is Verdict.REGRESSION for record in records)
    alarms = sum(bool(flagged(record)) for record in records)
    print(f"\nregression reported in {rate(regressions, len(records))}")
    print(f"anything flagged in {rate(alarms, len(records))}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--scenario", action="append")
    parser.add_argument("--component", default="traefik")
    parser.add_argument("--revision", default="3.7.15")
    parser.add_argument("--looks", type=int, nargs="+", default=[])
    parser.add_argument("--keep", type=Path, help="keep the records here")
    return parser.parse_args()


def session(arguments: argparse.Namespace, seed: int) -> Record:
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.keep / f"seed-{seed}" if arguments.keep else Path(scratch)
        request = Request(
            scenarios=arguments.scenario or ["ingress"],
            component=arguments.component,
            base=arguments.revision,
            head=arguments.revision,
            seed=seed,
            looks=tuple(arguments.looks),
            out=out,
        )
        return run(request)


def row(seed: int, record: Record) -> str:
    valid = sum(run.valid for run in record.runs)
    said = ", ".join(flagged(record)) or "nothing flagged"
    return f"seed {seed}: {verdict(record)}, {valid} of {len(record.runs)} runs valid, {said}"


def verdict(record: Record) -> Verdict:
    assert record.judgement is not None
    return record.judgement.verdict


def flagged(record: Record) -> list[str]:
    assert record.judgement is not None
    rows = [*record.judgement.comparisons, *record.judgement.suite]
    return [f"{row.case or 'suite'} {row.metric.name}" for row in rows if row.verdict in FLAGGED]


def rate(hits: int, of: int) -> str:
    low = betaincinv(hits, of - hits + 1, 0.025) if hits else 0.0
    high = betaincinv(hits + 1, of - hits, 0.975) if hits < of else 1.0
    return f"{hits} of {of} sessions ({hits / of:.0%}, 95 % interval {low:.0%} to {high:.0%})"


if __name__ == "__main__":
    main()
