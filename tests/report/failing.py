"""Records of sessions in which runs failed, or count in part, to look at reports."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from loadstone.flows.judge import judged
from loadstone.model import Comparison, Note, Record, Side, Summary, Verdict
from loadstone.stats.comparison.failures import FAILED, METHOD, chance
from tests.report import samples
from tests.stats.helpers import metric
from tests.stats.sessions import session

DIED = Note.of("exited", status=2, said="panic: nil map")
LATE = Note.of(
    "generator-bottleneck", ("latencies", "rates"), late=0.031, allowed=0.01, latency=0.00431
)
SPOILT = ("latency_p50", "latency_p99", "latency_p999", "achieved_rate")


@cache
def dead_head() -> Record:
    """A head that died in seven of eight rounds of one case, and changed nothing elsewhere."""
    made = samples.record(samples.Shape(effects={}, seed=21))
    assert made.judgement
    case = made.plan.cases[0].case.name
    runs = [
        replace(run, invalid=(DIED,))
        if (run.case, run.side) == (case, Side.HEAD) and run.round > 1
        else run
        for run in made.runs
    ]
    rows = [_lost(row) if row.case == case else row for row in made.judgement.comparisons]
    failed = Comparison(
        case=case,
        metric=FAILED,
        verdict=Verdict.REGRESSION,
        n=8,
        base=Summary(n=8, center=0.0, low=0.0, high=0.0),
        head=Summary(n=8, center=7.0, low=0.0, high=1.0),
        difference=7.0,
        p=chance(7, 8),
        threshold=0.0125,
        method=METHOD,
        warnings=[
            Note(code="failed-runs", data={"base": 0, "bases": 8, "head": 7, "heads": 8}),
            Note(code="invalid-run", data={**DIED.data, "reason": DIED.code}),
        ],
    )
    judgement = replace(
        made.judgement,
        verdict=Verdict.REGRESSION,
        comparisons=[*rows, failed],
        suite=(),
        objectives=(),
        warnings=[Note(code="invalid-case", data={"case": case})],
    )
    return replace(made, runs=runs, judgement=judgement)


@cache
def late() -> Record:
    """A generator that was late in every run of one case: its other metrics count."""
    made = samples.record(samples.Shape(effects={}, seed=22))
    assert made.judgement
    case = made.plan.cases[0].case.name
    runs = [
        replace(
            run,
            invalid=(LATE,),
            values={name: value for name, value in run.values.items() if name not in SPOILT},
        )
        if run.case == case
        else run
        for run in made.runs
    ]
    rows = [
        _lost(row) if row.case == case and row.metric.name in SPOILT else row
        for row in made.judgement.comparisons
    ]
    judgement = replace(
        made.judgement, verdict=Verdict.INVALID, comparisons=rows, suite=(), objectives=()
    )
    return replace(made, runs=runs, judgement=judgement)


def _lost(row: Comparison) -> Comparison:
    return replace(
        row,
        verdict=Verdict.INVALID,
        n=0,
        change=None,
        difference=None,
        detectable=None,
        base=None,
        head=None,
        warnings=[Note(code="not-measured")],
    )


@cache
def too_few() -> Record:
    """Two rounds, in which head asked ten times as much of the API server as the base did."""
    requests = metric("requests", unit="1", counted=True, margin=0.0)
    made = session(1, rounds=2, noise=0.01, metrics=[requests, metric("cpu")], cases=("one",))
    counts = {Side.BASE: 2.0, Side.HEAD: 20.0}
    runs = [replace(run, values={**run.values, "requests": counts[run.side]}) for run in made.runs]
    return judged(replace(made, runs=runs, finished="2026-10-01T00:10:00Z"), anew=True)
