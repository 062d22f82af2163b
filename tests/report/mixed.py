"""Records of sessions with mixed pairs, judged as they would be, to look at reports."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from loadstone.flows.judge import judged
from loadstone.model import Design, Objective, Policy, Record
from tests.stats.pairs_at_once import World, plan, record, runs

BOUND = Objective(metric="p50", at_most=1e-3)


@cache
def found() -> Record:
    """A head that needs 3 % more CPU time and allocates 1 % more, in twelve rounds."""
    planned = plan(objectives=[BOUND], policy=Policy(looks=(4, 6, 8, 10, 12)), solo=0.25)
    world = World(effects={"cpu": 0.03, "allocated": 0.01}, drift=0.03)
    return judged(record(planned, runs(planned, world, rounds=12)))


@cache
def busy() -> Record:
    """A machine so busy that latencies are coupled, with no solo round yet."""
    planned = plan(("one", "two"), objectives=[BOUND])
    return judged(record(planned, runs(planned, World(cpu=2.2, upstream=0.6), rounds=4)))


@cache
def apart() -> Record:
    """Pairs whose latencies are not what the program has alone."""
    planned = plan(("one",), policy=Policy(looks=(20,)))
    world = World(mixed={"p50": 0.3}, drift=0.02)
    return judged(record(planned, runs(planned, world, rounds=20)))


@cache
def adjusted() -> Record:
    """Solo rounds on a machine that drifts, with neighbours that drift with it."""
    planned = plan(("one",), design=Design.SOLO)
    return judged(record(planned, runs(planned, World(effects={"cpu": 0.03}), rounds=6)))


def refused() -> Record:
    """The same, where the upstream worked more for the head."""
    made = adjusted()
    assert made.judgement
    rows = [
        replace(
            row,
            adjusted=replace(row.adjusted, refused=True, change=None, p=None, ratios=())
            if row.adjusted
            else None,
        )
        for row in made.judgement.comparisons
    ]
    return replace(made, judgement=replace(made.judgement, comparisons=rows))
