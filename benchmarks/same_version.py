"""How often does a family of components alarm on one version, measured here and now?

    python -m benchmarks.same_version --family controller [--sessions 5] [--seed 1] [--keep DIR]

runs whole sessions with the same version on both sides, each with a seed of its own, and prints a
line for each and how many of them reported a regression. A session that ended with an error is
told, and counts for no session at all.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.false_alarms import flagged, rate, verdict
from loadstone.errors import LoadstoneError
from loadstone.flows.compare import run
from loadstone.flows.request import Request
from loadstone.model import Record, Verdict


@dataclass(frozen=True, kw_only=True)
class Family:
    """What stands for a family: a component at a version, and scenarios of one to three minutes."""

    component: str
    version: str
    scenarios: tuple[str, ...]


FAMILIES = {
    "controller": Family(
        component="kube-controller-manager",
        version="1.34.4",
        scenarios=("controller-reconcile", "controller-change", "controller-delete"),
    ),
    "control-plane": Family(
        component="kube-apiserver",
        version="1.34.4",
        scenarios=("api-writes",),
    ),
    "service-proxy": Family(
        component="kube-proxy", version="1.34.4", scenarios=("service-proxy-bulk",)
    ),
    "cluster-api": Family(
        component="cluster-api", version="go:1.14.2", scenarios=("cluster-api-create",)
    ),
    "ingress": Family(component="traefik", version="3.7.15", scenarios=("ingress-churn",)),
}


def main() -> None:
    asked = parse()
    print(f"{asked.family}: {command(FAMILIES[asked.family])}", flush=True)
    records = list(sessions(FAMILIES[asked.family], asked))
    if records:
        regressions = sum(verdict(record) is Verdict.REGRESSION for record in records)
        print(f"regression reported in {rate(regressions, len(records))}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--family", choices=FAMILIES, required=True)
    parser.add_argument("--sessions", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of the first session")
    parser.add_argument("--keep", type=Path, help="keep what each session wrote here")
    return parser.parse_args()


def command(family: Family) -> str:
    """The command that does once what is done here again and again, but for the seed."""
    scenarios = " ".join(f"-s {scenario}" for scenario in family.scenarios)
    sides = f"--base {family.version} --head {family.version}"
    return f"loadstone run {scenarios} -c {family.component} --tier quick {sides}"


def sessions(family: Family, asked: argparse.Namespace) -> Iterator[Record]:
    """The records of the sessions that came to an end, each told as it does."""
    for seed in range(asked.seed, asked.seed + asked.sessions):
        began = time.monotonic()
        try:
            record = session(family, seed, asked.keep)
        except LoadstoneError as error:
            print(f"seed {seed}: no result, {error}", flush=True)
            continue
        print(line(seed, record, time.monotonic() - began), flush=True)
        yield record


def session(family: Family, seed: int, keep: Path | None) -> Record:
    with tempfile.TemporaryDirectory() as scratch:
        request = Request(
            scenarios=family.scenarios,
            component=family.component,
            base=family.version,
            head=family.version,
            seed=seed,
            out=keep / f"seed-{seed}" if keep else Path(scratch),
        )
        return run(request)


def line(seed: int, record: Record, seconds: float) -> str:
    valid = sum(run.valid for run in record.runs)
    rounds = max((run.round for run in record.runs), default=0)
    said = ", ".join(flagged(record)) or "nothing flagged"
    return (
        f"seed {seed}: {verdict(record)}, {seconds:.0f} s, {rounds} rounds,"
        f" {valid} of {len(record.runs)} runs valid, {said}"
    )


if __name__ == "__main__":
    main()
